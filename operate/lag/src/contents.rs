//! Whose the waiting records of a partition are: counted while they are read, without a value about a
//! person.

use crate::window::Point;
use schemas::Timestamp;
use schemas::codec::{Change, Event};
use schemas::event::IntakeEvent;
use schemas::match_log::{Content, LogBody, MatchLogEntry};
use schemas::topics::{self, CHANGES, MATCH_LOG};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What was read of the records that wait in a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The first offset that was to be read.
    pub from: i64,
    /// The next offset to read: everything before it was counted, markers and gaps passed.
    pub read_to: i64,
    /// Records from `from` to `read_to`.
    pub records: i64,
    /// Whose they are; under "" what no province can be told of.
    pub shares: BTreeMap<String, Share>,
    /// Steps of match of which only a resident was seen: settled by the steps that others tell of.
    open: HashMap<i64, (i64, BTreeSet<Uuid>)>,
    /// Steps of match and the province each came from.
    steps: HashMap<i64, (String, Option<Timestamp>)>,
}

/// A province's share of what waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Records.
    pub records: i64,
    /// Applications that they are about: a person waits for each.
    pub applications: BTreeSet<Uuid>,
    /// When the oldest of them reached its province's topic.
    pub oldest: Option<Timestamp>,
}

impl Share {
    fn add(&mut self, records: i64, applications: impl IntoIterator<Item = Uuid>, at: Option<Timestamp>) {
        self.records += records;
        self.applications.extend(applications);
        self.oldest = [self.oldest, at].into_iter().flatten().min();
    }
}

impl Contents {
    /// Nothing read yet, from an offset on.
    pub fn from(offset: i64) -> Self {
        Self {
            from: offset,
            read_to: offset,
            ..Self::default()
        }
    }

    /// Counts a record. What can't be decoded counts to nobody.
    pub fn add(&mut self, topic: &str, offset: i64, appended_at: Timestamp, value: &[u8]) {
        self.read_to = self.read_to.max(offset + 1);
        self.records += 1;
        match topic {
            MATCH_LOG => {
                let (province, application, at) = of_log(value);
                let share = self.shares.entry(province).or_default();
                share.add(1, application, at.or(Some(appended_at)));
            }
            CHANGES => match Change::decode(value) {
                Ok(Change::Settled(settled)) => {
                    let at = settled.appended_at;
                    let share = self.shares.entry(settled.province.clone()).or_default();
                    share.add(1, settled.application_id, at);
                    self.steps.insert(settled.sequence, (settled.province, at));
                }
                Ok(Change::Resident(resident)) => {
                    let gained = resident.gained.iter().map(|gained| gained.application_id);
                    let open = self.open.entry(resident.sequence).or_default();
                    open.0 += 1;
                    open.1.extend(gained);
                }
                Err(_) => self.shares.entry(String::new()).or_default().add(1, None, None),
            },
            _ => {
                let province = topics::province_of(topic).unwrap_or_default().to_owned();
                let event = IntakeEvent::decode(value).ok();
                let application = event.and_then(|event| event.body.application_id());
                self.shares
                    .entry(province)
                    .or_default()
                    .add(1, application, Some(appended_at));
            }
        }
    }

    /// Everything before `offset` has been read, though no record stood right before it.
    pub fn passed(&mut self, offset: i64) {
        self.read_to = self.read_to.max(offset);
    }

    /// Records that wait at `point`, and whether that was counted: what lies behind the part that was read
    /// is taken to be as dense.
    pub(crate) fn waiting(&self, point: &Point) -> (i64, bool) {
        let rest = point.ends.end - self.read_to;
        if rest <= 0 {
            return (self.records, true);
        }
        let passed = self.read_to - self.from;
        let density = if passed > 0 {
            self.records as f64 / passed as f64
        } else {
            1.0
        };
        let hidden = point.ends.end - point.ends.stable;
        let readable = ((rest - hidden).max(0) as f64 * density).round() as i64;
        (self.records + readable + hidden.min(rest), false)
    }
}

/// Gives residents' records to the province of the step that made them: the two travel in different
/// partitions, so this needs all of them. A step of which nothing else waits stays nobody's.
pub fn settle(contents: &mut BTreeMap<(String, runtime::kafka::Partition), Contents>) {
    let steps: HashMap<i64, (String, Option<Timestamp>)> = contents
        .values_mut()
        .flat_map(|contents| std::mem::take(&mut contents.steps))
        .collect();
    for contents in contents.values_mut() {
        for (sequence, (records, applications)) in std::mem::take(&mut contents.open) {
            let (province, at) = steps.get(&sequence).cloned().unwrap_or_default();
            contents
                .shares
                .entry(province)
                .or_default()
                .add(records, applications, at);
        }
    }
}

fn of_log(value: &[u8]) -> (String, Option<Uuid>, Option<Timestamp>) {
    let Ok(MatchLogEntry { body }) = MatchLogEntry::decode(value) else {
        return (String::new(), None, None);
    };
    match body {
        LogBody::SourceRecord(record) => {
            let province = topics::province_of(&record.source.topic)
                .unwrap_or_default()
                .to_owned();
            let application = match &record.content {
                Content::Decoded(decoded) => IntakeEvent::decode(&decoded.event)
                    .ok()
                    .and_then(|event| event.body.application_id()),
                Content::Undecodable(_) => None,
            };
            (province, application, Some(record.appended_at))
        }
        LogBody::NodeAdded(added) => (added.province, None, None),
        _ => (String::new(), None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::kafka::Boundaries;

    #[test]
    fn what_was_not_read_is_taken_to_be_as_dense_and_said_to_be_a_guess() {
        let mut contents = Contents::from(100);
        for offset in (100..110).step_by(2) {
            contents.add(
                "intake.applications.son-la",
                offset,
                Timestamp(1),
                b"none of ours",
            );
        }
        contents.passed(110);
        let point = |stable, end| Point {
            at: Timestamp(9),
            committed: Some(100),
            ends: Boundaries {
                earliest: 0,
                stable,
                end,
            },
        };
        assert_eq!(contents.waiting(&point(110, 110)), (5, true));
        assert_eq!(contents.waiting(&point(210, 210)), (55, false));
        assert_eq!(
            contents.waiting(&point(110, 113)),
            (8, false),
            "an open transaction's count whole"
        );
        assert_eq!(contents.shares["son-la"].records, 5);
    }
}
