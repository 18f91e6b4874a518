//! A match log made by hand: nodes with their chains, applications, and the matcher at its end.

use crate::operator::letter_decided;
use resolve::{Applied, Outputs, Resolver};
use rules::{RULESET, Thresholds};
use schemas::codec::Event;
use schemas::event::*;
use schemas::match_log::*;
use schemas::*;
use uuid::Uuid;

/// When [`apply`] says that the first entry was appended to the match log.
pub const LOGGED_AT: i64 = 2_000_000;

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// One node's series, and the offsets of its province's topic.
pub struct Node {
    name: NodeId,
    epoch: Epoch,
    sequence: i64,
    head: Sha256,
}

impl Node {
    pub fn new(name: &str) -> Self {
        let name = NodeId::parse(name).expect("a node id");
        Self {
            name,
            epoch: id(1000),
            sequence: 0,
            head: Sha256::ZERO,
        }
    }

    pub fn event(&mut self, body: Body) -> Vec<u8> {
        self.altered(body, |_| {})
    }

    /// An event with something else about it.
    pub fn altered(&mut self, body: Body, alter: impl FnOnce(&mut IntakeEvent)) -> Vec<u8> {
        self.sequence += 1;
        let mut event = IntakeEvent {
            event_id: Uuid::new_v5(&self.epoch, format!("{} {}", self.name, self.sequence).as_bytes()),
            node_id: self.name.clone(),
            epoch: self.epoch,
            sequence: self.sequence,
            previous_hash: self.head,
            captured_at: Timestamp(1_000 * self.sequence),
            spooled_at: Timestamp(1_000 * self.sequence),
            clock_offset_ms: None,
            body,
        };
        alter(&mut event);
        let bytes = event.encode().expect("fits");
        self.head = Sha256::of(&bytes);
        bytes
    }
}

/// The log of one province, and entries ready to be applied.
#[derive(Debug, Default)]
pub struct Log {
    /// The next offset of the topic that is published to.
    pub offset: i64,
    /// The province that is published in, Điện Biên without one.
    pub province: Option<&'static str>,
    /// How much later than usual events arrive.
    pub delay_ms: i64,
    pub entries: Vec<Vec<u8>>,
    /// Events that could not be read when they came, with their offsets.
    unread: Vec<(i64, Vec<u8>)>,
}

impl Log {
    /// A decision of operate's.
    pub fn decide(&mut self, body: LogBody) {
        self.entries.push(MatchLogEntry { body }.encode().expect("fits"));
    }

    pub fn push(&mut self, event: Vec<u8>) {
        self.push_content(read(event));
    }

    pub fn push_content(&mut self, content: Content) {
        let record = self.record(self.offset, content);
        self.offset += 1;
        self.decide(LogBody::SourceRecord(record));
    }

    /// An event that comes before anybody can read it.
    pub fn push_unread(&mut self, event: Vec<u8>) {
        self.unread.push((self.offset, event.clone()));
        self.push_content(Content::Undecodable(Undecodable {
            key: None,
            value: event,
            reason: "envelope.unknown-schema".to_owned(),
        }));
    }

    /// The decision to read the oldest of them, if there is one.
    pub fn reread(&mut self, entry: u128) -> Option<DeadLetterDecided> {
        let (offset, event) = self.unread.first().cloned()?;
        self.unread.remove(0);
        let record = self.record(offset, read(event));
        let letter = record.source.clone();
        Some(letter_decided(entry, letter, Remedy::Reread(Reread { record })))
    }

    fn record(&self, offset: i64, content: Content) -> SourceRecord {
        SourceRecord {
            source: SourcePosition {
                topic: topics::applications(self.province.unwrap_or("dien-bien")),
                partition: 0,
                offset,
            },
            expected_offset: offset,
            appended_at: Timestamp(1_000_000 + self.delay_ms + offset),
            ruleset: RULESET.to_owned(),
            content,
            headers: vec![header(offset)],
        }
    }
}

/// The header of the source record at `offset`.
pub fn header(offset: i64) -> Header {
    Header {
        name: "offset".to_owned(),
        value: Some(offset.to_string().into_bytes()),
    }
}

fn read(event: Vec<u8>) -> Content {
    let decoded = IntakeEvent::decode(&event).expect("an event");
    let changes = normalise::of_body(&decoded.body, None, Thresholds::default()).changes;
    let findings = findings_of(&decoded);
    Content::Decoded(Decoded {
        event,
        changes,
        findings,
    })
}

/// A date that no calendar has is held: enough of a rule for these tests.
fn findings_of(event: &IntakeEvent) -> Vec<Finding> {
    let values;
    let applicant = match &event.body {
        Body::ApplicationSubmitted(body) => &body.applicant,
        Body::VerificationRecorded(body) => {
            values = normalise::verified_values(body);
            &values
        }
        Body::ApplicationWithdrawn(_) | Body::EventWithheld(_) => return Vec::new(),
    };
    let is_form = matches!(event.body, Body::ApplicationSubmitted(_));
    match applicant.get(Field::DateOfBirth) {
        Some("31/04/1950") => vec![Finding::on(Field::DateOfBirth, Severity::Hold, "date.impossible")],
        _ if is_form && applicant.get(Field::FullName).is_none() => {
            vec![Finding::on(Field::FullName, Severity::Reject, "name.missing")]
        }
        _ => Vec::new(),
    }
}

pub fn application(application: u128, revision: i32, fields: &[(Field, &str)]) -> Body {
    let mut applicant = Applicant::default();
    for &(field, value) in fields {
        applicant.set(field, Some(value.to_owned()));
    }
    Body::ApplicationSubmitted(ApplicationSubmitted {
        application_id: id(application),
        revision,
        reference: None,
        form_id: "CC01".to_owned(),
        form_version: "2024-07".to_owned(),
        channel: Channel::MobileTeam,
        service: Service::FirstIssue,
        commune: None,
        village: None,
        team: None,
        applicant,
        attachments: Vec::new(),
    })
}

/// A person with everything the thin rule looks at.
pub fn person<'a>(name: &'a str, born: &'a str, number: &'a str) -> Vec<(Field, &'a str)> {
    let mut fields = vec![
        (Field::FullName, name),
        (Field::DateOfBirth, born),
        (Field::Sex, "Nam"),
        (Field::BirthProvince, "11"),
    ];
    if !number.is_empty() {
        fields.push((Field::PersonalNumber, number));
    }
    fields
}

pub fn verification(application: u128, stage: i32, field: Field, value: &str) -> Body {
    Body::VerificationRecorded(VerificationRecorded {
        application_id: id(application),
        stage,
        officer: "011-234".to_owned(),
        findings: vec![FieldVerification {
            field,
            finding: VerificationFinding::Corrected,
            value: Some(Personal::new(value.to_owned())),
        }],
    })
}

pub fn withdrawal(application: u128) -> Body {
    Body::ApplicationWithdrawn(ApplicationWithdrawn {
        application_id: id(application),
        reason: None,
    })
}

/// Applies entries `from` on and returns what each changed.
pub fn apply(resolver: &mut Resolver, log: &Log, from: usize) -> Vec<Outputs> {
    let entries = log.entries.iter().enumerate().skip(from);
    entries
        .map(|(offset, entry)| {
            match resolver.apply(offset as i64, Timestamp(LOGGED_AT + offset as i64), entry) {
                Applied::Settled(outputs) => *outputs,
                other => panic!("entry {offset}: {other:?}"),
            }
        })
        .collect()
}
