//! What can be wrong with a spool, and what to do about it.

use std::path::{Path, PathBuf};

/// What can be wrong with a spool. The texts hold ids and sizes, never a submitted value.
#[derive(Debug, thiserror::Error)]
pub enum SpoolFault {
    /// The bound, or the disk's free space, is used up.
    #[error("{0}")]
    Full(String),
    /// A new spool was asked for where something is already.
    #[error("{} is there already: a spool is never overwritten", .0.display())]
    Exists(PathBuf),
    /// No spool where one should be.
    #[error(
        "there is no spool at {}: if this is a new node run `intake-node init`; if the folder was lost, \
         restore it, or give up what was not yet published with `intake-node renew --accept-loss`",
        .0.display()
    )]
    Missing(PathBuf),
    /// Part of the spool is gone or changed.
    #[error(
        "the spool at {} is damaged ({what}): restore the folder from a copy, or keep what is left aside and \
         start a new series with `intake-node renew --accept-loss`",
        path.display()
    )]
    Damaged {
        /// The spool's folder.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// A proof failed; becomes [`Self::Damaged`] where the folder is known.
    #[error("the spool is damaged: {0}")]
    Broken(String),
    /// Another process has it.
    #[error("the spool is in use by another process: stop it first, or go through its HTTP API")]
    InUse,
    /// A write failed before; [`super::Spool::reopen`] is due.
    #[error("the spool is closed after a failed write: free disk space; it opens again by itself")]
    Closed,
    /// The disk refused.
    #[error("the spool's disk failed: {0}")]
    Disk(std::io::Error),
    /// The store refused.
    #[error("the spool's store failed: {0}")]
    Store(fjall::Error),
    /// An event didn't fit its schema: our own fault.
    #[error(transparent)]
    Unwritable(#[from] schemas::codec::Unwritable),
}

impl SpoolFault {
    pub(super) fn damaged(path: &Path, what: &str) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            what: what.to_owned(),
        }
    }
}

impl From<std::io::Error> for SpoolFault {
    fn from(fault: std::io::Error) -> Self {
        match fault.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Full("the disk is full: free disk space".to_owned())
            }
            _ => Self::Disk(fault),
        }
    }
}

impl From<fjall::Error> for SpoolFault {
    fn from(fault: fjall::Error) -> Self {
        match fault {
            fjall::Error::Io(fault) | fjall::Error::Storage(fjall::LsmError::Io(fault)) => fault.into(),
            fjall::Error::Locked => Self::InUse,
            fjall::Error::Poisoned => Self::Closed,
            other => Self::Store(other),
        }
    }
}
