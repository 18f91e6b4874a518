//! The matcher's state from a snapshot or the register, and the changes behind it.

use super::register;
use super::rows::{self, DiskRows};
use super::snapshot::{Folder, Snapshot};
use resolve::Resolver;
use resolve::restore::Restoring;
use runtime::kafka::{Cluster, Partition, Reader};
use runtime::{Fault, Stop};
use schemas::topics;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Where a state is restored from.
#[derive(Clone)]
pub struct Sources {
    /// Where `register.changes` is.
    pub cluster: Cluster,
    /// The register.
    pub database: SecretString,
    /// What the register's connection runs on.
    pub handle: tokio::runtime::Handle,
    /// Below it applications' rows are kept.
    pub rows: PathBuf,
    /// Where snapshots are, if they are kept.
    pub snapshots: Option<Folder>,
}

/// A state that was restored up to some changes, and can be brought up to later ones.
pub struct Following {
    restoring: Restoring,
    /// The first offset of each partition that isn't in it.
    next: Vec<(Partition, i64)>,
}

impl Sources {
    /// The state as the newest snapshot has it, or else the register. Blocking.
    ///
    /// # Errors
    /// Transient when database or cluster don't answer, and when it is dismissed meanwhile.
    pub fn base(&self, dismissed: &Stop) -> Result<Following, Fault> {
        let started = Instant::now();
        let snapshot = match &self.snapshots {
            Some(folder) => folder.newest(&self.cluster)?,
            None => None,
        };
        let from_snapshot = match snapshot {
            Some(snapshot) => self.of_snapshot(snapshot, dismissed)?,
            None => None,
        };
        let (source, following) = match from_snapshot {
            Some(following) => ("a snapshot", following),
            None => ("the register", self.of_register(dismissed)?),
        };
        tracing::info!(
            duration_ms = started.elapsed().as_millis() as u64,
            "the state is read from {source}"
        );
        Ok(following)
    }

    /// None when the file turns out to be damaged, which is known only when it has been read.
    fn of_snapshot(&self, snapshot: Snapshot, dismissed: &Stop) -> Result<Option<Following>, Fault> {
        let mut restoring = Restoring::keeping(Box::new(DiskRows::open(&self.rows)?));
        let next = snapshot.footer.next();
        let path = snapshot.path.clone();
        let read = snapshot.each_row(|row| {
            if !dismissed.requested() {
                restoring.row(row);
            }
        });
        match read {
            Ok(()) if dismissed.requested() => Err(unwanted()),
            Ok(()) => Ok(Some(Following { restoring, next })),
            Err(refusal) => {
                refusal.tell(&path);
                Ok(None)
            }
        }
    }

    fn of_register(&self, dismissed: &Stop) -> Result<Following, Fault> {
        let mut restoring = Restoring::keeping(Box::new(DiskRows::open(&self.rows)?));
        let next = register::read(&self.database, &self.handle, |row| {
            if dismissed.requested() {
                return Err(unwanted());
            }
            restoring.row(row);
            Ok(())
        })?;
        Ok(Following { restoring, next })
    }
}

impl Following {
    /// Takes in what is committed, as it comes, until a stop is asked for; `told` hears each second how many
    /// records it lies behind.
    ///
    /// # Errors
    /// As [`Self::catch_up`].
    pub fn follow(&mut self, cluster: &Cluster, stop: &Stop, mut told: impl FnMut(i64)) -> Result<(), Fault> {
        const EACH: Duration = Duration::from_secs(1);
        let offsets = cluster.offsets()?;
        let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
        let starts: Vec<(Partition, i64)> =
            partitions.iter().map(|one| (one.clone(), self.at(one))).collect();
        for ((partition, next), bounds) in starts.iter().zip(offsets.boundaries(&partitions)?) {
            still_there(partition, *next, bounds.earliest)?;
        }
        self.next.clone_from(&starts);
        let reader = cluster.reader(&starts)?;
        let mut asked: Option<Instant> = None;
        while !stop.requested() {
            if let Some(record) = reader.poll(Duration::from_millis(50))? {
                self.take(&record.value);
            }
            if asked.is_none_or(|at| at.elapsed() >= EACH) {
                asked = Some(Instant::now());
                self.moved(&reader)?;
                let ends = offsets.boundaries(&partitions)?;
                let behind = partitions.iter().zip(ends);
                told(behind.map(|(one, end)| (end.stable - self.at(one)).max(0)).sum());
            }
        }
        self.moved(&reader)
    }

    /// Takes in everything up to the stable end of `register.changes`. When every earlier leader is fenced,
    /// nothing comes after it.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer; fatal when changes are gone that this state doesn't hold
    /// yet.
    pub fn catch_up(&mut self, cluster: &Cluster) -> Result<(), Fault> {
        let offsets = cluster.offsets()?;
        let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
        let bounds = offsets.boundaries(&partitions)?;
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for (partition, bounds) in partitions.into_iter().zip(bounds) {
            let next = self.at(&partition);
            still_there(&partition, next, bounds.earliest)?;
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

fn unwanted() -> Fault {
    Fault::transient("the state isn't wanted any more")
}

fn still_there(partition: &Partition, next: i64, earliest: i64) -> Result<(), Fault> {
    if next >= earliest {
        return Ok(());
    }
    Err(Fault::fatal(format!(
        "the register stands at {next} of {partition}, which begins at {earliest}: changes between them are gone; \
         rebuild the register from the match log"
    )))
}
