//! Which source offsets are behind us: everything up to them is in the match log, acknowledged.

use runtime::Fault;
use runtime::kafka::{Delivery, Partition};
use std::collections::{HashMap, VecDeque};

/// Sent entries and their acknowledgements. Entries go to one partition in order, so they are
/// acknowledged in order too.
#[derive(Default)]
pub struct Progress {
    under_way: VecDeque<(u64, Partition, i64)>,
    next: HashMap<Partition, i64>,
    token: u64,
}

impl Progress {
    /// Notes an entry that is being sent; returns the token it goes under.
    pub fn sent(&mut self, partition: &Partition, next: i64) -> u64 {
        self.token += 1;
        self.under_way.push_back((self.token, partition.clone(), next));
        self.token
    }

    /// Whether every entry was acknowledged.
    pub fn nothing_under_way(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Takes acknowledgements.
    ///
    /// # Errors
    /// Fatal when an entry was not taken: the worker ends, and started again it sends it once more;
    /// going on would leave a hole that match waits at.
    pub fn settle(&mut self, deliveries: Vec<Delivery>) -> Result<(), Fault> {
        for delivery in deliveries {
            if let Err(why) = delivery.result {
                return Err(Fault::fatal(format!(
                    "the match log did not take an entry: {}",
                    why.code
                )));
            }
            while self
                .under_way
                .front()
                .is_some_and(|(token, ..)| *token <= delivery.token)
            {
                if let Some((_, partition, next)) = self.under_way.pop_front() {
                    self.next.insert(partition, next);
                }
            }
        }
        Ok(())
    }

    /// A partition that isn't ours any more: nothing is committed for it.
    pub fn forget(&mut self, partition: &Partition) {
        self.next.remove(partition);
        for (_, other, _) in &mut self.under_way {
            if other == partition {
                // Its acknowledgement will be noted under a name that nobody commits.
                other.number = -1;
            }
        }
    }

    /// The next offset of each partition that moved since the last call.
    pub fn take_next(&mut self) -> Vec<(Partition, i64)> {
        std::mem::take(&mut self.next)
            .into_iter()
            .filter(|(partition, _)| partition.number >= 0)
            .collect()
    }
}
