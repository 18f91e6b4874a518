//! A place of its own for a run: three brokers and a PostgreSQL that may be killed.

mod brokers;
mod postgres;

pub use brokers::Brokers;
pub use postgres::Postgres;

use rustix::process::{Pid, test_kill_process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tests::Stack;

const PREFIX: &str = "intake-chaos-";

/// Brokers and database. They end, and their data goes, when it is dropped.
pub struct Servers {
    /// The Kafka cluster.
    pub brokers: Brokers,
    /// The database server.
    pub postgres: Postgres,
    _folder: Folder,
}

impl Servers {
    /// Starts everything, after ending what a run that was killed has left.
    pub fn start() -> Self {
        let folder = Folder::make();
        let postgres = Postgres::start(&folder.0.join("postgres"));
        let brokers = Brokers::start(&folder.0);
        Self {
            brokers,
            postgres,
            _folder: folder,
        }
    }

    /// Where a test's ground finds them.
    pub fn stack(&self) -> Stack {
        Stack::at(&self.brokers.addresses(), 3, &self.postgres.url())
    }
}

/// A folder named by the process that it belongs to.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Self {
        let place = std::env::temp_dir();
        for entry in fs::read_dir(&place).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let owner = name.strip_prefix(PREFIX).and_then(|pid| pid.parse().ok());
            if owner
                .and_then(Pid::from_raw)
                .is_some_and(|pid| test_kill_process(pid).is_err())
            {
                tests::end_leftovers(&entry.path());
                remove(&entry.path());
            }
        }
        let folder = place.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder is made");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            remove(&self.0);
            return;
        }
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                remove(&entry.path());
            }
        }
        eprintln!("the servers' logs are kept in {}", self.0.display());
    }
}

fn remove(folder: &Path) {
    if let Err(fault) = fs::remove_dir_all(folder) {
        eprintln!("{} is left behind: {fault}", folder.display());
    }
}

/// Runs a command to its end; panics with what it printed when it fails.
fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|fault| panic!("{command:?} doesn't run: {fault}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}
