//! The spool's bounds, and what of them is used.

use super::{Head, Spool, SpoolFault};
use std::time::Duration;

/// What one accepted event takes beside its own bytes: receipt, two index entries, outcome.
pub(super) const BYTES_BESIDE_EVENT: u64 = 400;

/// Free bytes without which the store can't turn over its own files.
const STORE_NEEDS: u64 = 64 << 20;

/// The bounds of a spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes that events and receipts may take.
    pub max_bytes: u64,
    /// Free bytes the disk must keep for others.
    pub min_free_bytes: u64,
    /// How long published events are kept. Ended early only when the space is needed.
    pub keep: Duration,
    /// Largest encoded event in bytes.
    pub max_event_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 2 << 30,
            min_free_bytes: 256 << 20,
            keep: Duration::from_secs(30 * 24 * 60 * 60),
            // Room for what the transport adds to a record.
            max_event_bytes: schemas::topics::MAX_EVENT_BYTES - 16 * 1024,
        }
    }
}

impl Spool {
    /// Bytes that events and receipts take.
    pub fn used_bytes(&self) -> u64 {
        used(&self.head())
    }

    pub(super) fn full(&self, head: &Head) -> SpoolFault {
        let pending = head.captured - self.published().sequence_in(head.generation());
        SpoolFault::Full(format!(
            "the spool is full ({} of {}, {pending} events unpublished): connect the node or raise spool.max_bytes",
            readable(used(head)),
            readable(self.limits.max_bytes),
        ))
    }

    /// Refuses while the disk has less free space than the node must leave.
    ///
    /// # Errors
    /// [`SpoolFault::Full`] says what to do.
    pub fn check_disk(&self) -> Result<(), SpoolFault> {
        let free = self.free_bytes()?;
        if free >= self.limits.min_free_bytes {
            return Ok(());
        }
        Err(SpoolFault::Full(format!(
            "the disk has {} free and the node must leave {}: free disk space or lower spool.min_free_bytes",
            readable(free),
            readable(self.limits.min_free_bytes),
        )))
    }

    /// A store whose background work failed says only that it is closed: on a full disk, that is why.
    pub(super) fn explained(&self, fault: SpoolFault) -> SpoolFault {
        match (&fault, self.free_bytes()) {
            (SpoolFault::Closed, Ok(free)) if free < STORE_NEEDS => SpoolFault::Full(format!(
                "the disk is full ({} free): free disk space, and the spool opens again by itself",
                readable(free)
            )),
            _ => fault,
        }
    }

    fn free_bytes(&self) -> Result<u64, SpoolFault> {
        let disk = rustix::fs::statvfs(&self.path).map_err(std::io::Error::from)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

pub(super) const fn used(head: &Head) -> u64 {
    head.event_bytes + head.accepted as u64 * BYTES_BESIDE_EVENT
}

fn readable(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{bytes} bytes"),
        0x10_0000..0x4000_0000 => format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
        _ => format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)),
    }
}
