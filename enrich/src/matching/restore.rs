//! The matcher's state from a snapshot or the register, before the changes behind it.

use super::following::Following;
use super::register;
use super::rows::DiskRows;
use super::snapshot::{Folder, Snapshot};
use resolve::restore::Restoring;
use runtime::kafka::Cluster;
use runtime::{Fault, Stop};
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Instant;

/// Where a state is restored from.
#[derive(Clone)]
pub struct Sources {
    /// Where `register.changes` is.
    pub cluster: Cluster,
    /// The register.
    pub database: SecretString,
    /// What the register's connection runs on.
    pub handle: tokio::runtime::Handle,
    /// Below it applications' rows are kept.
    pub rows: PathBuf,
    /// Where snapshots are, if they are kept.
    pub snapshots: Option<Folder>,
}

impl Sources {
    /// The state as the newest snapshot has it, or else the register. Blocking.
    ///
    /// # Errors
    /// Transient when database or cluster don't answer, and when it is dismissed meanwhile.
    pub fn base(&self, dismissed: &Stop) -> Result<Following, Fault> {
        let started = Instant::now();
        let snapshot = match &self.snapshots {
            Some(folder) => folder.newest(&self.cluster)?,
            None => None,
        };
        let from_snapshot = match snapshot {
            Some(snapshot) => self.of_snapshot(snapshot, dismissed)?,
            None => None,
        };
        let (source, following) = match from_snapshot {
            Some(following) => ("a snapshot", following),
            None => ("the register", self.of_register(dismissed)?),
        };
        tracing::info!(
            duration_ms = started.elapsed().as_millis() as u64,
            "the state is read from {source}"
        );
        Ok(following)
    }

    /// None when the file turns out to be damaged, which is known only when it has been read.
    fn of_snapshot(&self, snapshot: Snapshot, dismissed: &Stop) -> Result<Option<Following>, Fault> {
        let mut restoring = Restoring::keeping(Box::new(DiskRows::open(&self.rows)?));
        let next = snapshot.footer.next();
        let path = snapshot.path.clone();
        let read = snapshot.each_row(|row| {
            if !dismissed.requested() {
                restoring.row(row);
            }
        });
        match read {
            Ok(()) if dismissed.requested() => Err(unwanted()),
            Ok(()) => Ok(Some(Following::of(restoring, next))),
            Err(refusal) => {
                refusal.tell(&path);
                Ok(None)
            }
        }
    }

    fn of_register(&self, dismissed: &Stop) -> Result<Following, Fault> {
        let mut restoring = Restoring::keeping(Box::new(DiskRows::open(&self.rows)?));
        let next = register::read(&self.database, &self.handle, |row| {
            if dismissed.requested() {
                return Err(unwanted());
            }
            restoring.row(row);
            Ok(())
        })?;
        Ok(Following::of(restoring, next))
    }
}

fn unwanted() -> Fault {
    Fault::transient("the state isn't wanted any more")
}
