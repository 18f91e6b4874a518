//! The programs between the nodes and the register.

use crate::process::{self, Process};
use crate::{Ground, Site};

/// A kind of worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worker {
    /// `intake-enrich normalise`.
    Normalise,
    /// `intake-enrich match`.
    Match,
    /// `intake-sink`.
    Sink,
}

impl Worker {
    /// Its name in logs and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normalise => "normalise",
            Self::Match => "match",
            Self::Sink => "sink",
        }
    }

    /// One that works on `site`, not started yet. Whoever is killed is missed after as short a time as
    /// its settings allow, so that tests don't wait for it.
    pub fn on(self, ground: &Ground, site: &Site, suffix: &str) -> Process {
        let (program, command, listen, session, least) = match self {
            Self::Normalise => (
                "intake-enrich",
                "normalise",
                "INTAKE_NORMALISE__LISTEN",
                "INTAKE_NORMALISE__SESSION_TIMEOUT_MS",
                "1500",
            ),
            Self::Match => (
                "intake-enrich",
                "match",
                "INTAKE_MATCH__LISTEN",
                "INTAKE_MATCH__SESSION_TIMEOUT_MS",
                "1500",
            ),
            Self::Sink => (
                "intake-sink",
                "run",
                "INTAKE_HEALTH__LISTEN",
                "INTAKE_SINK__SESSION_TIMEOUT_MS",
                "6000",
            ),
        };
        let address = process::free_address();
        Process::new(
            &format!("{}{suffix}", self.name()),
            program,
            &ground.logs(),
            address,
        )
        .args([command, "--config"])
        .args([&site.settings])
        .env(listen, address.to_string())
        .env(session, least)
        .envs(match self {
            Self::Match => vec![
                (
                    "INTAKE_MATCH__SNAPSHOT_DIR",
                    ground.snapshots().display().to_string(),
                ),
                ("INTAKE_MATCH__SNAPSHOT_EVERY_S", "2".to_owned()),
            ],
            Self::Normalise | Self::Sink => Vec::new(),
        })
    }
}
