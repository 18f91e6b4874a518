//! The state of a shadow, or of the register that a slice begins with, from its rows.

use crate::matching::{DiskRows, Translation, settle};
use resolve::Resolver;
use resolve::restore::{Restoring, Row};
use runtime::Fault;
use sink::restore::Restored;
use std::path::Path;

/// A state being put together from a register's rows.
#[derive(Debug)]
pub struct Restoration {
    restoring: Restoring,
    translation: Translation,
}

impl Restoration {
    /// An empty one that keeps applications' rows below `scratch`, in a folder that goes with the process.
    ///
    /// # Errors
    /// Fatal when the folder can't be made.
    pub fn new(scratch: &Path) -> Result<Self, Fault> {
        Ok(Self {
            restoring: Restoring::keeping(Box::new(DiskRows::open(scratch)?)),
            translation: Translation::default(),
        })
    }

    /// Takes in a row, in the register's order.
    pub fn take(&mut self, restored: Restored) {
        for row in self.translation.rows(restored) {
            self.restoring.row(row);
        }
    }

    /// The state that the rows make, of which `sequence` is the last step.
    ///
    /// # Errors
    /// Fatal when the store of rows has failed.
    pub fn finish(mut self, sequence: i64) -> Result<Resolver, Fault> {
        self.restoring.row(Row::Step(sequence));
        let mut resolver = self.restoring.finish();
        settle(&mut resolver)?;
        Ok(resolver)
    }
}
