//! Entries of the match log as other rules read them.

use crate::normalising::{Key, content};
use rules::Ruleset;
use rules::catalogue::envelope::KEY_IS_NOT_THE_NODE;
use runtime::Fault;
use runtime::kafka::Record;
use schemas::Timestamp;
use schemas::codec::{Event, Unreadable};
use schemas::match_log::{Content, Decoded, LogBody, MatchLogEntry, SourceRecord, Undecodable};

/// Why a record is passed on unread; other rules don't change that.
const QUARANTINED: &str = "operator.quarantined";

/// Reads source records anew.
#[derive(Clone, Debug)]
pub struct Rereader {
    ruleset: Ruleset,
}

/// An entry of the log, read anew.
#[derive(Debug)]
pub struct Read {
    /// Its offset.
    pub offset: i64,
    /// When it was appended.
    pub logged_at: Timestamp,
    /// What it says now; bytes that are no entry stay what they are.
    pub entry: Result<MatchLogEntry, Unreadable>,
    /// The same, encoded.
    pub bytes: Vec<u8>,
}

impl Rereader {
    /// One that reads by these rules.
    pub const fn new(ruleset: Ruleset) -> Self {
        Self { ruleset }
    }

    /// A record of the log as these rules read it.
    ///
    /// # Errors
    /// Fatal when an entry doesn't fit its schema, which is our own bug.
    pub fn entry(&self, record: Record) -> Result<Read, Fault> {
        let (offset, logged_at) = (record.offset, record.appended_at);
        let read = |entry, bytes| Read {
            offset,
            logged_at,
            entry,
            bytes,
        };
        match MatchLogEntry::decode(&record.value) {
            Ok(MatchLogEntry {
                body: LogBody::SourceRecord(logged),
            }) => {
                let (anew, is_same) = self.source_record(logged);
                let entry = MatchLogEntry {
                    body: LogBody::SourceRecord(anew),
                };
                // Encoded as it was, unless it says something else: what is held keeps its entry byte by byte.
                let bytes = match is_same {
                    true => record.value,
                    false => entry.encode().map_err(|e| Fault::fatal(e.to_string()))?,
                };
                Ok(read(Ok(entry), bytes))
            }
            other => Ok(read(other, record.value)),
        }
    }

    /// A source record as these rules read it, and whether that is what was logged.
    pub fn source_record(&self, logged: SourceRecord) -> (SourceRecord, bool) {
        let (at, rules) = (logged.appended_at, &self.ruleset);
        let (_, content) = match &logged.content {
            Content::Decoded(Decoded { event, findings, .. }) => {
                // The record's key isn't logged; whether it was the node is.
                let was_node = !findings
                    .iter()
                    .any(|found| found.code == KEY_IS_NOT_THE_NODE.code);
                let key = if was_node { Key::IsTheNode } else { Key::Is(None) };
                content(key, event.clone(), at, false, rules)
            }
            Content::Undecodable(Undecodable { key, value, reason }) => {
                let quarantined = reason == QUARANTINED;
                content(Key::Is(key.clone()), value.clone(), at, quarantined, rules)
            }
        };
        let is_same = content == logged.content && self.ruleset.name() == logged.ruleset;
        let anew = SourceRecord {
            ruleset: self.ruleset.name().to_owned(),
            content,
            ..logged
        };
        (anew, is_same)
    }
}
