//! Where the rows of applications are kept: not in memory, which holds what is compared, but in a store that
//! whoever runs the matcher provides. It is a cache of the register and filled anew by each restore.

use schemas::change::ApplicationState;
use std::collections::HashMap;
use std::fmt;
use uuid::Uuid;

/// A store of applications' rows.
pub trait Rows: fmt::Debug + Send {
    /// The row of an application; none where there is none.
    fn get(&mut self, application: Uuid) -> Option<ApplicationState>;

    /// Keeps a row in place of the one before.
    fn put(&mut self, row: &ApplicationState);

    /// Must be asked before anything is made known that steps have made: whether all rows were kept and
    /// read.
    ///
    /// # Errors
    /// Why not. What the state made since it was asked last is worth nothing then.
    fn settle(&mut self) -> Result<(), LostRows>;
}

/// The store of rows has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostRows(pub String);

impl fmt::Display for LostRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store of applications' rows has failed: {}", self.0)
    }
}

impl std::error::Error for LostRows {}

/// The store with the row that was kept last: a step asks once more for what it keeps.
#[derive(Debug)]
pub(crate) struct Kept {
    store: Box<dyn Rows>,
    last: Option<ApplicationState>,
}

impl Kept {
    pub const fn of(store: Box<dyn Rows>) -> Self {
        Self { store, last: None }
    }

    /// The row of an application.
    pub fn get(&mut self, application: Uuid) -> Option<ApplicationState> {
        match &self.last {
            Some(row) if row.application_id == application => Some(row.clone()),
            _ => self.store.get(application),
        }
    }

    /// The row of an application that a step asks for at its end.
    pub fn take(&mut self, application: Uuid) -> Option<ApplicationState> {
        let last = self.last.take_if(|row| row.application_id == application);
        last.or_else(|| self.store.get(application))
    }

    /// Keeps a row in place of the one before.
    pub fn put(&mut self, row: ApplicationState) {
        self.store.put(&row);
        self.last = Some(row);
    }

    pub fn settle(&mut self) -> Result<(), LostRows> {
        self.store.settle()
    }
}

/// Rows in memory.
#[derive(Debug, Default)]
pub struct InMemory(HashMap<Uuid, ApplicationState>);

impl Rows for InMemory {
    fn get(&mut self, application: Uuid) -> Option<ApplicationState> {
        self.0.get(&application).cloned()
    }

    fn put(&mut self, row: &ApplicationState) {
        self.0.insert(row.application_id, row.clone());
    }

    fn settle(&mut self) -> Result<(), LostRows> {
        Ok(())
    }
}
