//! The spool: what the node has accepted, on disk before anyone is told so.
//!
//! One embedded store holds `events` as they are published, `receipts` by what was submitted,
//! `event_ids` that lead to a receipt, `outcomes` by event, and a few records of `state`. Whatever
//! belongs together is written in one atomic batch, so a crash at any moment leaves all of it or
//! nothing.

mod append;
mod epoch;
mod fault;
mod outcomes;
mod prune;
mod publishing;
mod receipt;
mod space;
mod state;
mod store;

pub use append::{Appended, New};
pub use fault::SpoolFault;
pub use outcomes::{Ahead, OutcomeCounts, Outcomes, Settled};
pub use publishing::Pending;
pub use receipt::{Kind, Receipt};
pub use space::Limits;
pub use state::{Head, Published};

use fjall::OwnedWriteBatch;
use runtime::clock;
use schemas::NodeId;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use store::Store;

/// The one owner of a node's spool folder. Shared between threads by reference.
pub struct Spool {
    path: PathBuf,
    node_id: NodeId,
    limits: Limits,
    store: RwLock<Option<Store>>,
    head: Mutex<Head>,
    published: Mutex<Published>,
    outcomes: Mutex<Outcomes>,
    /// A write failed: the store takes no more until it is opened again.
    failed: AtomicBool,
}

impl Spool {
    /// Makes a new, empty spool with a random epoch. The folder must not be there yet.
    ///
    /// # Errors
    /// [`SpoolFault::Exists`], or what the disk says.
    pub fn create(path: &Path, node_id: NodeId, limits: Limits) -> Result<Self, SpoolFault> {
        if path.exists() {
            return Err(SpoolFault::Exists(path.to_owned()));
        }
        let store = Store::open(path)?;
        let head = Head::new(clock::new_epoch());
        store.write_head(&head)?;
        if let Some(folder) = path.parent() {
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(Self {
            path: path.to_owned(),
            node_id,
            limits,
            store: RwLock::new(Some(store)),
            head: Mutex::new(head),
            published: Mutex::default(),
            outcomes: Mutex::default(),
            failed: AtomicBool::new(false),
        })
    }

    /// Opens the spool that is there and proves that no unpublished event is missing or changed.
    /// Never makes a new one in silence.
    ///
    /// # Errors
    /// [`SpoolFault::Missing`] and [`SpoolFault::Damaged`] say what to do; [`SpoolFault::InUse`].
    pub fn open(path: &Path, node_id: NodeId, limits: Limits) -> Result<Self, SpoolFault> {
        let (store, head, published, outcomes) = read(path)?;
        let spool = Self {
            path: path.to_owned(),
            node_id,
            limits,
            store: RwLock::new(Some(store)),
            head: Mutex::new(head),
            published: Mutex::new(published),
            outcomes: Mutex::new(outcomes),
            failed: AtomicBool::new(false),
        };
        spool.sweep()?;
        Ok(spool)
    }

    /// Opens the store again after a failed write (a full disk) has closed it for writing.
    ///
    /// # Errors
    /// As [`Self::open`]; the spool then stays closed, and this may be tried again.
    pub fn reopen(&self) -> Result<(), SpoolFault> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let (mut head, mut published, mut outcomes) =
            (hold(&self.head), hold(&self.published), hold(&self.outcomes));
        *store = None; // releases the folder
        let (reopened, read_head, read_published, read_outcomes) = read(&self.path)?;
        *store = Some(reopened);
        (*head, *published, *outcomes) = (read_head, read_published, read_outcomes);
        self.failed.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Whether a write failed, so that [`Self::reopen`] is due once the disk has room.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    fn commit(&self, batch: OwnedWriteBatch) -> Result<(), SpoolFault> {
        batch.commit().map_err(|fault| {
            self.failed.store(true, Ordering::SeqCst);
            self.explained(fault.into())
        })
    }

    /// The node whose spool it is.
    pub const fn node_id(&self) -> &NodeId {
        &self.node_id
    }

    /// The current series and where it stands.
    pub fn head(&self) -> Head {
        hold(&self.head).clone()
    }

    /// How far the current series is acknowledged by the broker.
    pub fn published(&self) -> Published {
        *hold(&self.published)
    }

    /// What the centre has said so far.
    pub fn outcomes(&self) -> Outcomes {
        hold(&self.outcomes).clone()
    }

    /// The bounds it keeps to.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    fn store(&self) -> Result<OpenStore<'_>, SpoolFault> {
        let guard = self.store.read().unwrap_or_else(PoisonError::into_inner);
        if guard.is_none() {
            return Err(SpoolFault::Closed);
        }
        Ok(OpenStore(guard))
    }
}

fn read(path: &Path) -> Result<(Store, Head, Published, Outcomes), SpoolFault> {
    if !path.exists() {
        return Err(SpoolFault::Missing(path.to_owned()));
    }
    let damaged = |what: &str| SpoolFault::damaged(path, what);
    if !path.join("version").exists() {
        return Err(damaged("the store's version file is gone"));
    }
    let store = Store::open(path)?;
    let head = store
        .read_head()?
        .ok_or_else(|| damaged("its head record is gone"))?;
    let published = store.read_published()?;
    let outcomes = store.read_outcomes()?;
    store.prove(&head, &published).map_err(|fault| match fault {
        SpoolFault::Broken(what) => damaged(&what),
        other => other,
    })?;
    Ok((store, head, published, outcomes))
}

/// The states behind these locks are replaced whole, after their batch is on disk: a panic in
/// between leaves the old one, which is right.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct OpenStore<'a>(RwLockReadGuard<'a, Option<Store>>);

impl std::ops::Deref for OpenStore<'_> {
    type Target = Store;
    fn deref(&self) -> &Store {
        self.0.as_ref().expect("checked when it was made")
    }
}
