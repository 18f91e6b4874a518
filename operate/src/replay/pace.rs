//! How fast a replay may go: a rate, and a way for what is live.

use crate::tell;
use clap::Args;
use runtime::Fault;
use runtime::kafka::{Cluster, GroupOffsets, Offsets, Partition};
use schemas::topics::{CHANGES, GROUP_MATCH, GROUP_SINK, MATCH_LOG};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How fast it may go.
#[derive(Clone, Copy, Debug, Args)]
pub struct Speed {
    /// How many records a second at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) max_rate: Option<u32>,
    /// Stand still while match and sink together have more than this to read
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(i64).range(0..))]
    pub(super) yield_if_live_lag: Option<i64>,
}

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Keeps to a speed. Blocking.
pub(super) struct Pace {
    speed: Speed,
    started: Instant,
    passed: u64,
    live: Option<Live>,
    looked: Option<Instant>,
}

impl Pace {
    pub(super) fn new(speed: Speed, cluster: &Cluster) -> Result<Self, Fault> {
        let live = speed.yield_if_live_lag.map(|_| Live::of(cluster)).transpose()?;
        Ok(Self {
            speed,
            started: Instant::now(),
            passed: 0,
            live,
            looked: None,
        })
    }

    /// Waits until so many more may pass.
    ///
    /// # Errors
    /// Transient when the cluster doesn't tell its lag.
    pub(super) fn pass(&mut self, records: u64) -> Result<(), Fault> {
        if let (Some(live), Some(most)) = (&self.live, self.speed.yield_if_live_lag)
            && self.looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY)
        {
            live.wait_until(most)?;
            self.looked = Some(Instant::now());
        }
        self.passed += records;
        if let Some(rate) = self.speed.max_rate {
            let due = self.started + Duration::from_secs(1).mul_f64(self.passed as f64 / f64::from(rate));
            sleep(due.saturating_duration_since(Instant::now()));
        }
        Ok(())
    }
}

/// What match and sink have to read.
pub(super) struct Live {
    offsets: Offsets,
    matched: GroupOffsets,
    loaded: GroupOffsets,
}

impl Live {
    pub(super) fn of(cluster: &Cluster) -> Result<Self, Fault> {
        Ok(Self {
            offsets: cluster.offsets()?,
            matched: cluster.group_offsets(GROUP_MATCH)?,
            loaded: cluster.group_offsets(GROUP_SINK)?,
        })
    }

    /// Waits until that is no more than `most`.
    ///
    /// # Errors
    /// Transient when the cluster doesn't tell its lag.
    pub(super) fn wait_until(&self, most: i64) -> Result<(), Fault> {
        let mut told = false;
        while self.lag()? > most {
            if !told {
                tell("standing still: what is live has more than that to read");
                told = true;
            }
            sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn lag(&self) -> Result<i64, Fault> {
        Ok(self.lag_of(&self.matched, MATCH_LOG)? + self.lag_of(&self.loaded, CHANGES)?)
    }

    /// Up to the last stable offset: markers behind the last record are nobody's to read.
    fn lag_of(&self, group: &GroupOffsets, topic: &str) -> Result<i64, Fault> {
        let partitions: Vec<Partition> = self.offsets.partitions(&[topic.to_owned()])?;
        let committed = group.committed(&partitions)?;
        let bounds = self.offsets.boundaries(&partitions)?;
        let each = committed.iter().zip(&bounds);
        Ok(each
            .map(|(next, b)| (b.stable - next.unwrap_or(b.earliest)).max(0))
            .sum())
    }
}
