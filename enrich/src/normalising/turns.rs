//! Fairness: each partition's records wait in a short queue of their own, and a quantum is taken from
//! each in turn, so that a city's evening upload never stands in front of a remote commune.

use runtime::kafka::{Partition, Record};
use std::collections::{HashMap, VecDeque};

/// The queues of all owned partitions.
pub struct Turns {
    queues: HashMap<Partition, Queue>,
    order: VecDeque<Partition>,
    buffer: usize,
}

#[derive(Default)]
struct Queue {
    records: VecDeque<(Record, i64)>,
    /// One after the last record that was queued: what the next one may vouch for.
    expected: i64,
    full: bool,
}

/// What one partition hands on in its turn.
pub struct Turn {
    /// The partition.
    pub partition: Partition,
    /// Records with the offset that was expected before each.
    pub records: Vec<(Record, i64)>,
    /// It was full, and may be fetched from again.
    pub has_room_again: bool,
}

impl Turns {
    /// Queues of at most `buffer` records each.
    pub fn new(buffer: usize) -> Self {
        Self {
            queues: HashMap::new(),
            order: VecDeque::new(),
            buffer: buffer.max(1),
        }
    }

    /// A partition that is ours from now on, from offset `next`.
    pub fn start(&mut self, partition: Partition, next: i64) {
        self.stop(&partition);
        self.order.push_back(partition.clone());
        self.queues.insert(
            partition,
            Queue {
                expected: next,
                ..Queue::default()
            },
        );
    }

    /// A partition that is no longer ours.
    pub fn stop(&mut self, partition: &Partition) {
        self.queues.remove(partition);
        self.order.retain(|other| other != partition);
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.queues.values().all(|queue| queue.records.is_empty())
    }

    /// Queues a record; returns its partition when that is full now. A record of a partition that
    /// isn't ours any more is dropped: its new owner reads it.
    pub fn push(&mut self, record: Record) -> Option<Partition> {
        let queue = self.queues.get_mut(&record.partition)?;
        let expected = std::mem::replace(&mut queue.expected, record.offset + 1);
        let partition = record.partition.clone();
        queue.records.push_back((record, expected));
        let filled = !queue.full && queue.records.len() >= self.buffer;
        queue.full |= filled;
        filled.then_some(partition)
    }

    /// Up to `quantum` records of the next partition that has some.
    pub fn next(&mut self, quantum: usize) -> Option<Turn> {
        for _ in 0..self.order.len() {
            let partition = self.order.pop_front()?;
            self.order.push_back(partition.clone());
            let Some(queue) = self
                .queues
                .get_mut(&partition)
                .filter(|queue| !queue.records.is_empty())
            else {
                continue;
            };
            let count = quantum.min(queue.records.len());
            let records = queue.records.drain(..count).collect();
            let has_room_again = queue.full && queue.records.len() <= self.buffer / 2;
            queue.full &= !has_room_again;
            return Some(Turn {
                partition,
                records,
                has_room_again,
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::Timestamp;

    fn record(topic: &str, offset: i64) -> Record {
        let partition = Partition::new(topic, 0);
        Record {
            partition,
            offset,
            appended_at: Timestamp(0),
            key: None,
            value: Vec::new(),
            trace: None,
            headers: Vec::new(),
        }
    }

    #[test]
    fn each_partition_has_its_turn_and_positions_vouch_for_gaps() {
        let mut turns = Turns::new(4);
        turns.start(Partition::new("city", 0), 0);
        turns.start(Partition::new("commune", 0), 5);
        let filled: Vec<_> = (0..4)
            .map(|offset| turns.push(record("city", offset)).is_some())
            .collect();
        assert_eq!(filled, [false, false, false, true]);
        turns.push(record("commune", 7));
        let taken: Vec<_> = std::iter::from_fn(|| turns.next(2))
            .map(|turn| {
                (
                    turn.partition.topic,
                    turn.records.len(),
                    turn.records[0].1,
                    turn.has_room_again,
                )
            })
            .collect();
        let taken: Vec<_> = taken
            .iter()
            .map(|(topic, n, expected, room)| (topic.as_str(), *n, *expected, *room))
            .collect();
        assert_eq!(
            taken,
            [
                ("city", 2, 0, true),
                ("commune", 1, 5, false),
                ("city", 2, 2, false)
            ]
        );
    }

    #[test]
    fn a_partition_that_was_lost_is_forgotten() {
        let mut turns = Turns::new(4);
        turns.start(Partition::new("city", 0), 0);
        turns.push(record("city", 0));
        turns.stop(&Partition::new("city", 0));
        assert!(turns.push(record("city", 1)).is_none());
        assert!(turns.is_empty() && turns.next(9).is_none());
    }
}
