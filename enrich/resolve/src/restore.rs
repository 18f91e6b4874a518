//! The state from the register's rows and the tail of changes behind them.
//!
//! Rows may come in any order, from partitions of `register.changes` that were loaded up to different
//! points; then come the changes behind each of those points, in any order between partitions. A newer
//! sequence replaces an older one. So both ways, and the uninterrupted one, end in the same state.
//!
//! Rows wait until everything up to some step is there, then they are merged into the state, which stands at that step
//! from then on as if it had made it itself. So a state can be kept current for as long as one likes, and what is left to
//! do at the end doesn't grow with the register.

use crate::rows::Rows;
use crate::state::Resolver;
use pending::Pending;
use schemas::codec::Change;

mod fold;
mod merging;
mod pending;
mod row;

pub use fold::Fold;
pub use row::{Key, Place, Registration, Row};

/// A state being put together. Hand in rows first, then changes, in any order; then [`Self::finish`]. In between what is
/// complete may be merged, as often as one likes: [`Self::cut`], the changes that are still missing, [`Self::settle`].
#[derive(Debug, Default)]
pub struct Restoring {
    resolver: Resolver,
    /// What isn't merged yet, but for what is kept apart.
    pending: Pending,
    /// The step up to which everything is merged; 0 before anything is.
    settled: i64,
    cut: Option<Cut>,
}

/// A line behind a step.
#[derive(Debug)]
struct Cut {
    step: i64,
    /// Changes of later steps. They must not replace what belongs to the state at that step.
    apart: Vec<Change>,
}

impl Restoring {
    /// A state that keeps rows in this store, which must be empty.
    pub fn keeping(rows: Box<dyn Rows>) -> Self {
        Self {
            resolver: Resolver::keeping(rows),
            ..Self::default()
        }
    }

    /// A row of what there is at the beginning.
    pub fn row(&mut self, row: Row) {
        self.pending.take(row, &mut self.resolver);
    }

    /// A change behind the rows. What comes of a step that is merged is there already: a dead letter's change that was sent
    /// anew.
    pub fn change(&mut self, change: Change) {
        let sequence = change.sequence();
        if sequence <= self.settled {
            return;
        }
        match &mut self.cut {
            Some(cut) if sequence > cut.step => cut.apart.push(change),
            _ => Row::of(change).into_iter().for_each(|row| self.row(row)),
        }
    }

    /// The last step that is known of, but for what is kept apart.
    pub fn sequence(&self) -> i64 {
        self.settled.max(self.pending.sequence)
    }

    /// The step up to which everything is merged; 0 before anything is.
    pub const fn settled(&self) -> i64 {
        self.settled
    }

    /// Keeps changes of later steps than the last one so far apart, until [`Self::settle`] or [`Self::uncut`].
    pub fn cut(&mut self) {
        self.uncut();
        self.cut = Some(Cut {
            step: self.sequence(),
            apart: Vec::new(),
        });
    }

    /// How many changes are kept apart.
    pub fn apart(&self) -> usize {
        self.cut.as_ref().map_or(0, |cut| cut.apart.len())
    }

    /// Takes in what was kept apart: another cut is wanted, or none.
    pub fn uncut(&mut self) {
        if let Some(cut) = self.cut.take() {
            cut.apart.into_iter().for_each(|change| self.change(change));
        }
    }

    /// Merges what there is up to the cut, which must be everything up to that step.
    pub fn settle(&mut self) {
        if let Some(cut) = &self.cut {
            self.settled = cut.step;
            self.resolver.merge(std::mem::take(&mut self.pending));
        }
        self.uncut();
    }

    /// The state that all of it makes.
    pub fn finish(mut self) -> Resolver {
        self.uncut();
        self.resolver.merge(self.pending);
        self.resolver
    }
}
