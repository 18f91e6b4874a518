//! The records in memory: the slots of all of them in one place, and what is known of each beside.

use crate::pages::Pages;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};

/// A record in memory. Handles are used again: they are never output, stored or compared for order.
pub type Handle = u32;

/// A record by value, before it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The columns' values, as their comparators keep them.
    pub slots: Vec<u32>,
    /// It writes tones or marks somewhere.
    pub marked: bool,
    /// Its personal number has the structure that the law gives it.
    pub certain_number: bool,
}

/// Records of one model, each with its name outside, by which order and ties are decided.
#[derive(Debug)]
pub(crate) struct Records<Id> {
    slots: Pages<u32>,
    rows: Pages<Row<Id>>,
    free: Vec<Handle>,
    by_id: HashTable<Handle>,
}

#[derive(Clone, Debug)]
struct Row<Id> {
    id: Id,
    marked: bool,
    certain_number: bool,
}

impl<Id> Row<Id> {
    const fn of(id: Id, record: &Record) -> Self {
        Self {
            id,
            marked: record.marked,
            certain_number: record.certain_number,
        }
    }
}

fn hash(id: impl Hash) -> u64 {
    FxBuildHasher.hash_one(id)
}

impl<Id: Copy + Eq + Hash> Records<Id> {
    pub const fn new(width: usize) -> Self {
        Self {
            slots: Pages::of(width),
            rows: Pages::of(1),
            free: Vec::new(),
            by_id: HashTable::new(),
        }
    }

    /// Takes in a record that isn't there.
    pub fn insert(&mut self, id: Id, record: &Record) -> Handle {
        let handle = if let Some(handle) = self.free.pop() {
            self.put(handle, id, record);
            handle
        } else {
            self.rows.push([Row::of(id, record)]);
            self.slots.push(record.slots.iter().copied());
            (self.rows.len() - 1) as Handle
        };
        let rows = &self.rows;
        self.by_id
            .insert_unique(hash(id), handle, |&known| hash(rows[known as usize].id));
        handle
    }

    /// Gives a record other values.
    pub fn replace(&mut self, handle: Handle, record: &Record) {
        self.put(handle, self.id(handle), record);
    }

    fn put(&mut self, handle: Handle, id: Id, record: &Record) {
        self.rows[handle as usize] = Row::of(id, record);
        self.slots.row_mut(handle as usize).copy_from_slice(&record.slots);
    }

    pub fn remove(&mut self, handle: Handle) {
        let id = self.id(handle);
        if let Ok(known) = self.by_id.find_entry(hash(id), |&known| known == handle) {
            known.remove();
            self.free.push(handle);
        }
    }

    /// The record of this name.
    pub fn find(&self, id: Id) -> Option<Handle> {
        self.by_id
            .find(hash(id), |&known| self.rows[known as usize].id == id)
            .copied()
    }

    pub fn slots(&self, handle: Handle) -> &[u32] {
        self.slots.row(handle as usize)
    }

    pub fn is_marked(&self, handle: Handle) -> bool {
        self.rows[handle as usize].marked
    }

    pub fn has_certain_number(&self, handle: Handle) -> bool {
        self.rows[handle as usize].certain_number
    }

    pub fn id(&self, handle: Handle) -> Id {
        self.rows[handle as usize].id
    }

    /// Records that are there.
    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    /// Handles that were ever given out.
    pub const fn capacity(&self) -> usize {
        self.rows.len()
    }
}
