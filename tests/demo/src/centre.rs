//! How far the stages at the centre are, measured beside everything else.

use anyhow::Context;
use operate::lag::{self, PartitionLag, Selection};
use operate::latency::{self, Passage, Reach};
use operate::{Options, Output, Settings};
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Positions that only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// Records of all provinces that are normalised.
    pub normalised: i64,
    /// Entries of the match log that are matched.
    pub matched: i64,
    /// The register.
    pub register: Reach,
}

/// The centre: Kafka's groups and the register.
pub struct Centre {
    settings: Arc<Settings>,
    runtime: tokio::runtime::Runtime,
    groups: Arc<Mutex<(i64, i64)>>,
}

/// Between two looks at the groups: each costs the broker some ten requests.
const PAUSE: Duration = Duration::from_secs(1);

impl Centre {
    /// Opens it and looks for the first time.
    pub fn open() -> anyhow::Result<Self> {
        let options = Options {
            output: Output::Table,
            config: None,
            brokers: None,
            namespace: None,
            database_url: None,
            provinces: None,
        };
        let settings = Arc::new(Settings::load(&options)?);
        let groups = Arc::new(Mutex::new(
            positions(&settings).context("can't ask how far the stages are")?,
        ));
        let (asked, shared) = (Arc::clone(&settings), Arc::clone(&groups));
        // Ends with the process: it holds nothing.
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(PAUSE);
                if let Ok(now) = positions(&asked) {
                    *shared.lock().unwrap_or_else(PoisonError::into_inner) = now;
                }
            }
        });
        Ok(Self {
            settings,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            groups,
        })
    }

    /// How far the stages are. The groups' positions are up to some seconds old.
    pub fn stages(&self) -> anyhow::Result<Stages> {
        let (normalised, matched) = *self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Stages {
            normalised,
            matched,
            register: self.runtime.block_on(latency::reach(&self.settings))?,
        })
    }

    /// The passages of the events after a step of match.
    pub fn passages(&self, after_step: i64) -> anyhow::Result<Vec<Passage>> {
        Ok(self
            .runtime
            .block_on(latency::measure(&self.settings, after_step))?)
    }
}

fn positions(settings: &Settings) -> Result<(i64, i64), runtime::Fault> {
    let lags = lag::measure(settings, &Selection::default())?;
    let of = |group: &str| lags.iter().filter(|lag| lag.group == group).map(read).sum();
    Ok((of(GROUP_NORMALISE), of(GROUP_MATCH)))
}

/// Records that a group has read of a partition.
fn read(lag: &PartitionLag) -> i64 {
    lag.committed_offset.unwrap_or(0)
}
