//! Lag of one partition, from figures alone.

use runtime::kafka::{Boundaries, Partition};
use schemas::Timestamp;
use serde::Serialize;

/// What a group has still to read in one partition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartitionLag {
    /// Consumer group, without the namespace.
    pub group: &'static str,
    /// Topic, without the namespace.
    pub topic: String,
    /// Partition number.
    pub partition: i32,
    /// Slug of the province whose topic it is; none for the shared stages.
    pub province: Option<String>,
    /// The group's next offset; none when it never committed one.
    pub committed_offset: Option<i64>,
    /// First offset behind everything.
    pub end_offset: i64,
    /// First offset behind every finished transaction.
    pub stable_offset: i64,
    /// First offset that is still there.
    pub earliest_offset: i64,
    /// `end_offset - committed_offset`, as Kafka's own tools have it (transaction markers count);
    /// from `earliest_offset` when nothing was ever committed. Never negative.
    pub lag: i64,
    /// Age in seconds of the first record that waits; 0 when none does, none when unknown. Never
    /// negative.
    pub lag_seconds: Option<f64>,
    /// What to call it.
    pub verdict: Verdict,
}

/// What to call a partition's lag, the least bad first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is nothing in the partition, and never was anything read.
    Empty,
    /// Everything that can be read was read.
    CaughtUp,
    /// Records wait.
    Behind,
    /// Records wait, and the group never committed a position.
    NeverCommitted,
    /// Everything that can be read was read, but an open transaction hides the rest.
    HungTransaction,
    /// The position lies outside the partition: records were deleted unread, or the topic was made anew.
    RecordsLost,
}

impl Verdict {
    /// Its name, as JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::CaughtUp => "caught-up",
            Self::Behind => "behind",
            Self::NeverCommitted => "never-committed",
            Self::HungTransaction => "hung-transaction",
            Self::RecordsLost => "records-lost",
        }
    }
}

/// The first record that a group has still to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstWaiting {
    /// There is none up to the stable end: only transaction markers, or what compaction removed.
    Nothing,
    /// Appended then.
    AppendedAt(Timestamp),
    /// It was not found in time.
    Unknown,
}

/// What was seen of one partition.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The group's next offset, asked before the boundaries.
    pub committed: Option<i64>,
    /// Where the partition begins and ends.
    pub boundaries: Boundaries,
    /// The first record that waits.
    pub first_waiting: FirstWaiting,
    /// The stable end moved on while we looked: no transaction hangs.
    pub stable_moved: bool,
    /// When we looked.
    pub now: Timestamp,
}

impl Sample {
    /// The next offset to read that is there.
    pub fn next(&self) -> i64 {
        let Boundaries { earliest, .. } = self.boundaries;
        self.committed.unwrap_or(earliest).max(earliest)
    }

    /// Everything that can be read was read, but there is more.
    pub fn waits_for_a_transaction(&self) -> bool {
        let Boundaries { stable, end, .. } = self.boundaries;
        stable < end && self.next() >= stable
    }

    fn only_markers_wait(&self) -> bool {
        self.first_waiting == FirstWaiting::Nothing && self.boundaries.stable == self.boundaries.end
    }

    /// Lag in records, in Kafka's own arithmetic.
    pub fn lag(&self) -> i64 {
        let from = self.committed.unwrap_or(self.boundaries.earliest);
        (self.boundaries.end - from).max(0)
    }

    fn lag_seconds(&self) -> Option<f64> {
        if self.lag() == 0 || self.only_markers_wait() {
            return Some(0.0);
        }
        match self.first_waiting {
            FirstWaiting::AppendedAt(at) => Some(self.now.0.saturating_sub(at.0).max(0) as f64 / 1000.0),
            FirstWaiting::Nothing | FirstWaiting::Unknown => None,
        }
    }

    fn verdict(&self) -> Verdict {
        let Boundaries { earliest, end, .. } = self.boundaries;
        match self.committed {
            Some(next) if next < earliest || next > end => Verdict::RecordsLost,
            None if earliest == end => Verdict::Empty,
            None => Verdict::NeverCommitted,
            _ if self.lag() == 0 || self.only_markers_wait() => Verdict::CaughtUp,
            _ if self.waits_for_a_transaction() && !self.stable_moved => Verdict::HungTransaction,
            _ => Verdict::Behind,
        }
    }

    /// The lag of `group` at `partition`, which this is a sample of.
    pub fn lag_of(&self, group: &'static str, partition: &Partition) -> PartitionLag {
        PartitionLag {
            group,
            topic: partition.topic.clone(),
            partition: partition.number,
            province: schemas::topics::province_of(&partition.topic).map(str::to_owned),
            committed_offset: self.committed,
            end_offset: self.boundaries.end,
            stable_offset: self.boundaries.stable,
            earliest_offset: self.boundaries.earliest,
            lag: self.lag(),
            lag_seconds: self.lag_seconds(),
            verdict: self.verdict(),
        }
    }
}

impl PartitionLag {
    /// Records that may wait: the lag, unless only transaction markers make it up.
    pub fn waiting(&self) -> i64 {
        if self.verdict == Verdict::CaughtUp {
            0
        } else {
            self.lag
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FirstWaiting::{AppendedAt, Nothing, Unknown};

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn figures_become_lag_seconds_and_a_verdict() {
        let (old, newer_than_now) = (AppendedAt(Timestamp(990_000)), AppendedAt(Timestamp(1_500_000)));
        let cases = [
            // committed, earliest, stable, end, first waiting, stable moved => lag, seconds, verdict
            (None, 0, 0, 0, Nothing, false, 0, Some(0.0), Verdict::Empty),
            (Some(0), 0, 0, 0, Nothing, false, 0, Some(0.0), Verdict::CaughtUp),
            (Some(7), 0, 7, 7, Nothing, false, 0, Some(0.0), Verdict::CaughtUp),
            (Some(7), 7, 7, 7, Nothing, false, 0, Some(0.0), Verdict::CaughtUp),
            (None, 2, 7, 7, old, false, 5, Some(10.0), Verdict::NeverCommitted),
            (Some(5), 0, 7, 7, old, false, 2, Some(10.0), Verdict::Behind),
            (Some(5), 0, 7, 7, Unknown, false, 2, None, Verdict::Behind),
            (
                Some(5),
                0,
                7,
                7,
                newer_than_now,
                false,
                2,
                Some(0.0),
                Verdict::Behind,
            ),
            (Some(6), 0, 7, 7, Nothing, false, 1, Some(0.0), Verdict::CaughtUp),
            (
                Some(7),
                0,
                7,
                9,
                Nothing,
                false,
                2,
                None,
                Verdict::HungTransaction,
            ),
            (Some(7), 0, 7, 9, Nothing, true, 2, None, Verdict::Behind),
            (Some(5), 0, 7, 9, old, false, 4, Some(10.0), Verdict::Behind),
            (Some(3), 5, 9, 9, old, false, 6, Some(10.0), Verdict::RecordsLost),
            (
                Some(12),
                0,
                9,
                9,
                Nothing,
                false,
                0,
                Some(0.0),
                Verdict::RecordsLost,
            ),
        ];
        for (row, (committed, earliest, stable, end, first_waiting, stable_moved, lag, seconds, verdict)) in
            cases.into_iter().enumerate()
        {
            let boundaries = Boundaries {
                earliest,
                stable,
                end,
            };
            let sample = Sample {
                committed,
                boundaries,
                first_waiting,
                stable_moved,
                now: NOW,
            };
            let got = sample.lag_of("sink", &Partition::new("register.changes", 3));
            assert_eq!(
                (got.lag, got.lag_seconds, got.verdict),
                (lag, seconds, verdict),
                "row {row}"
            );
        }
    }

    #[test]
    fn a_province_is_named_by_its_topic() {
        let boundaries = Boundaries {
            earliest: 0,
            stable: 1,
            end: 1,
        };
        let sample = Sample {
            committed: None,
            boundaries,
            first_waiting: Unknown,
            stable_moved: false,
            now: NOW,
        };
        let of = |topic: &str| sample.lag_of("normalise", &Partition::new(topic, 0)).province;
        assert_eq!(of("intake.applications.dien-bien").as_deref(), Some("dien-bien"));
        assert_eq!(of("enrich.normalised"), None);
    }
}
