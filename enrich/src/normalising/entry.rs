//! One source record to one entry of the match log.

use crate::control::Controls;
use rules::Ruleset;
use runtime::Fault;
use runtime::kafka::Record;
use schemas::codec::Event;
use schemas::match_log::{
    Content, Decoded, LogBody, MatchLogEntry, SourcePosition, SourceRecord, Undecodable,
};
use schemas::topics::{MAX_EVENT_BYTES, MAX_RECORD_BYTES};
use schemas::{IntakeEvent, NodeId, Timestamp};

/// An entry, encoded, with the key it is logged under.
pub struct Entry {
    /// The node where it is known, else what the record's key was.
    pub key: Vec<u8>,
    /// The entry in single-object encoding.
    pub value: Vec<u8>,
}

/// The entry of a record whose worker expected `expected_offset` there.
///
/// # Errors
/// Fatal when an entry doesn't fit its schema, which is our own bug.
pub fn of(
    record: Record,
    expected_offset: i64,
    controls: &Controls,
    ruleset: &Ruleset,
) -> Result<Entry, Fault> {
    let Record {
        partition,
        offset,
        appended_at,
        key,
        value,
        trace: _,
        headers,
    } = record;
    let headers = SourceRecord::kept(headers, value.len());
    let (key, value) = cut(key, value);
    let quarantined = controls.quarantined(&partition.topic, partition.number, offset);
    let (node, content) = content(Key::Is(key.clone()), value, appended_at, quarantined, ruleset);
    count(&content);
    let log_key = node.map(|node| node.as_str().as_bytes().to_vec());
    let entry = MatchLogEntry {
        body: LogBody::SourceRecord(SourceRecord {
            source: SourcePosition {
                topic: partition.topic,
                partition: partition.number,
                offset,
            },
            expected_offset,
            appended_at,
            ruleset: ruleset.name().to_owned(),
            content,
            headers,
        }),
    };
    let value = entry.encode().map_err(|e| Fault::fatal(e.to_string()))?;
    Ok(Entry {
        key: log_key.or(key).unwrap_or_default(),
        value,
    })
}

/// The reason of a record that only compression made small enough for its topic.
const TOO_LARGE: &str = "envelope.too-large";

/// What an entry can hold of a record: of one that is larger than its topic takes uncompressed, the beginning. A value that is
/// cut keeps a byte too many, so that whoever reads it again finds it too large as well; whole it stays in its topic and in
/// the archive.
fn cut(mut key: Option<Vec<u8>>, mut value: Vec<u8>) -> (Option<Vec<u8>>, Vec<u8>) {
    if key.as_ref().map_or(0, Vec::len) + value.len() > MAX_RECORD_BYTES {
        value.truncate(MAX_RECORD_BYTES + 1);
        if let Some(key) = &mut key {
            key.truncate(MAX_RECORD_BYTES - MAX_EVENT_BYTES);
        }
    }
    (key, value)
}

/// A record's key.
pub(crate) enum Key {
    /// As it was read.
    Is(Option<Vec<u8>>),
    /// It was found to be the event's node.
    IsTheNode,
}

/// What the rules make of a record: a readable event, with its node, or bytes that are none.
pub(crate) fn content(
    key: Key,
    value: Vec<u8>,
    appended_at: Timestamp,
    quarantined: bool,
    ruleset: &Ruleset,
) -> (Option<NodeId>, Content) {
    let read = if value.len() > MAX_RECORD_BYTES {
        Err(TOO_LARGE)
    } else {
        read(&value, quarantined)
    };
    match read {
        Ok(event) => {
            let key = match &key {
                Key::Is(key) => key.as_deref(),
                Key::IsTheNode => Some(event.node_id.as_str().as_bytes()),
            };
            let validate::Examined { changes, findings } =
                validate::event(&event, validate::Arrival { key, appended_at }, ruleset);
            let decoded = Decoded {
                event: value,
                changes,
                findings,
            };
            (Some(event.node_id), Content::Decoded(decoded))
        }
        Err(reason) => {
            let undecodable = Undecodable {
                key: match key {
                    Key::Is(key) => key,
                    Key::IsTheNode => None,
                },
                value,
                reason: reason.to_owned(),
            };
            (None, Content::Undecodable(undecodable))
        }
    }
}

fn count(content: &Content) {
    let result = match content {
        Content::Undecodable(_) => "undecodable",
        Content::Decoded(decoded) => {
            let worst = decoded.findings.iter().map(|finding| finding.severity).min();
            worst.map_or("clean", rules::severity_name)
        }
    };
    metrics::counter!("intake_normalise_records_total", "result" => result).increment(1);
}

fn read(value: &[u8], quarantined: bool) -> Result<IntakeEvent, &'static str> {
    if quarantined {
        return Err("operator.quarantined");
    }
    IntakeEvent::from_record(value).map_err(schemas::codec::Unreadable::code)
}
