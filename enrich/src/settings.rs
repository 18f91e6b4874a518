//! What intake-enrich runs with.

use runtime::settings::KafkaSettings;
use runtime::trace::TraceSettings;
use secrecy::SecretString;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Settings of both commands.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How to reach Kafka; its namespace is the one that is written.
    pub kafka: KafkaSettings,
    /// The register, which match restores its state from.
    pub database: Database,
    /// Another list of provinces than the 21 of the campaign.
    pub provinces: Option<PathBuf>,
    /// Traces; off without a collector.
    pub trace: TraceSettings,
    /// `intake-enrich normalise`.
    pub normalise: Normalise,
    /// `intake-enrich match`.
    #[serde(rename = "match")]
    pub matching: Matching,
}

/// The register's database.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://user:password@host:port/name`.
    pub url: SecretString,
}

/// Settings of normalise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Normalise {
    /// Address of health and metrics.
    pub listen: SocketAddr,
    /// Records that may be under way between normalise and the register at most, shared by all workers: fewer
    /// while those take fewer, so that a remote commune doesn't wait behind a city. 0: no limit.
    pub window: i64,
    /// Records taken from one partition before the next has its turn.
    pub quantum: usize,
    /// Records held ready per partition.
    pub buffer: usize,
    /// After how many milliseconds without a sign of life another worker takes over, 1,000 to 60,000.
    pub session_timeout_ms: u64,
    /// Other weights and thresholds of rules than the shipped ones: a file as `enrich/rules/ruleset.toml`.
    pub ruleset: Option<PathBuf>,
}

impl Default for Normalise {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 18081)),
            window: 20_000,
            quantum: 100,
            buffer: 2_000,
            session_timeout_ms: 6_000,
            ruleset: None,
        }
    }
}

impl Normalise {
    /// After how long without a sign of life another worker takes over.
    pub const fn session_timeout(&self) -> Duration {
        Duration::from_millis(self.session_timeout_ms)
    }
}

/// Settings of match.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// Address of health and metrics.
    pub listen: SocketAddr,
    /// Namespace of the match log that is read, when it isn't the one that is written: for a rebuild.
    pub source_namespace: Option<String>,
    /// Entries in one transaction at most.
    pub batch_entries: usize,
    /// How many milliseconds an entry waits for company at most, under load; hardly any when little
    /// comes. A commit writes a marker into each partition it touched, so many small ones cost the
    /// broker more than all their records.
    pub batch_age_ms: u64,
    /// After how many milliseconds without a sign of life a standby takes over, 1,000 to 60,000.
    pub session_timeout_ms: u64,
    /// Folder below which applications' rows are kept while it leads, 1 to 2 kB each, in a folder that only its user
    /// may enter; the system's folder for temporary files without it.
    pub rows_dir: Option<PathBuf>,
    /// Folder in which snapshots of the state are kept, which hold what the register does of people: a folder that
    /// only its user may enter, on a disk that is as well guarded as the register's. None are kept without it.
    pub snapshot_dir: Option<PathBuf>,
    /// The seconds between two snapshots, each of which is written whole, as far as anything has changed.
    pub snapshot_every_s: u64,
    /// How many snapshots are kept, 1 or more; after an erasure only the newest.
    pub snapshots_kept: usize,
}

impl Default for Matching {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 18082)),
            source_namespace: None,
            batch_entries: 4_000,
            batch_age_ms: 150,
            session_timeout_ms: 3_000,
            rows_dir: None,
            snapshot_dir: None,
            snapshot_every_s: 900,
            snapshots_kept: 2,
        }
    }
}

impl Matching {
    /// Folder below which applications' rows are kept.
    pub fn rows_dir(&self) -> PathBuf {
        self.rows_dir.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// The time between two snapshots.
    pub const fn snapshot_every(&self) -> Duration {
        Duration::from_secs(self.snapshot_every_s)
    }

    /// How long an entry waits for company at most.
    pub const fn batch_age(&self) -> Duration {
        Duration::from_millis(self.batch_age_ms)
    }

    /// After how long without a sign of life a standby takes over.
    pub const fn session_timeout(&self) -> Duration {
        Duration::from_millis(self.session_timeout_ms)
    }
}
