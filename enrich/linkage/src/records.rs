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
    /// What is compared lies together: a record's slots and, behind them, its flags.
    rows: Pages<u32>,
    width: usize,
    ids: Pages<Id>,
    free: Vec<Handle>,
    by_id: HashTable<Handle>,
}

const MARKED: u32 = 1;
const CERTAIN_NUMBER: u32 = 2;

fn flags_of(record: &Record) -> u32 {
    let flag = |is: bool, flag: u32| if is { flag } else { 0 };
    flag(record.marked, MARKED) | flag(record.certain_number, CERTAIN_NUMBER)
}

fn hash(id: impl Hash) -> u64 {
    FxBuildHasher.hash_one(id)
}

impl<Id: Copy + Eq + Hash> Records<Id> {
    pub const fn new(width: usize) -> Self {
        Self {
            rows: Pages::of(width + 1),
            width,
            ids: Pages::of(1),
            free: Vec::new(),
            by_id: HashTable::new(),
        }
    }

    /// Takes in a record that isn't there.
    pub fn insert(&mut self, id: Id, record: &Record) -> Handle {
        let handle = if let Some(handle) = self.free.pop() {
            self.ids[handle as usize] = id;
            self.replace(handle, record);
            handle
        } else {
            self.ids.push([id]);
            let flags = flags_of(record);
            self.rows.push(record.slots.iter().copied().chain([flags]));
            (self.ids.len() - 1) as Handle
        };
        let ids = &self.ids;
        self.by_id
            .insert_unique(hash(id), handle, |&known| hash(ids[known as usize]));
        handle
    }

    /// Gives a record other values.
    pub fn replace(&mut self, handle: Handle, record: &Record) {
        let (slots, flags) = self.rows.row_mut(handle as usize).split_at_mut(self.width);
        slots.copy_from_slice(&record.slots);
        flags[0] = flags_of(record);
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
            .find(hash(id), |&known| self.ids[known as usize] == id)
            .copied()
    }

    pub fn slots(&self, handle: Handle) -> &[u32] {
        &self.rows.row(handle as usize)[..self.width]
    }

    /// Reads of each of these what lies first and last: one after the other they would each be waited for when they are compared,
    /// while the processor fetches many at once that don't depend on one another.
    pub fn fetch(&self, handles: &[Handle]) {
        let ends = handles.iter().map(|&handle| {
            let row = self.rows.row(handle as usize);
            row[0] ^ row[self.width]
        });
        std::hint::black_box(ends.fold(0, |all, ends| all ^ ends));
    }

    fn flags(&self, handle: Handle) -> u32 {
        self.rows.row(handle as usize)[self.width]
    }

    pub fn is_marked(&self, handle: Handle) -> bool {
        self.flags(handle) & MARKED != 0
    }

    pub fn has_certain_number(&self, handle: Handle) -> bool {
        self.flags(handle) & CERTAIN_NUMBER != 0
    }

    pub fn id(&self, handle: Handle) -> Id {
        self.ids[handle as usize]
    }

    /// Records that are there.
    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    /// Handles that were ever given out.
    pub const fn capacity(&self) -> usize {
        self.ids.len()
    }
}
