//! What the matcher holds in memory.

use crate::history::History;
use crate::keys::{Index, Keys};
use crate::series::Series;
use crate::waiting::WaitingRoom;
use schemas::change::{ApplicationState, NodeState, ResidentStatus};
use schemas::{Epoch, NodeId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The matcher's state. Apply entries in the order of the match log.
#[derive(Debug, Default)]
pub struct Resolver {
    /// The last step.
    pub(crate) sequence: i64,
    /// The next offset of each source partition.
    pub(crate) sources: HashMap<String, HashMap<i32, i64>>,
    pub(crate) series: HashMap<NodeId, HashMap<Epoch, Series>>,
    pub(crate) applications: HashMap<Uuid, Application>,
    pub(crate) residents: HashMap<Uuid, Resident>,
    pub(crate) index: Index,
    pub(crate) waiting: WaitingRoom,
    /// operate's entries that were applied.
    pub(crate) entries: HashSet<Uuid>,
    pub(crate) nodes: HashMap<NodeId, NodeState>,
    pub(crate) history: History,
}

/// An application with what matching needs of it.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    /// Its row.
    pub row: ApplicationState,
    /// The resident it belongs to; none while it is rejected, held or withdrawn.
    pub resident: Option<Uuid>,
    /// What it can be found by.
    pub keys: Keys,
    /// What linked it to an earlier member of its resident.
    pub link: Option<Link>,
}

/// Why an application belongs to a resident that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub to: Uuid,
    pub rule: String,
    pub weight_millibits: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resident {
    pub status: ResidentStatus,
    pub redirect_to: Option<Uuid>,
    /// In order of their first step in this resident.
    pub members: Vec<Uuid>,
}

impl Resolver {
    /// The last step that was applied; 0 for none.
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }

    /// How many applications, residents and waiting events there are.
    pub fn counts(&self) -> [(&'static str, usize); 3] {
        [
            ("applications", self.applications.len()),
            ("residents", self.residents.len()),
            ("waiting_events", self.waiting.count()),
        ]
    }

    /// The next offset expected of a source partition.
    pub fn next_offset(&self, topic: &str, partition: i32) -> i64 {
        self.sources
            .get(topic)
            .and_then(|partitions| partitions.get(&partition))
            .copied()
            .unwrap_or(0)
    }

    /// Passes source positions up to `to`, where operate decided that nobody waits for them.
    pub fn skip_to(&mut self, topic: &str, partition: i32, to: i64) {
        let next = self.next_offset(topic, partition).max(to);
        self.sources
            .entry(topic.to_owned())
            .or_default()
            .insert(partition, next);
    }
}
