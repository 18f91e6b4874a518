//! A resolver of its own, and what its steps change.

use super::reading::Read;
use crate::control::Controls;
use crate::matching::settle;
use resolve::{Applied, Outputs, Position, Reading, Reread, Resolver, Settled};
use runtime::Fault;
use runtime::kafka::{Partition, Record};
use schemas::change::MatchRules;
use schemas::codec::{Event, Unreadable, Unwritable};
use schemas::match_log::{ApplicationReprocessed, Decoded, LogBody, MatchLogEntry, SourcePosition};
use schemas::{Timestamp, topics};
use uuid::Uuid;

/// Changes of one step at most, as its records are numbered.
const MOST_OF_A_STEP: i64 = 10_000;

/// The matcher of a shadow.
#[derive(Debug)]
pub struct Shadow {
    resolver: Resolver,
    controls: Controls,
    rules: Option<MatchRules>,
}

impl Shadow {
    /// One that goes on from a state. `rules` of matching, where they are given, count instead of those that the log puts
    /// in force.
    ///
    /// # Errors
    /// Data when the rules are of no use.
    pub fn new(resolver: Resolver, controls: Controls, rules: Option<MatchRules>) -> Result<Self, Fault> {
        let mut shadow = Self {
            resolver,
            controls,
            rules,
        };
        if shadow.put_in_force() {
            Ok(shadow)
        } else {
            Err(Fault::data(
                "the weights of the plan can't be used: see `intakectl match rules`",
            ))
        }
    }

    fn put_in_force(&mut self) -> bool {
        let Some(rules) = &self.rules else { return true };
        self.resolver.activate(rules)
    }

    /// The step that was made last.
    pub const fn sequence(&self) -> i64 {
        self.resolver.sequence()
    }

    /// Applies entries of the log; the records of `register.changes` that they make, as live match would write them.
    ///
    /// # Errors
    /// Fatal when an entry is ahead of its turn, or when the store of rows has failed.
    pub fn apply(&mut self, entries: Vec<Read>) -> Result<Vec<Record>, Fault> {
        let mut changes = Vec::new();
        for Read {
            offset,
            logged_at,
            entry,
            bytes,
        } in entries
        {
            let activates = matches!(&entry, Ok(entry) if matches!(entry.body, LogBody::RulesActivated(_)));
            self.make_way(&entry)?;
            match self.resolver.apply_read(offset, logged_at, entry, &bytes) {
                Applied::Settled(outputs) => self.add(&outputs, logged_at, &mut changes)?,
                Applied::Passed => {}
                Applied::Ahead(position) => return Err(too_late(&position)),
            }
            if activates {
                self.put_in_force();
            }
        }
        settle(&mut self.resolver)?;
        Ok(changes)
    }

    /// Reads an event of a slice anew: the records of what that changes, none when it changes nothing.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn reread(
        &mut self,
        settled: &Settled,
        (was, was_by): (&Decoded, &str),
        (is, is_by): (&Decoded, &str),
        logged_at: Timestamp,
        replay_id: Uuid,
    ) -> Result<Vec<Record>, Fault> {
        let reading = |decoded, ruleset| Reading { decoded, ruleset };
        let relinked = self.rules.is_some();
        let (was, is) = (reading(was, was_by), reading(is, is_by));
        let Some(Reread {
            based_on,
            state,
            event,
        }) = self.resolver.would_become(settled, was, is, relinked)
        else {
            return Ok(Vec::new());
        };
        let entry = MatchLogEntry {
            body: LogBody::ApplicationReprocessed(Box::new(ApplicationReprocessed {
                entry_id: event.event_id,
                at: logged_at,
                by: String::new(),
                reason: String::new(),
                replay_id: Some(replay_id),
                based_on,
                state,
                events: vec![event],
                tell: false,
            })),
        };
        let bytes = entry.encode().map_err(|e| Fault::fatal(e.to_string()))?;
        let mut changes = Vec::new();
        if let Applied::Settled(outputs) = self.resolver.apply_read(-1, logged_at, Ok(entry), &bytes) {
            self.add(&outputs, logged_at, &mut changes)?;
        }
        settle(&mut self.resolver)?;
        Ok(changes)
    }

    /// Adds what a step hands on to the register; what it hands to nodes is nobody's here.
    fn add(&self, outputs: &Outputs, at: Timestamp, changes: &mut Vec<Record>) -> Result<(), Fault> {
        let encoded = || -> Result<Vec<Vec<u8>>, Unwritable> {
            let mut values = vec![outputs.settled.encode()?];
            for resident in &outputs.residents {
                values.push(resident.encode()?);
            }
            values.extend(outputs.reapplied.iter().map(|change| change.value.clone()));
            Ok(values)
        };
        let values = encoded().map_err(|e| Fault::fatal(e.to_string()))?;
        changes.extend(
            values
                .into_iter()
                .zip(0..MOST_OF_A_STEP)
                .map(|(value, n)| Record {
                    partition: Partition::new(topics::CHANGES, 0),
                    // No topic has them: the step and the change's place in it tell them apart.
                    offset: self.resolver.sequence() * MOST_OF_A_STEP + n,
                    appended_at: at,
                    key: None,
                    value,
                    headers: Vec::new(),
                    trace: None,
                }),
        );
        Ok(())
    }

    /// Passes source positions that operate wrote off, where an entry comes behind them.
    fn make_way(&mut self, entry: &Result<MatchLogEntry, Unreadable>) -> Result<(), Fault> {
        let Ok(MatchLogEntry {
            body: LogBody::SourceRecord(record),
        }) = entry
        else {
            return Ok(());
        };
        let SourcePosition {
            topic,
            partition,
            offset,
        } = &record.source;
        loop {
            let next = self.resolver.next_offset(topic, *partition);
            if *offset < next || record.expected_offset <= next {
                return Ok(());
            }
            let Some(to) = self.controls.skip_from(topic, *partition, next) else {
                return Ok(());
            };
            self.resolver.skip_to(topic, *partition, to);
        }
    }
}

fn too_late(ahead: &Position) -> Fault {
    let Position {
        topic,
        partition,
        next,
        claimed,
    } = ahead;
    Fault::fatal(format!(
        "the match log goes on with {topic}[{partition}] at offset {claimed}, and what comes before it from {next} on is not in \
         what was read: the log's beginning is gone, see `intakectl replay plan --archive`"
    ))
}
