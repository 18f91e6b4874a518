//! What the sink runs with.

use runtime::Fault;
use runtime::settings::KafkaSettings;
use runtime::trace::TraceSettings;
use secrecy::SecretString;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The settings as written; [`Settings::load`] checks them. Sections of other programs may stand beside
/// ours.
#[derive(Clone, Debug, Deserialize)]
struct Written {
    #[serde(default)]
    kafka: KafkaSettings,
    provinces: Option<PathBuf>,
    database: Database,
    #[serde(default)]
    sink: Sink,
    #[serde(default)]
    health: Health,
    #[serde(default)]
    trace: TraceSettings,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Database {
    url: SecretString,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sink {
    lanes: usize,
    batch_rows: usize,
    batch_bytes: usize,
    batch_age_ms: u64,
    load_timeout_ms: u64,
    grace_ms: u64,
    session_timeout_ms: u64,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            lanes: 2,
            batch_rows: 5000,
            batch_bytes: 32 << 20,
            batch_age_ms: 250,
            load_timeout_ms: 120_000,
            grace_ms: 20_000,
            session_timeout_ms: 10_000,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Health {
    listen: SocketAddr,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 18083)),
        }
    }
}

/// What the sink runs with, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The cluster.
    pub kafka: KafkaSettings,
    /// File of the provinces whose manifests are loaded; none: the 21 of the campaign.
    pub provinces: Option<PathBuf>,
    /// Traces; off without a collector.
    pub trace: TraceSettings,
    /// The register's URL.
    pub database: SecretString,
    /// How batches are made.
    pub limits: Limits,
    /// After how long without a sign of life the group gives our partitions to another sink.
    pub session_timeout: Duration,
    /// How long the transactions at hand may take after a stop was asked for.
    pub grace: Duration,
    /// Where health and metrics are served.
    pub listen: SocketAddr,
}

/// How batches are made.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections that load side by side, 1 to 12; each has its own partitions.
    pub lanes: usize,
    /// Records in one transaction, 1 to 50 000. More saves round trips, fewer hold locks for less time.
    pub batch_rows: usize,
    /// Bytes in one transaction, read and unread, 1 MiB to 1 GiB. Bounds the memory of a lane.
    pub batch_bytes: usize,
    /// The longest a record waits for company, under load; hardly at all when little comes. Adds directly
    /// to what an operator sees as lag.
    pub batch_age: Duration,
    /// After how long a transaction without an answer is given up, and tried again on a new connection.
    pub load_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        limits(&Sink::default())
    }
}

const fn limits(sink: &Sink) -> Limits {
    Limits {
        lanes: sink.lanes,
        batch_rows: sink.batch_rows,
        batch_bytes: sink.batch_bytes,
        batch_age: Duration::from_millis(sink.batch_age_ms),
        load_timeout: Duration::from_millis(sink.load_timeout_ms),
    }
}

impl Settings {
    /// Reads and checks: defaults, the local stack, the file, the environment; later ones win.
    ///
    /// # Errors
    /// Fatal; the text names every key that is wrong, with its range.
    pub fn load(file: Option<&Path>) -> Result<Self, Fault> {
        let written: Written = runtime::settings::load(file)?;
        let sink = &written.sink;
        let ranges = [
            ("sink.lanes", sink.lanes as u64, 1, 12),
            ("sink.batch_rows", sink.batch_rows as u64, 1, 50_000),
            ("sink.batch_bytes", sink.batch_bytes as u64, 1 << 20, 1 << 30),
            ("sink.batch_age_ms", sink.batch_age_ms, 0, 10_000),
            ("sink.load_timeout_ms", sink.load_timeout_ms, 1_000, 3_600_000),
            ("sink.grace_ms", sink.grace_ms, 100, 600_000),
            ("sink.session_timeout_ms", sink.session_timeout_ms, 6_000, 300_000),
        ];
        let outside = ranges
            .iter()
            .filter(|(_, value, low, high)| !(low..=high).contains(&value));
        let wrong: Vec<String> = outside
            .map(|(key, value, low, high)| format!("{key} is {value}, allowed are {low} to {high}"))
            .collect();
        if !wrong.is_empty() {
            return Err(Fault::fatal(format!(
                "the settings are wrong: {}",
                wrong.join("; ")
            )));
        }
        Ok(Self {
            limits: limits(sink),
            session_timeout: Duration::from_millis(sink.session_timeout_ms),
            grace: Duration::from_millis(sink.grace_ms),
            kafka: written.kafka,
            trace: written.trace,
            provinces: written.provinces,
            database: written.database.url,
            listen: written.health.listen,
        })
    }
}
