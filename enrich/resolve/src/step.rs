//! One step: an entry of the match log in, what it changed out.

use crate::state::Resolver;
use schemas::change::{EventKind, EventSettled, RefusedBytes, ResidentChanged};
use schemas::codec::{Event, Unreadable};
use schemas::finding::OutcomeKind;
use schemas::match_log::{LogBody, MatchLogEntry, Reapplied, SourcePosition, SourceRecord};
use schemas::outcome::OutcomeNotice;
use schemas::{Timestamp, topics};

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
}

enum Turn {
    Now,
    Passed,
    Ahead(Position),
}
