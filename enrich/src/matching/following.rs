//! A restored state that is brought up to the changes behind it, and follows them.
//!
//! While it follows, it merges what is complete: a step's rows lie in several partitions, and those may be read up to
//! different points. **All up to a step is read once every partition has been read past an end that was told after a record of
//! that step had been read**, be it by the sink that loaded it. A transaction's records are acknowledged by all in-sync replicas before
//! its commit is asked for, and only then can any of them be read (KIP-98; `TransactionalProducer::commit` drains first): so they lie
//! below the high watermarks that are told from then on, which don't go back when a partition's leader changes (KIP-207). Steps are
//! committed in their order, each with all of its rows in one transaction. And a reader of committed records passes an offset only when
//! what lies before it is committed or aborted.

use super::{register, rows};
use resolve::Resolver;
use resolve::restore::Restoring;
use runtime::kafka::{Boundaries, Cluster, Offsets, Partition, Reader};
use runtime::{Fault, Stop};
use schemas::topics;
use std::time::{Duration, Instant};

/// How often it asks where the changes end.
const EACH: Duration = Duration::from_secs(1);
/// Records that may lie before the ends when a line is drawn, and changes that may wait behind it: about 2 kB each. Whoever lies
/// farther behind only reads.
const MOST_APART: usize = 40_000;

/// A state that was restored up to some changes, and can be brought up to later ones.
pub struct Following {
    restoring: Restoring,
    /// The first offset of each partition that isn't in it.
    next: Vec<(Partition, i64)>,
    /// Where each partition must have been read to before what lies before the line is complete.
    ends: Option<Vec<(Partition, i64)>>,
}

/// What is told of a state that follows.
#[derive(Clone, Copy, Debug)]
pub struct Behind {
    /// Records that it hasn't read.
    pub records: i64,
    /// Whether all that there was when it began is merged: what is left to do before it can lead is small.
    pub is_merged: bool,
}

impl Following {
    /// What was restored, up to these offsets.
    pub const fn of(restoring: Restoring, next: Vec<(Partition, i64)>) -> Self {
        Self {
            restoring,
            next,
            ends: None,
        }
    }

    /// Takes in what is committed, as it comes, until a stop is asked for; `told` hears each second how far it lies
    /// behind.
    ///
    /// # Errors
    /// As [`Self::catch_up`].
    pub fn follow(
        &mut self,
        cluster: &Cluster,
        stop: &Stop,
        mut told: impl FnMut(Behind),
    ) -> Result<(), Fault> {
        let offsets = cluster.offsets()?;
        let partitions = partitions(&offsets, cluster)?;
        let starts: Vec<(Partition, i64)> =
            partitions.iter().map(|one| (one.clone(), self.at(one))).collect();
        for ((partition, next), bounds) in starts.iter().zip(offsets.boundaries(&partitions)?) {
            still_there(partition, *next, &bounds)?;
        }
        self.next.clone_from(&starts);
        let reader = cluster.reader(&starts)?;
        let mut asked: Option<Instant> = None;
        while !stop.requested() {
            let record = reader.poll(Duration::from_millis(50))?;
            let is_quiet = record.is_none();
            if let Some(record) = record {
                self.take(&record.value);
            }
            let mut is_due = asked.is_none_or(|at| at.elapsed() >= EACH);
            if is_due || is_quiet {
                self.moved(&reader)?;
                let was_merged = self.is_merged();
                self.merge();
                is_due |= self.is_merged() && !was_merged;
            }
            if is_due {
                asked = Some(Instant::now());
                let bounds = offsets.boundaries(&partitions)?;
                self.draw_line(&partitions, &bounds);
                let ends = partitions.iter().zip(bounds);
                told(Behind {
                    records: ends.map(|(one, end)| (end.stable - self.at(one)).max(0)).sum(),
                    is_merged: self.is_merged(),
                });
            }
        }
        self.moved(&reader)
    }

    /// Merges what lies before the line, once it is complete.
    fn merge(&mut self) {
        let reached = |ends: &Vec<(Partition, i64)>| ends.iter().all(|(one, end)| self.at(one) >= *end);
        if self.ends.as_ref().is_some_and(reached) {
            self.ends = None;
            self.restoring.settle();
        }
    }

    /// Draws a line behind what was read, which was read before the ends in `bounds` were asked for.
    fn draw_line(&mut self, partitions: &[Partition], bounds: &[Boundaries]) {
        if self.ends.is_some() && self.restoring.apart() > MOST_APART {
            self.ends = None;
            self.restoring.uncut();
        }
        let ends = || partitions.iter().zip(bounds.iter().map(|bounds| bounds.end));
        let ahead: i64 = ends().map(|(one, end)| (end - self.at(one)).max(0)).sum();
        let is_new = self.restoring.sequence() > self.merged();
        if self.ends.is_none() && is_new && ahead <= MOST_APART as i64 {
            self.restoring.cut();
            self.ends = Some(ends().map(|(one, end)| (one.clone(), end)).collect());
        }
    }

    /// The step up to which everything is merged; 0 before anything is.
    pub const fn merged(&self) -> i64 {
        self.restoring.settled()
    }

    fn is_merged(&self) -> bool {
        self.merged() > 0 || self.restoring.sequence() == 0
    }

    /// Takes in everything up to the stable end of `register.changes`. When every earlier leader is fenced,
    /// nothing comes after it.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer; fatal when changes are gone that this state doesn't hold
    /// yet, or the topic isn't the one it has followed.
    pub fn catch_up(&mut self, cluster: &Cluster) -> Result<(), Fault> {
        let offsets = cluster.offsets()?;
        let partitions = partitions(&offsets, cluster)?;
        let bounds = offsets.boundaries(&partitions)?;
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for (partition, bounds) in partitions.into_iter().zip(bounds) {
            let next = self.at(&partition);
            still_there(&partition, next, &bounds)?;
            if next < bounds.stable {
                starts.push((partition.clone(), next));
                ends.push((partition, bounds.stable));
            }
        }
        if starts.is_empty() {
            return Ok(());
        }
        cluster
            .reader(&starts)?
            .read_to_end(&ends, Duration::from_secs(30), |record| {
                self.take(&record.value);
                Ok(())
            })?;
        for (partition, end) in ends {
            self.move_to(&partition, end);
        }
        Ok(())
    }

    /// The state that all of it makes.
    ///
    /// # Errors
    /// Fatal when the store of rows has failed.
    pub fn finish(self) -> Result<Resolver, Fault> {
        let mut resolver = self.restoring.finish();
        rows::settle(&mut resolver)?;
        Ok(resolver)
    }

    fn take(&mut self, value: &[u8]) {
        if let Some(change) = register::change_of(value) {
            self.restoring.change(change);
        }
    }

    fn moved(&mut self, reader: &Reader) -> Result<(), Fault> {
        for (partition, next) in reader.positions()? {
            self.move_to(&partition, next);
        }
        Ok(())
    }

    fn move_to(&mut self, partition: &Partition, next: i64) {
        match self.next.iter_mut().find(|(known, _)| known == partition) {
            Some((_, known)) => *known = next,
            None => self.next.push((partition.clone(), next)),
        }
    }

    fn at(&self, partition: &Partition) -> i64 {
        let known = self.next.iter().find(|(known, _)| known == partition);
        known.map_or(0, |&(_, next)| next)
    }
}

/// All partitions of `register.changes`. A broker may not know yet of a topic that was only just made: of no partitions
/// everything would seem to be read.
fn partitions(offsets: &Offsets, cluster: &Cluster) -> Result<Vec<Partition>, Fault> {
    let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
    if partitions.is_empty() {
        return Err(Fault::transient(format!(
            "topic {} isn't there: `intakectl topics apply --execute` makes it",
            cluster.namespace().full(topics::CHANGES)
        )));
    }
    Ok(partitions)
}

fn still_there(partition: &Partition, next: i64, bounds: &Boundaries) -> Result<(), Fault> {
    let Boundaries { earliest, end, .. } = bounds;
    if next < *earliest {
        return Err(Fault::fatal(format!(
            "the register stands at {next} of {partition}, which begins at {earliest}: changes between them are gone; \
             rebuild the register from the match log"
        )));
    }
    if next > *end {
        return Err(Fault::fatal(format!(
            "the register stands at {next} of {partition}, which ends at {end}: the topic was made anew or lost \
             records; rebuild the register from the match log"
        )));
    }
    Ok(())
}
