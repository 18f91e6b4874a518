//! A node's folder: where its parts are, and who holds it.

use crate::settings::Settings;
use crate::spool::{Spool, SpoolFault};
use runtime::Fault;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A node's folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// Proof that this process alone holds the folder; given back when dropped.
#[derive(Debug)]
pub struct Hold {
    _lock: File,
    server: PathBuf,
}

impl Folder {
    /// The folder at a path, which need not exist.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The settings file.
    pub fn settings_file(&self) -> PathBuf {
        self.0.join("node.toml")
    }

    /// The Ed25519 key's file.
    pub fn key_file(&self) -> PathBuf {
        self.0.join("node.key")
    }

    /// The spool's folder.
    pub fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }

    /// The node's settings.
    ///
    /// # Errors
    /// Fatal when this is no node's folder or a setting is wrong.
    pub fn settings(&self) -> Result<Settings, Fault> {
        let file = self.settings_file();
        if !file.exists() {
            return Err(Fault::fatal(format!(
                "{} is no node's folder (node.toml is missing): make one with `intake-node init`",
                self.0.display()
            )));
        }
        Settings::load(&file)
    }

    /// Takes the folder for this process; none when another process holds it.
    ///
    /// # Errors
    /// Fatal when the lock file can't be used.
    pub fn hold(&self) -> Result<Option<Hold>, Fault> {
        let path = self.0.join("lock");
        let broken = |e: std::io::Error| Fault::fatal(format!("can't lock {}: {e}", path.display()));
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(broken)?;
        match lock.try_lock() {
            Ok(()) => {
                let hold = Hold {
                    _lock: lock,
                    server: self.0.join("server"),
                };
                hold.forget_server(); // of a process that was killed
                Ok(Some(hold))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(fault)) => Err(broken(fault)),
        }
    }

    /// Takes the folder, or says what to do about who holds it. A short command (`status`, `submit`) that
    /// happens to hold it is waited for, a server isn't.
    ///
    /// # Errors
    /// Fatal when a server holds it, or anything else for 15 seconds.
    pub fn hold_alone(&self) -> Result<Hold, Fault> {
        const PATIENCE: Duration = Duration::from_secs(15);
        const STEP: Duration = Duration::from_millis(50);
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(hold) = self.hold()? {
                return Ok(hold);
            }
            if self.server().is_some() || Instant::now() >= until {
                return Err(Fault::fatal(format!(
                    "another intake-node process works in {}: stop it first",
                    self.0.display()
                )));
            }
            std::thread::sleep(STEP);
        }
    }

    /// Where the server that holds the folder listens; none while the holder is no server, or has
    /// not bound its address yet.
    pub fn server(&self) -> Option<SocketAddr> {
        std::fs::read_to_string(self.0.join("server"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Opens the spool; the folder must be held.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn open_spool(&self, _held: &Hold, settings: &Settings) -> Result<Spool, SpoolFault> {
        Spool::open(&self.spool(), settings.node_id.clone(), settings.spool.clone())
    }
}

impl Hold {
    /// Records where this process's HTTP API listens, for the other commands.
    ///
    /// # Errors
    /// Fatal when the file can't be written.
    pub fn announce(&self, address: SocketAddr) -> Result<(), Fault> {
        let write = || {
            let mut file = File::create(&self.server)?;
            writeln!(file, "{address}")
        };
        write().map_err(|e| Fault::fatal(format!("can't write {}: {e}", self.server.display())))
    }

    fn forget_server(&self) {
        match std::fs::remove_file(&self.server) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!("can't remove {}: {fault}", self.server.display());
            }
            _ => {}
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.forget_server();
    }
}

impl From<SpoolFault> for Fault {
    fn from(fault: SpoolFault) -> Self {
        let text = fault.to_string();
        match fault {
            SpoolFault::Full(_) => Self::saturated(text),
            SpoolFault::Closed | SpoolFault::Disk(_) | SpoolFault::InUse => Self::transient(text),
            SpoolFault::Exists(_)
            | SpoolFault::Missing(_)
            | SpoolFault::Damaged { .. }
            | SpoolFault::Broken(_)
            | SpoolFault::Store(_)
            | SpoolFault::Unwritable(_) => Self::fatal(text),
        }
    }
}
