//! What was linked before, brought back.

use super::{Decision, Edge, Linker, ordered};
use crate::blocking;
use crate::records::{Handle, Record};
use std::hash::Hash;

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// Takes in a record that is compared with none: one that [`Self::insert`] refused, or that was linked
    /// before and is brought back. Records are brought back in the order of their last change.
    pub fn insert_unlinked(&mut self, id: Id, record: &Record) {
        let mut hashes = Vec::new();
        blocking::hashes(&self.model, &self.dictionary, &record.slots, &mut hashes);
        self.put_in(id, record, &hashes);
    }

    /// Brings back a pair.
    pub fn restore_edge(&mut self, edge: &Edge<Id>) {
        if let (Some(a), Some(b)) = (self.records.find(edge.left), self.records.find(edge.right)) {
            self.join(a, b, edge.log_odds);
        }
    }

    /// Brings back a decision.
    pub fn restore_decision(&mut self, a: Id, b: Id, decision: Decision) {
        self.decisions.insert(ordered(a, b), decision);
    }

    /// Brings back a cluster of records that are there.
    pub fn restore_cluster(&mut self, ids: &[Id]) {
        let handles: Vec<Handle> = ids.iter().filter_map(|&id| self.records.find(id)).collect();
        for handle in &handles {
            self.dissolve(*handle);
        }
        if !handles.is_empty() {
            self.form(handles);
        }
    }
}
