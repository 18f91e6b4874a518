//! What a node runs with: `node.toml` in its folder, under environment variables.

use crate::spool::Limits;
use runtime::Fault;
use runtime::settings::KafkaSettings;
use runtime::trace::TraceSettings;
use schemas::NodeId;
use schemas::provinces::Provinces;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// As written. Unknown keys at the top are let be, as the environment may hold other programs'
/// sections; inside the node's own sections they are faults.
#[derive(Debug, Deserialize)]
struct Written {
    node_id: String,
    province: String,
    #[serde(default = "loopback")]
    listen: String,
    #[serde(default)]
    provinces: Option<PathBuf>,
    #[serde(default)]
    spool: SpoolSection,
    #[serde(default)]
    publisher: PublisherSection,
    #[serde(default)]
    manifest: ManifestSection,
    #[serde(default)]
    kafka: KafkaSettings,
    #[serde(default)]
    trace: TraceSettings,
}

fn loopback() -> String {
    "127.0.0.1:8710".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SpoolSection {
    max_bytes: u64,
    min_free_bytes: u64,
    keep_days: u64,
}

impl Default for SpoolSection {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            max_bytes: limits.max_bytes,
            min_free_bytes: limits.min_free_bytes,
            keep_days: limits.keep.as_secs() / SECONDS_A_DAY,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PublisherSection {
    in_flight: usize,
    grace_seconds: u64,
}

impl Default for PublisherSection {
    fn default() -> Self {
        Self {
            in_flight: 2_000,
            grace_seconds: 10,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ManifestSection {
    interval_seconds: u64,
}

impl Default for ManifestSection {
    fn default() -> Self {
        Self { interval_seconds: 5 }
    }
}

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// Checked settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The node's registered name.
    pub node_id: NodeId,
    /// Slug of its province.
    pub province: String,
    /// Where the HTTP API listens.
    pub listen: SocketAddr,
    /// The spool's bounds.
    pub spool: Limits,
    /// How it publishes.
    pub publishing: Publishing,
    /// How to reach Kafka.
    pub kafka: KafkaSettings,
    /// Traces; off without a collector and a share of events.
    pub trace: TraceSettings,
}

/// How the node publishes.
#[derive(Clone, Debug)]
pub struct Publishing {
    /// Events that may be on their way to the broker at once, 1 to 100 000.
    pub in_flight: usize,
    /// How long a stop waits for acknowledgements. What is late is sent again at the next start.
    pub grace: Duration,
    /// Time between manifests while something changes.
    pub manifest_interval: Duration,
}

impl Settings {
    /// Reads and checks a node's settings file and the environment.
    ///
    /// # Errors
    /// Fatal; the text names everything that is wrong at once.
    pub fn load(file: &Path) -> Result<Self, Fault> {
        let written: Written = runtime::settings::load(Some(file))?;
        let provinces = runtime::settings::provinces(written.provinces.as_deref())?;
        let mut wrong = Vec::new();
        let node_id = NodeId::parse(written.node_id)
            .map_err(|e| wrong.push(format!("node_id: {e}")))
            .ok();
        let listen = written.listen.parse();
        let listen =
            listen.map_err(|_| wrong.push("listen: must be address:port, such as 127.0.0.1:8710".to_owned()));
        wrong.extend(unknown_province(&provinces, &written.province));
        range(
            &mut wrong,
            "spool.max_bytes",
            written.spool.max_bytes,
            64 << 10,
            1 << 50,
        );
        range(
            &mut wrong,
            "spool.min_free_bytes",
            written.spool.min_free_bytes,
            0,
            1 << 60,
        );
        range(&mut wrong, "spool.keep_days", written.spool.keep_days, 0, 3_650);
        range(
            &mut wrong,
            "publisher.in_flight",
            written.publisher.in_flight as u64,
            1,
            100_000,
        );
        range(
            &mut wrong,
            "publisher.grace_seconds",
            written.publisher.grace_seconds,
            0,
            600,
        );
        range(
            &mut wrong,
            "manifest.interval_seconds",
            written.manifest.interval_seconds,
            1,
            60,
        );
        match (node_id, listen) {
            (Some(node_id), Ok(listen)) if wrong.is_empty() => Ok(Self {
                node_id,
                listen,
                province: written.province,
                spool: Limits {
                    max_bytes: written.spool.max_bytes,
                    min_free_bytes: written.spool.min_free_bytes,
                    keep: Duration::from_secs(written.spool.keep_days * SECONDS_A_DAY),
                    ..Limits::default()
                },
                publishing: Publishing {
                    in_flight: written.publisher.in_flight,
                    grace: Duration::from_secs(written.publisher.grace_seconds),
                    manifest_interval: Duration::from_secs(written.manifest.interval_seconds),
                },
                kafka: written.kafka,
                trace: written.trace,
            }),
            _ => Err(Fault::fatal(format!("{}: {}", file.display(), wrong.join("; ")))),
        }
    }
}

/// Why a slug is none of the provinces; none when it is one.
pub fn unknown_province(provinces: &Provinces, slug: &str) -> Option<String> {
    let known = || {
        provinces
            .iter()
            .map(|p| p.slug.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    provinces
        .by_slug(slug)
        .is_none()
        .then(|| format!("province: must be one of {}", known()))
}

fn range(wrong: &mut Vec<String>, key: &str, value: u64, least: u64, most: u64) {
    if !(least..=most).contains(&value) {
        wrong.push(format!("{key}: {value} is outside {least} to {most}"));
    }
}
