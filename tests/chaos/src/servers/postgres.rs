//! A PostgreSQL of a run's own, in a folder that its user may enter.

use super::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::free_address;

/// A running server.
pub struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster in `folder` and starts it. As root it belongs to the package's user.
    pub fn start(folder: &Path) -> Self {
        let server = Self {
            programs: programs(),
            data: folder.join("data"),
            port: free_address().port(),
        };
        fs::create_dir_all(folder).expect("a folder is made");
        if is_root() {
            run(Command::new("chown").arg("postgres:").arg(folder));
        }
        run(server.program("initdb").args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]));
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = ''\nmax_connections = 100\n\
             shared_buffers = 256MB\nmax_wal_size = 4GB\nlog_min_error_statement = panic\n\
             log_error_verbosity = terse\n",
            server.port
        );
        let appended = fs::read_to_string(server.data.join("postgresql.conf"));
        let appended = appended.expect("initdb has written its settings") + &settings;
        fs::write(server.data.join("postgresql.conf"), appended).expect("the settings are written");
        server.control(&["start", "-t", "60"]);
        server
    }

    /// Its URL without a database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    /// As a power cut: no checkpoint, no word to any client; recovers from the log and goes on.
    pub fn crash_and_start(&self) {
        self.control(&["restart", "-m", "immediate", "-t", "120"]);
    }

    fn control(&self, arguments: &[&str]) {
        let log = self.data.with_file_name("postgres.log");
        let mut command = self.program("pg_ctl");
        command.args(arguments).args(["-s", "-w", "-l"]).arg(log);
        // The server keeps what it is given open: a pipe would never end.
        let ended = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let ended = ended.expect("pg_ctl runs");
        assert!(
            ended.success(),
            "{command:?} ended with {ended}; see postgres.log"
        );
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").arg("-D").arg(&self.data);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.control(&["stop", "-m", "immediate", "-t", "30"]);
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Where Debian's newest PostgreSQL has its programs.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter(|version| version.path().join("bin/postgres").is_file())
        .filter_map(|version| version.file_name().to_string_lossy().parse::<u32>().ok())
        .max();
    let newest = newest.expect("PostgreSQL is installed: run `deploy/local/stack install`");
    format!("/usr/lib/postgresql/{newest}/bin").into()
}
