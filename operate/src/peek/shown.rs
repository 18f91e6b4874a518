//! How records are shown.

use super::decoded::decoded;
use super::masked::shown;
use crate::Report;
use crate::show::mask::Mask;
use runtime::kafka::Record;
use serde::Serialize;
use serde_json::Value;

/// What was looked at.
#[derive(Debug, Serialize)]
pub struct Peeked {
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) earliest: i64,
    pub(super) stable: i64,
    pub(super) end: i64,
    pub(super) from: i64,
    pub(super) masked: bool,
    pub(super) records: Vec<Shown>,
}

/// A record as it may be shown.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    partition: i32,
    offset: i64,
    appended_at: String,
    bytes: usize,
    /// Its event's type; `undecodable`, `tombstone`, or `unknown` in a topic that isn't the pipeline's.
    kind: &'static str,
    /// Why it can't be decoded.
    reason: Option<&'static str>,
    event: Option<Value>,
}

impl Shown {
    pub(crate) fn of(record: &Record) -> Self {
        Self::under(Mask::Masked, record)
    }

    /// What it says of a person, as this mask lets it be seen.
    pub(super) fn under(mask: Mask, record: &Record) -> Self {
        let (kind, reason, event) = match decoded(record) {
            None => ("unknown", None, None),
            Some(_) if record.value.is_empty() => ("tombstone", None, None),
            Some(Err(why)) => ("undecodable", Some(why.code()), None),
            Some(Ok(event)) => (event.kind, None, Some(shown(event.content, mask))),
        };
        Self {
            partition: record.partition.number,
            offset: record.offset,
            appended_at: record.appended_at.to_string(),
            bytes: record.value.len(),
            kind,
            reason,
            event,
        }
    }

    /// In words: where it stands, and under it what it says.
    pub(crate) fn told(&self) -> String {
        let mut text = format!(
            "{}  {}  {}  {} bytes",
            self.offset, self.appended_at, self.kind, self.bytes
        );
        if let Some(reason) = self.reason {
            text.push_str(&format!("\n  {reason}"));
        }
        if let Some(event) = &self.event {
            let json = serde_json::to_string_pretty(event).unwrap_or_default();
            for line in json.lines() {
                text.push_str(&format!("\n  {line}"));
            }
        }
        text
    }

    /// The partition it stands in.
    pub(crate) const fn partition(&self) -> i32 {
        self.partition
    }
}

impl Report for Peeked {
    fn table(&self) -> String {
        let mut text = format!(
            "{}[{}] holds offsets {} to {}",
            self.topic, self.partition, self.earliest, self.end
        );
        if self.stable < self.end {
            text.push_str(&format!(
                ", of which those from {} on are hidden by a transaction that is still open",
                self.stable
            ));
        }
        if self.records.is_empty() {
            text.push_str(&format!("\nno record stands at {} or behind it", self.from));
        }
        for record in &self.records {
            text.push_str(&format!("\n\noffset {}", record.told()));
        }
        text
    }
}
