//! What the matcher holds in memory.

use crate::compact::Compact;
use crate::golden;
use crate::history::History;
use crate::review::Reviews;
use crate::rows::{InMemory, Kept, LostRows, Rows};
use crate::series::Series;
use crate::waiting::WaitingRoom;
use linkage::{Linker, Thresholds, Weights};
use rustc_hash::{FxHashMap, FxHashSet};
use schemas::change::{ApplicationState, ApplicationStatus, NodeState, ResidentStatus};
use schemas::{Epoch, NodeId, Sha256};
use uuid::Uuid;

/// The matcher's state. Apply entries in the order of the match log.
#[derive(Debug)]
pub struct Resolver {
    /// The last step.
    pub(crate) sequence: i64,
    /// The next offset of each source partition.
    pub(crate) sources: FxHashMap<String, FxHashMap<i32, i64>>,
    pub(crate) series: FxHashMap<NodeId, FxHashMap<Epoch, Series>>,
    pub(crate) applications: Compact<Application>,
    pub(crate) rows: Kept,
    pub(crate) residents: Compact<Resident>,
    pub(crate) linker: Linker<Uuid>,
    pub(crate) reviews: Reviews,
    pub(crate) waiting: WaitingRoom,
    /// operate's entries that were applied.
    pub(crate) entries: FxHashSet<Uuid>,
    pub(crate) nodes: FxHashMap<NodeId, NodeState>,
    pub(crate) history: History,
}

/// What memory holds of an application beside what it is compared by; its row is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub revision: i32,
    pub status: ApplicationStatus,
    pub stage: i32,
    /// Its age among applications, and the id of the resident it is the oldest application of.
    pub seed: Uuid,
    /// The resident it belongs to; none while it is rejected, held or withdrawn.
    pub resident: Option<Uuid>,
}

impl Application {
    /// An application with this row.
    pub fn of(row: &ApplicationState, resident: Option<Uuid>) -> Self {
        Self {
            revision: row.revision,
            status: row.status,
            stage: row.stage,
            seed: golden::resident_id(row.first_appended_at, &Sha256::of(row.application_id.as_bytes())),
            resident,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resident {
    pub status: ResidentStatus,
    pub redirect_to: Option<Uuid>,
    /// The oldest first.
    pub members: Vec<Uuid>,
    /// The step that changed it last.
    pub changed: i64,
}

impl Default for Resolver {
    /// An empty state that keeps rows in memory.
    fn default() -> Self {
        Self::keeping(Box::new(InMemory::default()))
    }
}

impl Resolver {
    /// An empty state that keeps rows in this store, which must be empty, too.
    pub fn keeping(rows: Box<dyn Rows>) -> Self {
        Self {
            rows: Kept::of(rows),
            sequence: 0,
            sources: FxHashMap::default(),
            series: FxHashMap::default(),
            applications: Compact::default(),
            residents: Compact::default(),
            linker: Linker::new(
                linkage::applicant::model(),
                Weights::shipped(),
                Thresholds::default(),
            ),
            reviews: Reviews::default(),
            waiting: WaitingRoom::default(),
            entries: FxHashSet::default(),
            nodes: FxHashMap::default(),
            history: History::default(),
        }
    }
}

impl Resolver {
    /// Must be asked before anything is made known that steps have made: see [`Rows::settle`].
    ///
    /// # Errors
    /// The store of rows has failed.
    pub fn settle_rows(&mut self) -> Result<(), LostRows> {
        self.rows.settle()
    }

    /// Keeps an application with its row.
    pub(crate) fn keep(&mut self, row: ApplicationState, resident: Option<Uuid>) {
        self.applications
            .insert(row.application_id, Application::of(&row, resident));
        self.rows.put(row);
    }

    /// The last step that was applied; 0 for none.
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }

    /// How many applications, residents and waiting events there are.
    pub fn counts(&self) -> [(&'static str, usize); 4] {
        [
            ("open_reviews", self.reviews.count()),
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
