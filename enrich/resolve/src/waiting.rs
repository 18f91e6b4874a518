//! Events that wait for an application: verifications and withdrawals that came first, and
//! corrections that are held while an earlier revision is in force. Bounded.

use rustc_hash::FxHashMap;
use schemas::{Epoch, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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

/// The events that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WaitingRoom {
    /// By the step that held them.
    events: FxHashMap<i64, Waiting>,
    /// Those steps, by the application that is waited for.
    by_application: FxHashMap<Uuid, BTreeSet<i64>>,
}

impl WaitingRoom {
    pub fn count(&self) -> usize {
        self.events.len()
    }

    /// Whether one more may wait for this application.
    pub fn has_room(&self, application: &Uuid) -> bool {
        let events = self.by_application.get(application);
        self.count() < MAX_ALL && events.is_none_or(|events| events.len() < MAX_EACH)
    }

    pub fn add(&mut self, waiting: Waiting) {
        let events = self.by_application.entry(waiting.application_id).or_default();
        events.insert(waiting.event_sequence);
        self.events.insert(waiting.event_sequence, waiting);
    }

    /// Whether the event that this step held waits for this application.
    pub fn has(&self, application: &Uuid, event_sequence: i64) -> bool {
        let event = self.events.get(&event_sequence);
        event.is_some_and(|event| event.application_id == *application)
    }

    /// Takes out the event that this step held, if it waits.
    pub fn take_one(&mut self, event_sequence: i64) {
        let Some(event) = self.events.remove(&event_sequence) else {
            return;
        };
        if let Some(events) = self.by_application.get_mut(&event.application_id) {
            events.remove(&event_sequence);
            if events.is_empty() {
                self.by_application.remove(&event.application_id);
            }
        }
    }

    /// Takes out every event that waits for this application, in order of their steps.
    pub fn take(&mut self, application: &Uuid) -> Vec<Waiting> {
        let events = self.by_application.remove(application).unwrap_or_default();
        let events = events.into_iter();
        events.filter_map(|event| self.events.remove(&event)).collect()
    }
}
