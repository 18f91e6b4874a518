//! Rows of which only the last of each key is kept: what changes since some moment come to.

use super::row::{Key, Row};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The last row of each key.
#[derive(Debug, Default)]
pub struct Fold(HashMap<Key, Row>);

impl Fold {
    /// Takes a row in, whatever came before it.
    pub fn take(&mut self, row: Row) {
        match self.0.entry(row.key()) {
            Entry::Occupied(mut known) if known.get().order() < row.order() => {
                known.insert(row);
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => {
                free.insert(row);
            }
        }
    }

    /// Whether a row from before means nothing any more: a newer one took its place, or its event waits no more. Of
    /// the two only one stays: a change that was loaded again may have brought an older one back.
    pub fn replaces(&mut self, key: &Key, order: i64) -> bool {
        if let Key::HeldEntry(event_sequence) = key
            && let Some(Row::Released { .. }) = self.0.get(&Key::Waiting(*event_sequence))
        {
            return true;
        }
        let Some(known) = self.0.get(key) else {
            return false;
        };
        let is_newer = known.order() >= order;
        if !is_newer {
            self.0.remove(key);
        }
        is_newer
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows, in no order that means anything.
    pub fn into_rows(self) -> impl Iterator<Item = Row> {
        self.0.into_values()
    }
}
