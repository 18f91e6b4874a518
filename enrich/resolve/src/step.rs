//! One step: an entry of the match log in, what it changed out.

use crate::series::{Arrival, Series};
use crate::state::Resolver;
use crate::waiting::Waiting;
use schemas::change::{EventKind, EventSettled, MatchEdge, RefusedBytes, ResidentChanged, ReviewState};
use schemas::codec::{Event, Unreadable};
use schemas::event::Body;
use schemas::finding::OutcomeKind;
use schemas::match_log::{
    Content, Decoded, LogBody, MatchLogEntry, Reapplied, SourcePosition, SourceRecord, Undecodable,
};
use schemas::outcome::OutcomeNotice;
use schemas::{Applicant, Epoch, Finding, Header, IntakeEvent, NodeId, Sha256, Timestamp, topics};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What became of an entry.
#[derive(Debug)]
pub enum Applied {
    /// A step was made.
    Settled(Box<Outputs>),
    /// The entry's source record was settled before: a restarted worker's duplicate. Nothing changed.
    Passed,
    /// The entry is ahead of its turn: a source position before it never came. Nothing changed.
    Ahead(Position),
}

/// A source position that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// The offset that should come next.
    pub next: i64,
    /// The offset that the worker says should come next.
    pub claimed: i64,
}

/// What one step changed.
#[derive(Debug)]
pub struct Outputs {
    /// What became of the entry.
    pub settled: EventSettled,
    /// The residents it touched, by id.
    pub residents: Vec<ResidentChanged>,
    /// Notices with the slug of the province they go to.
    pub notices: Vec<(String, OutcomeNotice)>,
    /// An earlier change that is to be loaded again, exactly as it was.
    pub reapplied: Option<Reapplied>,
}

impl Outputs {
    /// A step that touched no resident.
    pub(crate) const fn of(settled: EventSettled) -> Self {
        Self {
            settled,
            residents: Vec::new(),
            notices: Vec::new(),
            reapplied: None,
        }
    }
}

/// A readable event on its way through a step.
pub(crate) struct Arriving<'a> {
    pub event: IntakeEvent,
    /// SHA-256 of the event's bytes.
    pub hash: Sha256,
    pub decoded: Decoded,
    pub province: String,
    pub appended_at: Timestamp,
    pub ruleset: String,
    /// Those of the record it came in.
    pub headers: Vec<Header>,
    /// The match log's entry exactly as logged.
    pub entry: &'a [u8],
}

/// What the rules of a body decided about its event.
pub(crate) struct Verdict {
    pub outcome: OutcomeKind,
    pub findings: Vec<Finding>,
    pub resident: Option<Uuid>,
}

/// What a step has changed so far.
#[derive(Default)]
pub(crate) struct Effects {
    pub residents: BTreeMap<Uuid, Touch>,
    pub released: Vec<(Waiting, Verdict)>,
    /// The person of the application that this step brought, normalised.
    pub person: Option<(Uuid, Applicant)>,
    /// Pairs that were compared or cut.
    pub edges: BTreeMap<(Uuid, Uuid), MatchEdge>,
    /// Pairs whose review was opened, closed or decided.
    pub reviews: BTreeMap<(Uuid, Uuid), ReviewState>,
}

/// What a step changed of one resident.
#[derive(Default)]
pub(crate) struct Touch {
    pub is_new: bool,
    /// Applications whose rows changed and that belong to it.
    pub gained: BTreeSet<Uuid>,
    /// Those of them that were another resident's.
    pub moved: BTreeSet<Uuid>,
    pub edges: Vec<MatchEdge>,
    pub reviews: Vec<ReviewState>,
}

impl Effects {
    pub fn touch(&mut self, resident: Uuid) -> &mut Touch {
        self.residents.entry(resident).or_default()
    }
}

impl Resolver {
    /// Applies one entry, exactly as logged at `offset` and appended at `logged_at`.
    pub fn apply(&mut self, offset: i64, logged_at: Timestamp, entry: &[u8]) -> Applied {
        self.apply_read(offset, logged_at, MatchLogEntry::decode(entry), entry)
    }

    /// As [`Self::apply`], of an entry that was read already.
    pub fn apply_read(
        &mut self,
        offset: i64,
        logged_at: Timestamp,
        read: Result<MatchLogEntry, Unreadable>,
        entry: &[u8],
    ) -> Applied {
        let outputs = match read.map(|entry| entry.body) {
            Ok(LogBody::SourceRecord(record)) => match self.turn(&record) {
                Turn::Now => self.source_record(logged_at, record, entry),
                Turn::Passed => return Applied::Passed,
                Turn::Ahead(position) => return Applied::Ahead(position),
            },
            Ok(LogBody::NodeAdded(added)) if self.entries.insert(added.entry_id) => {
                self.node_added(logged_at, added)
            }
            Ok(LogBody::NodeRetired(retired)) if self.entries.insert(retired.entry_id) => {
                self.node_retired(logged_at, retired)
            }
            Ok(LogBody::ReviewDecided(decided)) if self.entries.insert(decided.entry_id) => {
                self.review_decided(logged_at, &decided)
            }
            Ok(LogBody::RulesActivated(activated)) if self.entries.insert(activated.entry_id) => {
                self.rules_activated(logged_at, activated)
            }
            Ok(LogBody::ResidentErased(decided)) if self.entries.insert(decided.entry_id) => {
                self.resident_erased(logged_at, decided)
            }
            Ok(LogBody::DeadLetterDecided(decided)) if self.entries.insert(decided.entry_id) => {
                self.letter_decided(logged_at, decided, entry)
            }
            Ok(LogBody::ApplicationReprocessed(decided)) if self.entries.insert(decided.entry_id) => {
                self.application_reprocessed(logged_at, *decided)
            }
            Ok(
                LogBody::NodeAdded(_)
                | LogBody::NodeRetired(_)
                | LogBody::ResidentErased(_)
                | LogBody::ReviewDecided(_)
                | LogBody::RulesActivated(_)
                | LogBody::DeadLetterDecided(_)
                | LogBody::ApplicationReprocessed(_),
            ) => return Applied::Passed,
            Err(why) => self.stray(offset, logged_at, entry, why),
        };
        Applied::Settled(Box::new(outputs))
    }

    fn turn(&mut self, record: &SourceRecord) -> Turn {
        let SourcePosition {
            topic,
            partition,
            offset,
        } = &record.source;
        let next = self.next_offset(topic, *partition);
        if *offset < next {
            return Turn::Passed;
        }
        // A worker that started before `next` vouches that nothing lies between there and its record.
        if record.expected_offset > next {
            let claimed = record.expected_offset;
            return Turn::Ahead(Position {
                topic: topic.clone(),
                partition: *partition,
                next,
                claimed,
            });
        }
        match self.sources.get_mut(topic) {
            Some(partitions) => partitions.insert(*partition, offset + 1),
            None => self
                .sources
                .entry(topic.clone())
                .or_default()
                .insert(*partition, offset + 1),
        };
        Turn::Now
    }

    pub(crate) fn blank(
        &mut self,
        logged_at: Timestamp,
        kind: EventKind,
        outcome: OutcomeKind,
    ) -> EventSettled {
        self.sequence += 1;
        EventSettled {
            sequence: self.sequence,
            source: None,
            appended_at: None,
            logged_at,
            province: String::new(),
            node_id: None,
            epoch: None,
            node_sequence: None,
            event_id: None,
            hash: None,
            open_link: None,
            kind,
            application_id: None,
            revision: None,
            captured_at: None,
            spooled_at: None,
            clock_offset_ms: None,
            ruleset: String::new(),
            outcome,
            findings: Vec::new(),
            resident_id: None,
            ledger: None,
            released: Vec::new(),
            application: None,
            refused: None,
            held_event: None,
            node: None,
            erasure: None,
            rules: None,
            letter: None,
        }
    }

    /// Bytes in the match log that are no entry.
    fn stray(&mut self, offset: i64, logged_at: Timestamp, entry: &[u8], why: Unreadable) -> Outputs {
        let mut settled = self.blank(logged_at, EventKind::Undecodable, OutcomeKind::Undecodable);
        settled.source = Some(SourcePosition {
            topic: topics::MATCH_LOG.to_owned(),
            partition: 0,
            offset,
        });
        settled.refused = Some(RefusedBytes {
            key: None,
            value: entry.to_vec(),
            reason: why.code().to_owned(),
            headers: Vec::new(),
        });
        Outputs::of(settled)
    }

    pub(crate) fn source_record(
        &mut self,
        logged_at: Timestamp,
        record: SourceRecord,
        entry: &[u8],
    ) -> Outputs {
        let SourceRecord {
            source,
            appended_at,
            ruleset,
            content,
            headers,
            expected_offset: _,
        } = record;
        let province = topics::province_of(&source.topic).unwrap_or_default().to_owned();
        let mut settled = self.blank(logged_at, EventKind::Undecodable, OutcomeKind::Undecodable);
        settled.source = Some(source);
        settled.appended_at = Some(appended_at);
        settled.province.clone_from(&province);
        settled.ruleset.clone_from(&ruleset);
        match content {
            Content::Undecodable(Undecodable { key, value, reason }) => {
                settled.refused = Some(RefusedBytes {
                    key,
                    value,
                    reason,
                    headers,
                });
            }
            Content::Decoded(decoded) => match IntakeEvent::from_record(&decoded.event) {
                Err(why) => {
                    let reason = why.code().to_owned();
                    settled.refused = Some(RefusedBytes {
                        key: None,
                        value: decoded.event,
                        reason,
                        headers,
                    });
                }
                Ok(event) => {
                    return self.event(
                        settled,
                        Arriving {
                            event,
                            hash: Sha256::of(&decoded.event),
                            decoded,
                            province,
                            appended_at,
                            ruleset,
                            headers,
                            entry,
                        },
                    );
                }
            },
        }
        Outputs::of(settled)
    }

    fn event(&mut self, mut settled: EventSettled, arriving: Arriving<'_>) -> Outputs {
        let event = &arriving.event;
        let (kind, link) = match &event.body {
            Body::ApplicationSubmitted(_) => (EventKind::Application, None),
            Body::VerificationRecorded(_) => (EventKind::Verification, None),
            Body::ApplicationWithdrawn(_) => (EventKind::Withdrawal, None),
            Body::EventWithheld(body) => (EventKind::Withheld, Some(body.withheld_hash)),
        };
        let link = link.unwrap_or(arriving.hash);
        settled.kind = kind;
        settled.node_id = Some(event.node_id.clone());
        settled.epoch = Some(event.epoch);
        settled.node_sequence = Some(event.sequence);
        settled.event_id = Some(event.event_id);
        settled.hash = Some(link);
        settled.application_id = event.body.application_id();
        settled.captured_at = Some(event.captured_at);
        settled.spooled_at = Some(event.spooled_at);
        settled.clock_offset_ms = event.clock_offset_ms;
        if let Body::ApplicationSubmitted(body) = &event.body {
            settled.revision = Some(body.revision);
        }
        let mut effects = Effects::default();
        let arrival =
            self.series_of(&event.node_id, event.epoch)
                .enter(event.sequence, link, event.previous_hash);
        let verdict = match arrival {
            Arrival::Copy => Verdict::without_resident(OutcomeKind::Copy, Vec::new()),
            Arrival::Conflict => {
                let (value, headers) = match self.is_erased(settled.application_id) {
                    true => (Vec::new(), Vec::new()),
                    false => (arriving.decoded.event.clone(), arriving.headers.clone()),
                };
                settled.refused = Some(RefusedBytes {
                    key: Some(event.node_id.as_str().as_bytes().to_vec()),
                    value,
                    reason: "envelope.sequence-taken".to_owned(),
                    headers,
                });
                Verdict::rejected(OutcomeKind::Conflict, "envelope.sequence-taken")
            }
            Arrival::New { before_predecessor } => {
                settled.open_link = before_predecessor.then_some(event.previous_hash);
                let series = self.series_of(&event.node_id, event.epoch);
                if series.province.is_empty() {
                    series.province.clone_from(&arriving.province);
                }
                let noted = self.note(&arriving);
                let mut verdict = self.body(settled.sequence, &arriving, &mut effects);
                verdict.findings.extend(noted);
                self.series_of(&event.node_id, event.epoch).count(verdict.outcome);
                verdict
            }
        };
        self.close(settled, &arriving, verdict, effects)
    }

    pub(crate) fn series_of(&mut self, node: &NodeId, epoch: Epoch) -> &mut Series {
        self.series
            .entry(node.clone())
            .or_default()
            .entry(epoch)
            .or_default()
    }
}

enum Turn {
    Now,
    Passed,
    Ahead(Position),
}

impl Verdict {
    pub fn without_resident(outcome: OutcomeKind, findings: Vec<Finding>) -> Self {
        Self {
            outcome,
            findings,
            resident: None,
        }
    }

    pub fn rejected(outcome: OutcomeKind, code: &str) -> Self {
        Self::without_resident(outcome, vec![Finding::overall(schemas::Severity::Reject, code)])
    }
}
