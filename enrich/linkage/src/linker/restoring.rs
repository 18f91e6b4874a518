//! What was linked before, brought back.

use super::{Decision, Edge, Linker, NOWHERE, ordered};
use crate::blocking;
use crate::records::{Handle, Record};
use std::hash::Hash;

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// Takes in a record that isn't there and is compared with none: one that [`Self::insert`] refused.
    pub fn insert_unlinked(&mut self, id: Id, record: &Record) {
        let mut hashes = Vec::new();
        blocking::hashes(&self.model, &self.dictionary, &record.slots, &mut hashes);
        self.put_in(id, record, &hashes);
    }

    /// Brings back a record as its last change left it, in place of what is there of it: what it is linked to
    /// stays. Records are brought back in the order of their last changes, in which they stand in their blocks.
    pub fn restore(&mut self, id: Id, record: &Record) {
        match self.records.find(id) {
            Some(handle) => self.exchange(handle, record),
            None => self.insert_unlinked(id, record),
        }
    }

    /// Brings back that a record was taken out. Who was in one cluster with it is alone, until that cluster is
    /// brought back.
    pub fn restore_removal(&mut self, id: Id) {
        if let Some(handle) = self.records.find(id) {
            self.take_out(handle);
        }
    }

    /// Brings back a pair, in place of what it weighed before.
    pub fn restore_edge(&mut self, edge: &Edge<Id>) {
        if let (Some(a), Some(b)) = (self.records.find(edge.left), self.records.find(edge.right)) {
            self.part(a, b);
            self.join(a, b, edge.log_odds);
        }
    }

    /// Brings back that a pair was cut.
    pub fn restore_cut(&mut self, a: Id, b: Id) {
        if let (Some(a), Some(b)) = (self.records.find(a), self.records.find(b)) {
            self.part(a, b);
        }
    }

    /// Brings back a decision.
    pub fn restore_decision(&mut self, a: Id, b: Id, decision: Decision) {
        self.decisions.insert(ordered(a, b), decision);
    }

    /// Brings back a cluster of records that are there. Whoever leaves another cluster for it leaves the rest of
    /// that alone, until their clusters are brought back.
    pub fn restore_cluster(&mut self, ids: &[Id]) {
        let handles: Vec<Handle> = ids.iter().filter_map(|&id| self.records.find(id)).collect();
        let is_alone = |handle: Handle| self.members(&self.cluster_of[handle as usize]).len() == 1;
        if handles.is_empty() || matches!(handles[..], [only] if is_alone(only)) {
            return;
        }
        let mut left: Vec<Handle> = handles.iter().flat_map(|&handle| self.dissolve(handle)).collect();
        self.form(handles);
        left.retain(|&handle| self.cluster_of[handle as usize] == NOWHERE);
        for handle in left {
            self.form(vec![handle]);
        }
    }

    /// Gives a record other values: it stands first in its blocks.
    fn exchange(&mut self, handle: Handle, record: &Record) {
        let is_counted = self.cluster_of[handle as usize] == handle;
        if is_counted {
            self.count_root(handle, false);
        }
        self.leave_blocks(handle);
        self.records.replace(handle, record);
        self.enter_blocks(handle);
        if is_counted {
            self.count_root(handle, true);
        }
    }

    fn part(&mut self, a: Handle, b: Handle) {
        if self.edges[a as usize].iter().any(|half| half.other == b) {
            self.forget(a, b);
            self.forget(b, a);
        }
    }
}
