//! The numbers of the books.

use serde::Serialize;

/// The numbers of one epoch, node, province, or of all: distinct sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Taken by the node: pending + in transit + missing + received.
    pub captured: i64,
    /// Still at the node, by its own word.
    pub pending: i64,
    /// Published by the node's word, and on the way.
    pub in_transit: i64,
    /// Published, passed by match, and not there.
    pub missing: i64,
    /// In the books of the centre: loaded + rejected + held + dead-lettered.
    pub received: i64,
    /// Took effect.
    pub loaded: i64,
    /// Refused with reasons.
    pub rejected: i64,
    /// Waits for a correction or a decision.
    pub held: i64,
    /// Refused by the register's database.
    pub dead_lettered: i64,
}

/// What is counted beside the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// What a retired node had not delivered: no longer captured, nor missing.
    pub written_off: i64,
    /// Repeated events.
    pub copies: i64,
    /// Other events under a sequence already taken.
    pub conflicts: i64,
    /// Events whose `previous_hash` is not the hash of the event before.
    pub broken_links: i64,
}

impl Numbers {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        let sum = |to: &mut i64, of: i64| *to = to.saturating_add(of);
        sum(&mut self.captured, other.captured);
        sum(&mut self.pending, other.pending);
        sum(&mut self.in_transit, other.in_transit);
        sum(&mut self.missing, other.missing);
        sum(&mut self.received, other.received);
        sum(&mut self.loaded, other.loaded);
        sum(&mut self.rejected, other.rejected);
        sum(&mut self.held, other.held);
        sum(&mut self.dead_lettered, other.dead_lettered);
    }

    /// Whether what was received ended somewhere, one place each.
    pub const fn received_adds_up(&self) -> bool {
        let ended = self
            .loaded
            .saturating_add(self.rejected)
            .saturating_add(self.held);
        self.received == ended.saturating_add(self.dead_lettered)
    }
}

impl Beside {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        let sum = |to: &mut i64, of: i64| *to = to.saturating_add(of);
        sum(&mut self.written_off, other.written_off);
        sum(&mut self.copies, other.copies);
        sum(&mut self.conflicts, other.conflicts);
        sum(&mut self.broken_links, other.broken_links);
    }
}
