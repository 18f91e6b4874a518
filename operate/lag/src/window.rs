//! The last looks at a cluster, and what was read of the records that wait.

use runtime::kafka::{Boundaries, Look, Partition};
use schemas::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

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

/// What one look saw of one partition and one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// The group's next offset; none when it never committed one.
    pub committed: Option<i64>,
    /// Where the partition begins and ends.
    pub ends: Boundaries,
}

impl Point {
    /// The next offset to read that is there.
    pub fn next(&self) -> i64 {
        let earliest = self.ends.earliest;
        self.committed.unwrap_or(earliest).max(earliest)
    }

    /// Lag in records, in Kafka's own arithmetic; from the earliest offset when nothing was committed.
    pub fn lag(&self) -> i64 {
        let from = self.committed.unwrap_or(self.ends.earliest);
        (self.ends.end - from).max(0)
    }

    /// Everything that can be read was read, but there is more.
    pub fn waits_for_a_transaction(&self) -> bool {
        self.ends.stable < self.ends.end && self.next() >= self.ends.stable
    }
}

/// Looks of the last while, the oldest first; bounded in time and number.
#[derive(Clone, Debug)]
pub struct Window {
    looks: VecDeque<Look>,
    span: Duration,
    first: HashMap<(Partition, i64), FirstWaiting>,
}

/// The most looks that are kept, whatever their span: 2,000 partitions take about a megabyte each.
const MOST_LOOKS: usize = 61;

impl Window {
    /// An empty window that keeps looks for `span`.
    pub fn new(span: Duration) -> Self {
        Self {
            looks: VecDeque::new(),
            span,
            first: HashMap::new(),
        }
    }

    /// Adds a look and forgets those that are too old. One that isn't later than the last (a clock that
    /// was set back) begins the window anew.
    pub fn push(&mut self, look: Look) {
        if self.last().is_some_and(|last| last.at >= look.at) {
            self.looks.clear();
        }
        // That nothing waits up to the stable end is true of one look: an open transaction may end.
        self.first.retain(|_, first| *first != FirstWaiting::Nothing);
        let oldest = look.at.0 - self.span.as_millis() as i64;
        self.looks.push_back(look);
        while self.looks.len() > MOST_LOOKS || self.looks.front().is_some_and(|look| look.at.0 < oldest) {
            self.looks.pop_front();
        }
    }

    /// The last look.
    pub fn last(&self) -> Option<&Look> {
        self.looks.back()
    }

    /// The looks, the oldest first.
    pub fn looks(&self) -> impl DoubleEndedIterator<Item = &Look> {
        self.looks.iter()
    }

    /// Seconds from the first look to the last.
    pub fn seconds(&self) -> f64 {
        match (self.looks.front(), self.looks.back()) {
            (Some(first), Some(last)) => (last.at.0 - first.at.0) as f64 / 1000.0,
            _ => 0.0,
        }
    }

    /// Notes the first waiting record at an offset, as the last look's ends have it.
    pub fn note_first(&mut self, partition: Partition, next: i64, first: FirstWaiting) {
        if first != FirstWaiting::Unknown {
            self.first.insert((partition, next), first);
        }
    }

    /// Forgets the first records of offsets at which no group stands any more.
    pub fn forget_passed(&mut self, standing: &[(Partition, i64)]) {
        let standing: std::collections::HashSet<&(Partition, i64)> = standing.iter().collect();
        self.first.retain(|at, _| standing.contains(at));
    }

    /// The first waiting record at an offset, as far as it was read.
    pub fn first_waiting(&self, partition: &Partition, next: i64) -> FirstWaiting {
        let found = self.first.get(&(partition.clone(), next));
        found.copied().unwrap_or(FirstWaiting::Unknown)
    }

    /// What each look saw of a group in a partition, the oldest first.
    pub fn series(&self, group: &str, partition: &Partition) -> Vec<Point> {
        let point = |look: &Look| {
            let committed = look.groups.get(group).and_then(|g| g.committed.get(partition));
            Some(Point {
                at: look.at,
                committed: committed.copied(),
                ends: *look.ends.get(partition)?,
            })
        };
        self.looks.iter().filter_map(point).collect()
    }
}
