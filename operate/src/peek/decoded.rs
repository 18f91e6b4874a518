//! What a record says, by the topic it stands in.

use runtime::kafka::Record;
use schemas::codec::{Change, Event, Unreadable};
use schemas::control::ControlEntry;
use schemas::manifest::{NodeClaim, NodeManifest};
use schemas::match_log::MatchLogEntry;
use schemas::outcome::OutcomeNotice;
use schemas::{IntakeEvent, topics};
use serde::Serialize;
use serde_json::Value;

/// An event's type and content, unmasked: only for [`super::masked`] and [`super::found`].
pub(super) struct Decoded {
    pub(super) kind: &'static str,
    pub(super) content: Value,
}

impl Decoded {
    fn of(kind: &'static str, event: &impl Serialize) -> Self {
        // Every event is made of texts, numbers and lists under texts: JSON holds all of them.
        let content = serde_json::to_value(event).unwrap_or(Value::Null);
        Self { kind, content }
    }
}

/// Reads a record as what its topic holds; none for a topic that isn't the pipeline's.
pub(super) fn decoded(record: &Record) -> Option<Result<Decoded, Unreadable>> {
    let (topic, value) = (record.partition.topic.as_str(), record.value.as_slice());
    let every = topics::every_province();
    Some(match topic {
        topics::MATCH_LOG => MatchLogEntry::decode(value).map(|event| Decoded::of("MatchLogEntry", &event)),
        topics::CONTROL => ControlEntry::decode(value).map(|event| Decoded::of("ControlEntry", &event)),
        topics::CHANGES => Change::decode(value).map(|change| match change {
            Change::Settled(event) => Decoded::of("EventSettled", &event),
            Change::Resident(event) => Decoded::of("ResidentChanged", &event),
        }),
        _ if topic.starts_with(every.applications) => intake_event(value),
        _ if topic.starts_with(every.nodes) => {
            NodeManifest::decode(value).map(|event| Decoded::of("NodeManifest", &event))
        }
        _ if topic.starts_with(every.outcomes) => {
            OutcomeNotice::decode(value).map(|event| Decoded::of("OutcomeNotice", &event))
        }
        _ => return None,
    })
}

/// What stands inside other events as the bytes it was published in.
pub(super) fn nested(key: &str, bytes: &[u8]) -> Option<Decoded> {
    match key {
        "event" | "held_event" => intake_event(bytes).ok(),
        "claim" => NodeClaim::decode(bytes)
            .ok()
            .map(|claim| Decoded::of("NodeClaim", &claim)),
        _ => None,
    }
}

fn intake_event(bytes: &[u8]) -> Result<Decoded, Unreadable> {
    IntakeEvent::from_record(bytes).map(|event| Decoded::of("IntakeEvent", &event))
}
