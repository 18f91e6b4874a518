//! How far the stages at the centre are, measured beside everything else.

use anyhow::Context;
use operate::latency::{self, Passage, Reach, Selection};
use operate::{Options, Settings};
use runtime::Fault;
use runtime::kafka::{Cluster, GroupOffsets, Partition};
use schemas::topics::{self, GROUP_MATCH, GROUP_NORMALISE, MATCH_LOG};
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
    settings: Settings,
    runtime: tokio::runtime::Runtime,
    positions: Arc<Mutex<(i64, i64)>>,
}

/// Between two looks at the groups.
const PAUSE: Duration = Duration::from_millis(500);

impl Centre {
    /// Opens it and looks for the first time.
    pub fn open() -> anyhow::Result<Self> {
        let settings = Settings::load(&Options::default())?;
        let groups = Groups::of(&settings).context("can't ask how far the stages are")?;
        let positions = groups.positions().context("can't ask how far the stages are")?;
        let positions = Arc::new(Mutex::new(positions));
        let shared = Arc::clone(&positions);
        // Ends with the process: it holds nothing.
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(PAUSE);
                if let Ok(now) = groups.positions() {
                    *shared.lock().unwrap_or_else(PoisonError::into_inner) = now;
                }
            }
        });
        Ok(Self {
            settings,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            positions,
        })
    }

    /// How far the stages are. The groups' positions are up to a second old.
    pub fn stages(&self) -> anyhow::Result<Stages> {
        let (normalised, matched) = *self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Stages {
            normalised,
            matched,
            register: self.runtime.block_on(latency::reach(&self.settings))?,
        })
    }

    /// The passages of the events after a step of match.
    pub fn passages(&self, after_step: i64) -> anyhow::Result<Vec<Passage>> {
        let selection = Selection {
            after_step,
            ..Selection::default()
        };
        Ok(self
            .runtime
            .block_on(latency::measure(&self.settings, &selection))?)
    }
}

/// What the groups of normalise and match have read, asked over connections that are kept.
struct Groups {
    normalised: (GroupOffsets, Vec<Partition>),
    matched: (GroupOffsets, Vec<Partition>),
}

impl Groups {
    fn of(settings: &Settings) -> Result<Self, Fault> {
        let cluster = Cluster::new(&settings.kafka)?;
        let offsets = cluster.offsets()?;
        let provinces = settings.provinces.iter();
        let sources: Vec<String> = provinces
            .map(|province| topics::applications(&province.slug))
            .collect();
        let group = |name, topics: &[String]| {
            Ok::<_, Fault>((cluster.group_offsets(name)?, offsets.partitions(topics)?))
        };
        Ok(Self {
            normalised: group(GROUP_NORMALISE, &sources)?,
            matched: group(GROUP_MATCH, &[MATCH_LOG.to_owned()])?,
        })
    }

    fn positions(&self) -> Result<(i64, i64), Fault> {
        let read = |(group, partitions): &(GroupOffsets, Vec<Partition>)| {
            let next = group.committed(partitions)?;
            Ok::<i64, Fault>(next.into_iter().flatten().sum())
        };
        Ok((read(&self.normalised)?, read(&self.matched)?))
    }
}
