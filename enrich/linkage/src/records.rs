//! The records in memory: the slots of all of them in one place, and what is known of each beside.

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
    width: usize,
    slots: Vec<u32>,
    rows: Vec<Row<Id>>,
    free: Vec<Handle>,
}

#[derive(Clone, Debug)]
struct Row<Id> {
    id: Id,
    marked: bool,
    certain_number: bool,
}

impl<Id: Copy> Records<Id> {
    pub const fn new(width: usize) -> Self {
        Self {
            width,
            slots: Vec::new(),
            rows: Vec::new(),
            free: Vec::new(),
        }
    }

    pub fn insert(&mut self, id: Id, record: &Record) -> Handle {
        let row = Row {
            id,
            marked: record.marked,
            certain_number: record.certain_number,
        };
        if let Some(handle) = self.free.pop() {
            self.rows[handle as usize] = row;
            let from = handle as usize * self.width;
            self.slots[from..from + self.width].copy_from_slice(&record.slots);
            return handle;
        }
        self.rows.push(row);
        self.slots.extend_from_slice(&record.slots);
        (self.rows.len() - 1) as Handle
    }

    pub fn remove(&mut self, handle: Handle) {
        self.free.push(handle);
    }

    pub fn slots(&self, handle: Handle) -> &[u32] {
        let from = handle as usize * self.width;
        &self.slots[from..from + self.width]
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
        self.rows.len() - self.free.len()
    }

    /// Handles that were ever given out.
    pub fn capacity(&self) -> usize {
        self.rows.len()
    }
}
