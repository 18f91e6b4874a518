//! One source record to one entry of the match log.

use crate::control::Controls;
use rules::Ruleset;
use runtime::Fault;
use runtime::kafka::Record;
use schemas::IntakeEvent;
use schemas::codec::Event;
use schemas::match_log::{
    Content, Decoded, LogBody, MatchLogEntry, SourcePosition, SourceRecord, Undecodable,
};

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
        headers: _,
    } = record;
    let (log_key, content) = match read(
        &value,
        controls.quarantined(&partition.topic, partition.number, offset),
    ) {
        Ok(event) => {
            let arrival = validate::Arrival {
                key: key.as_deref(),
                appended_at,
            };
            let validate::Examined { changes, findings } = validate::event(&event, arrival, ruleset);
            let counted = findings.iter().map(|finding| finding.severity).min();
            metrics::counter!("intake_normalise_records_total", "result" => counted.map_or("clean", rules::severity_name))
                .increment(1);
            let log_key = event.node_id.as_str().as_bytes().to_vec();
            (
                log_key,
                Content::Decoded(Decoded {
                    event: value,
                    changes,
                    findings,
                }),
            )
        }
        Err(reason) => {
            metrics::counter!("intake_normalise_records_total", "result" => "undecodable").increment(1);
            let log_key = key.clone().unwrap_or_default();
            (
                log_key,
                Content::Undecodable(Undecodable {
                    key,
                    value,
                    reason: reason.to_owned(),
                }),
            )
        }
    };
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
        }),
    };
    let value = entry.encode().map_err(|e| Fault::fatal(e.to_string()))?;
    Ok(Entry { key: log_key, value })
}

fn read(value: &[u8], quarantined: bool) -> Result<IntakeEvent, &'static str> {
    if quarantined {
        return Err("operator.quarantined");
    }
    IntakeEvent::from_record(value).map_err(schemas::codec::Unreadable::code)
}
