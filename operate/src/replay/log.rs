//! The match log from one offset to another, first what the archive has of it.

use super::archived;
use super::pace::Pace;
use super::plan::{Plan, Stretch};
use super::run::Run;
use crate::stretch;
use runtime::Fault;
use runtime::kafka::{Cluster, Partition, Record};
use schemas::topics::MATCH_LOG;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Entries handed on together; under a limit to the rate no more than a second's, so that a slow replay moves and tells.
const CHUNK: usize = 4_000;
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// Reads a log.
pub(super) struct Log {
    cluster: Cluster,
    group: String,
    archive: Option<(String, Stretch)>,
    to: i64,
    pace: Pace,
    chunk: usize,
    handle: tokio::runtime::Handle,
}

impl Log {
    /// The log of a plan, at the speed that was asked for.
    pub(super) fn of(run: &Run<'_>) -> Result<Self, Fault> {
        let plan: &Plan = &run.replay.plan;
        let cluster = run.settings.cluster()?;
        Ok(Self {
            pace: Pace::new(run.speed, &cluster)?,
            chunk: run.speed.max_rate.map_or(CHUNK, |rate| CHUNK.min(rate as usize)),
            cluster,
            group: plan.group(),
            archive: plan
                .archive
                .as_ref()
                .map(|archive| (archive.place.clone(), archive.log)),
            to: plan.log.to,
            handle: tokio::runtime::Handle::current(),
        })
    }

    /// Hands on what lies between `from` and the end in chunks, in order, each with the first offset behind it. `loaded` tells
    /// the lag tools how far what came of it is loaded. Blocking.
    ///
    /// # Errors
    /// What `each` returns; fatal when the log begins later; as [`stretch::read`].
    pub(super) fn read(
        mut self,
        from: i64,
        loaded: &AtomicI64,
        mut each: impl FnMut(Vec<Record>, i64) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut from = from;
        let mut chunk = Vec::with_capacity(self.chunk);
        if let Some((place, stretch)) = self.archive.take().filter(|(_, stretch)| from < stretch.to) {
            let wanted = Stretch { from, to: stretch.to };
            let (handle, cluster) = (self.handle.clone(), self.cluster.clone());
            handle.block_on(archived::read(&place, &cluster, wanted, |record| {
                chunk.push(record);
                self.hand_on(&mut chunk, &mut each)
            }))?;
            from = stretch.to;
        }
        if from < self.to {
            self.read_topic(from, &mut chunk, loaded, &mut each)?;
        }
        let to = self.to;
        self.pace.pass(chunk.len() as u64)?;
        each(chunk, to)
    }

    fn read_topic(
        &mut self,
        from: i64,
        chunk: &mut Vec<Record>,
        loaded: &AtomicI64,
        each: &mut impl FnMut(Vec<Record>, i64) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let log = Partition::new(MATCH_LOG, 0);
        let wanted = stretch::Stretch {
            partition: log.clone(),
            from,
            to: self.to,
        };
        let reader = self.cluster.reader_in(&self.group, &[(log.clone(), from)])?;
        reader.commit(&[(log.clone(), loaded.load(Ordering::Relaxed))])?;
        let mut told = Instant::now();
        stretch::read_by(&reader, &[wanted], |record| {
            chunk.push(record);
            self.hand_on(chunk, each)?;
            if told.elapsed() >= COMMIT_EVERY {
                told = Instant::now();
                reader.commit(&[(log.clone(), loaded.load(Ordering::Relaxed))])?;
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    fn hand_on(
        &mut self,
        chunk: &mut Vec<Record>,
        each: &mut impl FnMut(Vec<Record>, i64) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Some(last) = chunk.last().filter(|_| chunk.len() >= self.chunk) else {
            return Ok(());
        };
        let next = last.offset + 1;
        self.pace.pass(chunk.len() as u64)?;
        each(std::mem::replace(chunk, Vec::with_capacity(self.chunk)), next)
    }
}

/// Takes the group out of the lag tools' sight. One that isn't there is no fault.
///
/// # Errors
/// Transient when the cluster doesn't answer.
pub(super) async fn forget_group(cluster: &Cluster, plan: &Plan) -> Result<(), Fault> {
    cluster.delete_group(&plan.group()).await
}
