//! Admission: only as much is let into the match log as the stages after it can take, so that a
//! backlog waits in its own province's topic.

use super::window::Window;
use runtime::Fault;
use runtime::kafka::{Cluster, GroupOffsets, Offsets, Partition};
use schemas::topics::{CHANGES, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK, MATCH_LOG};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(50);
/// A step of match leaves about this many changes behind.
const CHANGES_PER_ENTRY: i64 = 2;

/// How many records may still be let in. Without a limit when the window is 0.
pub struct Admission {
    shared: Option<Arc<Shared>>,
    watcher: Option<JoinHandle<()>>,
}

struct Shared {
    /// Counts down as records are let in, and is set anew with every look.
    allowed: AtomicI64,
    ended: AtomicBool,
    fault: Mutex<Option<Fault>>,
}

impl Admission {
    /// Looks at the stages after us every 50 ms, on a thread of its own.
    ///
    /// # Errors
    /// Fatal when the clients can't be made.
    pub fn start(cluster: &Cluster, window: i64) -> Result<Self, Fault> {
        if window <= 0 {
            return Ok(Self {
                shared: None,
                watcher: None,
            });
        }
        let shared = Arc::new(Shared {
            allowed: AtomicI64::new(0),
            ended: AtomicBool::new(false),
            fault: Mutex::new(None),
        });
        let mut look = Look::start(cluster, window)?;
        let seen = Arc::clone(&shared);
        let watch = move || {
            while !seen.ended.load(Ordering::Relaxed) {
                match look.allowed() {
                    Ok(allowed) => {
                        metrics::gauge!("intake_normalise_admission_allowed").set(allowed as f64);
                        seen.allowed.store(allowed, Ordering::Relaxed);
                    }
                    Err(fault) if fault.remedy() == runtime::Remedy::Fatal => {
                        *seen.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
                    }
                    Err(fault) => tracing::debug!("the stages after us can't be seen: {fault}"),
                }
                std::thread::park_timeout(EVERY);
            }
        };
        let watcher = std::thread::Builder::new()
            .name("admission".to_owned())
            .spawn(watch);
        let watcher = watcher.map_err(|e| Fault::fatal(format!("can't start a thread: {e}")))?;
        Ok(Self {
            shared: Some(shared),
            watcher: Some(watcher),
        })
    }

    /// How many records may be let in now.
    ///
    /// # Errors
    /// What the watcher could not go on with.
    pub fn allowed(&self) -> Result<usize, Fault> {
        let Some(shared) = &self.shared else {
            return Ok(usize::MAX);
        };
        if let Some(fault) = shared.fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(fault);
        }
        Ok(usize::try_from(shared.allowed.load(Ordering::Relaxed)).unwrap_or(0))
    }

    /// So many were let in.
    pub fn admitted(&self, count: usize) {
        if let Some(shared) = &self.shared {
            shared.allowed.fetch_sub(count as i64, Ordering::Relaxed);
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        if let (Some(shared), Some(watcher)) = (&self.shared, self.watcher.take()) {
            shared.ended.store(true, Ordering::Relaxed);
            watcher.thread().unpark();
            if watcher.join().is_err() {
                tracing::error!("the admission watcher panicked");
            }
        }
    }
}

struct Look {
    offsets: Offsets,
    matched: GroupOffsets,
    loaded: GroupOffsets,
    log: Vec<Partition>,
    changes: Vec<Partition>,
    window: Window,
    members: i64,
    looks: u32,
}

impl Look {
    fn start(cluster: &Cluster, most: i64) -> Result<Self, Fault> {
        Ok(Self {
            offsets: cluster.offsets()?,
            matched: cluster.group_offsets(GROUP_MATCH)?,
            loaded: cluster.group_offsets(GROUP_SINK)?,
            log: Vec::new(),
            changes: Vec::new(),
            window: Window::new(most),
            members: 1,
            looks: 0,
        })
    }

    fn allowed(&mut self) -> Result<i64, Fault> {
        const MEMBERS_EVERY: u32 = 100;
        if self.log.is_empty() || self.changes.is_empty() {
            self.log = self.offsets.partitions(&[MATCH_LOG.to_owned()])?;
            self.changes = self.offsets.partitions(&[CHANGES.to_owned()])?;
        }
        if self.looks.is_multiple_of(MEMBERS_EVERY) {
            self.members = self.offsets.members(GROUP_NORMALISE)?.max(1) as i64;
        }
        self.looks = self.looks.wrapping_add(1);
        let (_, unmatched) = taken_and_lag(&self.offsets, &self.matched, &self.log)?;
        let (loaded, unloaded) = taken_and_lag(&self.offsets, &self.loaded, &self.changes)?;
        let window = self.window.at(Instant::now(), loaded / CHANGES_PER_ENTRY);
        metrics::gauge!("intake_normalise_admission_window").set(window as f64);
        Ok((window - unmatched - unloaded / CHANGES_PER_ENTRY) / self.members)
    }
}

/// How much a group has taken of these partitions, and how much it has not.
fn taken_and_lag(
    offsets: &Offsets,
    group: &GroupOffsets,
    partitions: &[Partition],
) -> Result<(i64, i64), Fault> {
    let committed = group.committed(partitions)?;
    let bounds = offsets.boundaries(partitions)?;
    let next = committed
        .iter()
        .zip(&bounds)
        .map(|(next, b)| next.unwrap_or(b.earliest));
    let lag = next.clone().zip(&bounds).map(|(next, b)| (b.end - next).max(0));
    Ok((next.sum(), lag.sum()))
}
