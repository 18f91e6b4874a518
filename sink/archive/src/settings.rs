//! What the archiver runs with.

use runtime::Fault;
use runtime::settings::KafkaSettings;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Settings, under which other programs' sections may stand in the same file.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    /// The cluster.
    #[serde(default)]
    pub kafka: KafkaSettings,
    /// File of the provinces whose topics are archived; none: the 21 of the campaign.
    pub provinces: Option<PathBuf>,
    /// How files are made.
    #[serde(default)]
    pub archive: Files,
}

/// How files are made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// Where health and metrics are served.
    pub listen: SocketAddr,
    /// Seconds that a record waits for others at most.
    pub every_seconds: u64,
    /// Bytes of records in one file, before compression.
    pub file_bytes: usize,
    /// Bytes of records in memory, of all partitions together.
    pub memory_bytes: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 18084)),
            every_seconds: 600,
            file_bytes: 16 << 20,
            memory_bytes: 256 << 20,
        }
    }
}

impl Files {
    /// How long a record waits for others at most.
    pub const fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds)
    }
}

impl Settings {
    /// Reads defaults, the local stack, the file, the environment; later ones win.
    ///
    /// # Errors
    /// Fatal; names the key that is wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, Fault> {
        let settings: Self = runtime::settings::load(file)?;
        let files = &settings.archive;
        if files.every_seconds == 0 || files.file_bytes == 0 || files.memory_bytes < files.file_bytes {
            return Err(Fault::fatal(
                "the settings are wrong: archive.every_seconds and archive.file_bytes must be more than 0, and \
                 archive.memory_bytes no less than archive.file_bytes",
            ));
        }
        Ok(settings)
    }
}
