//! The numbers of the books.

use serde::Serialize;

/// The numbers of one epoch, node, province, or of all: distinct sequences. Those of a day have no first
/// four: what has not come has no day on which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Taken by the node: pending + in transit + missing + received.
    pub captured: Option<i64>,
    /// Still at the node, by its own word.
    pub pending: Option<i64>,
    /// Published by the node's word, and on the way.
    pub in_transit: Option<i64>,
    /// Published, passed by match, and not there.
    pub missing: Option<i64>,
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

/// What is counted beside the books. The first and the last are not known of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// What a retired node had not delivered: no longer captured, nor missing.
    pub written_off: Option<i64>,
    /// Repeated events.
    pub copies: i64,
    /// Other events under a sequence already taken.
    pub conflicts: i64,
    /// Events whose `previous_hash` is not the hash of the event before.
    pub broken_links: Option<i64>,
}

/// 0 of everything.
impl Default for Numbers {
    fn default() -> Self {
        Self {
            captured: Some(0),
            pending: Some(0),
            in_transit: Some(0),
            missing: Some(0),
            ..Self::OF_A_DAY
        }
    }
}

/// 0 of everything.
impl Default for Beside {
    fn default() -> Self {
        Self {
            written_off: Some(0),
            broken_links: Some(0),
            ..Self::OF_A_DAY
        }
    }
}

impl Numbers {
    /// 0 of everything that is known of a day.
    pub const OF_A_DAY: Self = Self {
        captured: None,
        pending: None,
        in_transit: None,
        missing: None,
        received: 0,
        loaded: 0,
        rejected: 0,
        held: 0,
        dead_lettered: 0,
    };

    /// Adds another's. A sum of which a part isn't known isn't known.
    pub fn add(&mut self, other: &Self) {
        add_known(&mut self.captured, other.captured);
        add_known(&mut self.pending, other.pending);
        add_known(&mut self.in_transit, other.in_transit);
        add_known(&mut self.missing, other.missing);
        add(&mut self.received, other.received);
        add(&mut self.loaded, other.loaded);
        add(&mut self.rejected, other.rejected);
        add(&mut self.held, other.held);
        add(&mut self.dead_lettered, other.dead_lettered);
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
    /// 0 of everything that is known of a day.
    pub const OF_A_DAY: Self = Self {
        written_off: None,
        copies: 0,
        conflicts: 0,
        broken_links: None,
    };

    /// Adds another's. A sum of which a part isn't known isn't known.
    pub fn add(&mut self, other: &Self) {
        add_known(&mut self.written_off, other.written_off);
        add(&mut self.copies, other.copies);
        add(&mut self.conflicts, other.conflicts);
        add_known(&mut self.broken_links, other.broken_links);
    }
}

fn add(to: &mut i64, of: i64) {
    *to = to.saturating_add(of);
}

fn add_known(to: &mut Option<i64>, of: Option<i64>) {
    *to = to.zip(of).map(|(to, of)| to.saturating_add(of));
}
