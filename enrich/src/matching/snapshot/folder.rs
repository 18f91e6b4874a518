//! The folder that snapshots are in.

use super::file::Snapshot;
use runtime::Fault;
use runtime::kafka::Cluster;
use schemas::topics;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

const ENDING: &str = ".snapshot";
const UNFINISHED: &str = ".snapshot.part";

/// A folder of snapshots. Files are named by topic and step.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that only its user may enter; it is made when it isn't there.
    ///
    /// # Errors
    /// Fatal when it can't be made.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|fault| {
            Fault::fatal(format!(
                "can't make the folder for snapshots {}: {fault}; set match.snapshot_dir",
                path.display()
            ))
        })?;
        Ok(Self(path.to_owned()))
    }

    /// The right to write snapshots of this cluster's topic; none while another process has it. It goes with
    /// the file.
    ///
    /// # Errors
    /// Transient when the file can't be opened.
    pub fn lock(&self, cluster: &Cluster) -> Result<Option<File>, Fault> {
        let path = self.0.join(format!("{}.lock", topic(cluster)));
        let file = File::create(&path)
            .map_err(|fault| Fault::transient(format!("can't open {}: {fault}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(fault)) => Err(Fault::transient(format!(
                "can't lock {}: {fault}",
                path.display()
            ))),
        }
    }

    /// The newest snapshot that fits this cluster. Others are refused by name in the log.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn newest(&self, cluster: &Cluster) -> Result<Option<Snapshot>, Fault> {
        for path in self.list(cluster) {
            let fits = match Snapshot::open(&path) {
                Ok(snapshot) => snapshot.footer.fits(cluster)?.map(|()| snapshot),
                Err(refusal) => Err(refusal),
            };
            match fits {
                Ok(snapshot) => return Ok(Some(snapshot)),
                Err(refusal) => refusal.tell(&path),
            }
        }
        Ok(None)
    }

    /// The name of a snapshot that ends with this step.
    pub fn name(&self, cluster: &Cluster, sequence: i64) -> PathBuf {
        self.0.join(format!("{}.{sequence:020}{ENDING}", topic(cluster)))
    }

    /// The name of the one that is being written.
    pub fn unfinished(&self, cluster: &Cluster) -> PathBuf {
        self.0.join(format!("{}{UNFINISHED}", topic(cluster)))
    }

    /// Removes all but the `keep` that were written last.
    pub fn prune(&self, cluster: &Cluster, keep: usize) {
        for path in self.list(cluster).into_iter().skip(keep) {
            remove(&path);
        }
    }

    /// Snapshots of this topic, the one that was written last first.
    fn list(&self, cluster: &Cluster) -> Vec<PathBuf> {
        let prefix = format!("{}.", topic(cluster));
        let number = |name: &str| {
            let number = name.strip_prefix(&prefix)?.strip_suffix(ENDING)?;
            number.parse::<u64>().ok()
        };
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| {
                let number = number(entry.file_name().to_str()?)?;
                Some((entry.metadata().ok()?.modified().ok()?, number, entry.path()))
            })
            .collect();
        found.sort();
        found.into_iter().rev().map(|(_, _, path)| path).collect()
    }
}

/// Removes a file, as far as it goes.
pub fn remove(path: &Path) {
    if let Err(fault) = fs::remove_file(path) {
        tracing::warn!("can't remove {}: {fault}", path.display());
    }
}

fn topic(cluster: &Cluster) -> String {
    cluster.namespace().full(topics::CHANGES)
}
