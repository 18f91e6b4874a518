//! The golden record: field by field the best of what a resident's applications say.
//!
//! A verified value goes before an unverified one, a higher stage before a lower; then what was taken in an
//! office, where papers are at hand, before what a mobile team or a visit took; then the newest application
//! speaks: captured_at corrected by the node's clock offset and capped by the append time.

use schemas::change::{ApplicationState, GoldenSource, VerifiedField};
use schemas::codec::Event;
use schemas::event::{Body, Channel};
use schemas::{Applicant, Field, IntakeEvent, Timestamp};
use std::cmp::Reverse;
use uuid::Uuid;

/// A resident's golden record and where it comes from.
#[derive(Default)]
pub(crate) struct Golden {
    pub values: Applicant,
    pub sources: Vec<GoldenSource>,
    pub stage: i32,
}

/// One application as a voice in the golden record.
struct Voice<'a> {
    row: &'a ApplicationState,
    person: Applicant,
    /// How near the papers were: 1 in an office, 0 elsewhere.
    rank: u8,
    at: Timestamp,
}

impl Voice<'_> {
    /// What it says of a field, and how much that counts.
    fn says(&self, field: Field) -> Option<(&str, i32)> {
        self.person.verified(&self.row.verifications, field)
    }
}

impl<'a> Voice<'a> {
    fn of(row: &'a ApplicationState) -> Self {
        match IntakeEvent::decode(&row.event) {
            Ok(IntakeEvent {
                captured_at,
                clock_offset_ms,
                body: Body::ApplicationSubmitted(form),
                ..
            }) => Self {
                row,
                person: form.applicant.normalised(&row.changes),
                rank: rank(form.channel),
                at: captured_at
                    .plus_millis(clock_offset_ms.unwrap_or(0))
                    .min(row.appended_at),
            },
            _ => Self {
                row,
                person: Applicant::default(),
                rank: 0,
                at: row.appended_at,
            },
        }
    }
}

const fn rank(channel: Channel) -> u8 {
    match channel {
        Channel::CommuneOffice | Channel::WardDesk => 1,
        Channel::MobileTeam | Channel::HomeVisit => 0,
    }
}

/// The golden record of a resident that has only this application, nothing of it verified.
pub(crate) fn of_one(row: &ApplicationState, person: Applicant) -> Golden {
    let source = GoldenSource {
        application_id: row.application_id,
        revision: row.revision,
        fields: Vec::new(),
        differs: Vec::new(),
    };
    Golden {
        values: person,
        sources: vec![source],
        stage: row.stage,
    }
}

/// The golden record of a resident with these applications.
pub(crate) fn of_many(rows: &[ApplicationState]) -> Golden {
    let mut voices: Vec<Voice<'_>> = rows.iter().map(Voice::of).collect();
    voices.sort_by_key(|voice| (Reverse(voice.rank), Reverse(voice.at), voice.row.application_id));
    let mut values = Applicant::default();
    let mut taken: Vec<Vec<Field>> = vec![Vec::new(); voices.len()];
    for &field in Field::ALL {
        let heard = voices
            .iter()
            .enumerate()
            .filter_map(|(n, voice)| Some((n, voice.says(field)?)));
        // Who counts most comes first, and the first of equals is kept.
        let best = heard.max_by_key(|&(n, (_, stage))| (stage, Reverse(n)));
        if let Some((n, (value, _))) = best {
            values.set(field, Some(value.to_owned()));
            taken[n].push(field);
        }
    }
    Golden {
        sources: sources(&voices, taken, &values),
        values,
        stage: highest_stage(&voices),
    }
}

fn sources(voices: &[Voice<'_>], taken: Vec<Vec<Field>>, values: &Applicant) -> Vec<GoldenSource> {
    let main = (0..taken.len())
        .max_by_key(|&n| (taken[n].len(), Reverse(n)))
        .unwrap_or(0);
    let mut sources = Vec::new();
    for (n, (voice, fields)) in voices.iter().zip(taken).enumerate() {
        let row = &voice.row;
        let differs: Vec<Field> = Field::ALL
            .iter()
            .copied()
            .filter(|&field| {
                voice
                    .says(field)
                    .is_some_and(|(value, _)| Some(value) != values.get(field))
            })
            .collect();
        let speaks = !fields.is_empty() || !differs.is_empty();
        let source = |fields| GoldenSource {
            application_id: row.application_id,
            revision: row.revision,
            fields,
            differs,
        };
        if n == main {
            sources.insert(0, source(Vec::new()));
        } else if speaks {
            sources.push(source(fields));
        }
    }
    sources
}

fn highest_stage(voices: &[Voice<'_>]) -> i32 {
    voices.iter().map(|voice| voice.row.stage).max().unwrap_or(0)
}

/// Adds what an officer found: for each field the highest stage is kept, of equals the later.
pub(crate) fn verify(row: &mut Vec<VerifiedField>, found: impl Iterator<Item = VerifiedField>) {
    for verified in found {
        match row.iter_mut().find(|known| known.field == verified.field) {
            Some(known) if known.stage <= verified.stage => *known = verified,
            Some(_) => {}
            None => row.push(verified),
        }
    }
    row.sort_by_key(|verified| verified.field);
}

/// A resident's id: the append time of its oldest application's first event (48 bits, milliseconds), then bits
/// of that application's digest; a UUIDv8 (RFC 9562, section 5.8), so that ids sort by age.
pub(crate) fn resident_id(appended_at: Timestamp, hash: &schemas::Sha256) -> Uuid {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&appended_at.0.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&hash.0[..10]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
