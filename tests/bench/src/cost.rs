//! Processor time of processes, from /proc.

use anyhow::{Context, Result};
use std::fs;
use std::time::Duration;

/// Clock ticks a second in /proc: USER_HZ, 100 on every Linux.
const TICKS: u64 = 100;

/// Processor time that a process and those of its children that have ended took so far.
fn own(pid: u32) -> Option<(u32, Duration)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the numbers stand behind it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let ticks: u64 = (11..=14).filter_map(number).sum();
    Some((number(1)? as u32, Duration::from_millis(ticks * 1000 / TICKS)))
}

/// Processor time of a process and its living children.
pub fn with_children(pid: u32) -> Duration {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = numbers.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    let children = pids
        .filter_map(own)
        .filter(|(parent, _)| *parent == pid)
        .map(|(_, took)| took);
    children.sum::<Duration>() + own(pid).map_or(Duration::ZERO, |(_, took)| took)
}

/// The local stack's broker and database server.
pub struct Servers {
    broker: u32,
    postgres: u32,
}

impl Servers {
    /// Finds them among the running processes, by the folders that the nearest stack keeps its data in:
    /// another checkout's may run too.
    ///
    /// # Errors
    /// When there is none.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir()?;
        let stack = here
            .ancestors()
            .find_map(|folder| fs::read_to_string(folder.join(".local/stack.env")).ok())
            .context("no local stack here or above: start it with `deploy/local/stack start`")?;
        let running = |what: &str, home: &str, program: &str| {
            let home = stack.lines().find_map(|line| line.strip_prefix(home));
            let home = home.with_context(|| format!(".local/stack.env doesn't say where {what} is"))?;
            let found = fs::read_dir("/proc")?.flatten().find_map(|entry| {
                let pid = entry.file_name().to_string_lossy().parse::<u32>().ok()?;
                let line = fs::read(entry.path().join("cmdline")).ok()?;
                let line = String::from_utf8_lossy(&line).replace('\0', " ");
                (line.contains(program) && line.contains(home)).then_some(pid)
            });
            found
                .with_context(|| format!("{what} doesn't run here: start it with `deploy/local/stack start`"))
        };
        Ok(Self {
            broker: running("the local stack's Kafka", "INTAKE_KAFKA_HOME=", "kafka.Kafka")?,
            postgres: running("the local stack's PostgreSQL", "INTAKE_PG_HOME=", "bin/postgres")?,
        })
    }

    /// What each has taken so far, by name.
    pub fn taken(&self) -> [(&'static str, Duration); 2] {
        [
            ("broker", with_children(self.broker)),
            ("postgres", with_children(self.postgres)),
        ]
    }
}
