//! Events that wait for an application: verifications and withdrawals that came first, and
//! corrections that are held while an earlier revision is in force. Bounded.

use rustc_hash::FxHashMap;
use schemas::{Epoch, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Waiting events of one application.
const MAX_EACH: usize = 16;
/// Waiting events in all.
const MAX_ALL: usize = 1_000_000;

/// An event whose outcome is held until its application settles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The step that held it.
    pub event_sequence: i64,
    /// The application it waits for.
    pub application_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Its node.
    pub node_id: NodeId,
    /// Its series.
    pub epoch: Epoch,
    /// Its place there.
    pub node_sequence: i64,
    /// Slug of the province whose topic it came through.
    pub province: String,
    /// Revision, for an application.
    pub revision: Option<i32>,
    /// The match log's entry exactly as logged, for a verification or withdrawal.
    pub entry: Vec<u8>,
}

/// Waiting events by application, in order of their steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WaitingRoom {
    by_application: FxHashMap<Uuid, BTreeMap<i64, Waiting>>,
    count: usize,
}

impl WaitingRoom {
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Whether one more may wait for this application.
    pub fn has_room(&self, application: &Uuid) -> bool {
        self.count < MAX_ALL
            && self
                .by_application
                .get(application)
                .is_none_or(|events| events.len() < MAX_EACH)
    }

    pub fn add(&mut self, waiting: Waiting) {
        let events = self.by_application.entry(waiting.application_id).or_default();
        self.count += usize::from(events.insert(waiting.event_sequence, waiting).is_none());
    }

    /// Whether the event that this step held waits for this application.
    pub fn has(&self, application: &Uuid, event_sequence: i64) -> bool {
        let events = self.by_application.get(application);
        events.is_some_and(|events| events.contains_key(&event_sequence))
    }

    /// Takes out one event, if it waits.
    pub fn take_one(&mut self, application: &Uuid, event_sequence: i64) {
        let Some(events) = self.by_application.get_mut(application) else {
            return;
        };
        self.count -= usize::from(events.remove(&event_sequence).is_some());
        if events.is_empty() {
            self.by_application.remove(application);
        }
    }

    /// Takes out every event that waits for this application, in order of their steps.
    pub fn take(&mut self, application: &Uuid) -> Vec<Waiting> {
        let events = self.by_application.remove(application).unwrap_or_default();
        self.count -= events.len();
        events.into_values().collect()
    }
}
