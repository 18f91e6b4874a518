//! The rows of applications on match's own disk. The register is the truth: each restore fills the store anew.

use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use resolve::{LostRows, Resolver, Rows};
use runtime::Fault;
use schemas::change::ApplicationState;
use std::collections::HashMap;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Rows held in memory until they are written together.
const MOST_PENDING: usize = 4_096;
/// Bytes of blocks that are kept for reading: most rows are read once, when a pair of theirs is linked.
const CACHE: u64 = 16 << 20;
/// Bytes that are gathered before they are written as one table.
const MEMTABLE: u64 = 16 << 20;
/// Folders are named by this, the process and a number.
const PREFIX: &str = "intake-match-";

/// Must be called before anything is made known that the steps of `resolver` have made.
///
/// # Errors
/// Fatal when the store of rows has failed: what was made since is worth nothing.
pub(crate) fn settle(resolver: &mut Resolver) -> Result<(), Fault> {
    resolver
        .settle_rows()
        .map_err(|lost| Fault::fatal(lost.to_string()))
}

/// Rows in an embedded store, in a folder of this process that goes with it.
pub struct DiskRows {
    /// Rows as they are stored.
    pending: HashMap<Uuid, Vec<u8>>,
    rows: Keyspace,
    db: Database,
    lost: Option<LostRows>,
    // Dropped last: the store is closed by then.
    _folder: Folder,
}

impl std::fmt::Debug for DiskRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiskRows")
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}

impl DiskRows {
    /// An empty store in a new folder below `parent`. Folders of processes that are no more are removed.
    ///
    /// # Errors
    /// Fatal when the folder can't be made or the store can't be opened.
    pub fn open(parent: &Path) -> Result<Self, Fault> {
        sweep(parent);
        let folder = Folder::make(parent)?;
        let store = || -> Result<(Database, Keyspace), fjall::Error> {
            let db = Database::builder(&folder.0).cache_size(CACHE).open()?;
            let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE);
            let rows = db.keyspace("rows", options)?;
            Ok((db, rows))
        };
        let (db, rows) = store().map_err(|fault| {
            Fault::fatal(format!(
                "can't open the store of rows below {}: {fault}",
                parent.display()
            ))
        })?;
        Ok(Self {
            pending: HashMap::new(),
            rows,
            db,
            lost: None,
            _folder: folder,
        })
    }

    fn write(&mut self) -> Result<(), LostRows> {
        let mut batch = self.db.batch();
        for (id, bytes) in self.pending.drain() {
            batch.insert(&self.rows, id.as_bytes(), bytes);
        }
        batch.commit().map_err(|fault| LostRows(fault.to_string()))
    }

    fn read(&self, id: Uuid) -> Result<Option<ApplicationState>, LostRows> {
        let row = |bytes: &[u8]| postcard::from_bytes(bytes).map_err(|fault| LostRows(fault.to_string()));
        if let Some(bytes) = self.pending.get(&id) {
            return row(bytes).map(Some);
        }
        let bytes = self
            .rows
            .get(id.as_bytes())
            .map_err(|fault| LostRows(fault.to_string()))?;
        bytes.map(|bytes| row(&bytes)).transpose()
    }

    fn keep(&mut self, row: &ApplicationState) -> Result<(), LostRows> {
        let bytes = postcard::to_stdvec(row).map_err(|fault| LostRows(fault.to_string()))?;
        self.pending.insert(row.application_id, bytes);
        if self.pending.len() >= MOST_PENDING {
            self.write()?;
        }
        Ok(())
    }
}

impl Rows for DiskRows {
    fn get(&mut self, application: Uuid) -> Option<ApplicationState> {
        self.read(application).unwrap_or_else(|lost| {
            self.lost.get_or_insert(lost);
            None
        })
    }

    fn put(&mut self, row: &ApplicationState) {
        if let Err(lost) = self.keep(row) {
            self.lost.get_or_insert(lost);
        }
    }

    fn settle(&mut self) -> Result<(), LostRows> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        self.write()
    }
}

/// A folder that is removed when it goes out of use.
struct Folder(PathBuf);

impl Folder {
    fn make(parent: &Path) -> Result<Self, Fault> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
        let made = fs::create_dir_all(parent).and_then(|()| DirBuilder::new().mode(0o700).create(&path));
        made.map_err(|fault| {
            Fault::fatal(format!(
                "can't make a folder for rows below {}: {fault}",
                parent.display()
            ))
        })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

/// Removes what processes that were killed have left.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            remove(&entry.path());
        }
    }
}

fn remove(folder: &Path) {
    if let Err(fault) = fs::remove_dir_all(folder) {
        tracing::warn!("can't remove {}: {fault}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::Timestamp;
    use schemas::change::ApplicationStatus;

    fn row(n: u128) -> ApplicationState {
        ApplicationState {
            application_id: Uuid::from_u128(n),
            revision: n as i32,
            status: ApplicationStatus::Loaded,
            stage: 0,
            event_id: Uuid::from_u128(1),
            appended_at: Timestamp(2),
            first_appended_at: Timestamp(1),
            event: vec![7; 900],
            ruleset: "vn-1".to_owned(),
            changes: Vec::new(),
            findings: Vec::new(),
            verifications: Vec::new(),
        }
    }

    #[test]
    fn rows_come_back_from_the_disk_and_the_folder_goes() {
        let parent = tempfile::tempdir().expect("a folder");
        let left = parent.path().join(format!("{PREFIX}4294967290-0"));
        fs::create_dir(&left).expect("made");
        let mut rows = DiskRows::open(parent.path()).expect("opened");
        assert!(!left.exists(), "a dead process left it");
        for n in 0..10_000 {
            rows.put(&row(n));
        }
        rows.settle().expect("written");
        assert!(rows.pending.is_empty());
        for n in [0, 4_095, 4_096, 9_999] {
            assert_eq!(rows.get(Uuid::from_u128(n)), Some(row(n)));
        }
        assert_eq!(rows.get(Uuid::from_u128(10_000)), None);
        drop(rows);
        assert_eq!(fs::read_dir(parent.path()).expect("read").count(), 0);
    }
}
