//! Writes snapshots, beside everything else.

use super::file::{Snapshot, Writer};
use super::folder::{self, Folder};
use super::footer::{Footer, Reached, Witness};
use crate::matching::register;
use resolve::restore::{Fold, Row};
use runtime::kafka::{Cluster, Partition, Reader, Record};
use runtime::retry::Backoff;
use runtime::{Fault, Stop};
use schemas::change::ApplicationStatus;
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::topics;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Rows that are held in memory until the next snapshot at most.
const MOST_ROWS: usize = 200_000;
/// How long an erasure waits for company.
const SOON: Duration = Duration::from_secs(1);
/// When more comes than can be held, a snapshot waits for this many times what the last one took: a bulk load would
/// have one written after the other.
const PAUSES: u32 = 3;

/// Keeps a folder's snapshots. One process does for each folder, whether it leads or stands by.
pub struct Keeper {
    pub folder: Folder,
    pub cluster: Cluster,
    pub database: SecretString,
    pub handle: tokio::runtime::Handle,
    /// The time between two snapshots.
    pub every: Duration,
    /// How many are kept.
    pub kept: usize,
}

/// What was committed since a snapshot.
#[derive(Default)]
struct Since {
    rows: Fold,
    witnesses: BTreeMap<i32, Witness>,
    /// Whether somebody was erased: what is older must go.
    erased: bool,
}

impl Keeper {
    /// Runs until a stop is asked for. What goes wrong is told and tried again: nobody waits for a snapshot.
    pub fn run(&self, stop: &Stop) {
        let mut backoff = Backoff::default();
        while !stop.requested() {
            if let Err(fault) = self.keep(stop) {
                metrics::counter!("intake_match_snapshots_total", "result" => "failed").increment(1);
                tracing::warn!(
                    remedy = fault.remedy().name(),
                    "no snapshot could be made: {fault}"
                );
            }
            backoff.pause_blocking(stop);
        }
    }

    fn keep(&self, stop: &Stop) -> Result<(), Fault> {
        let Some(_lock) = self.folder.lock(&self.cluster)? else {
            return Ok(());
        };
        let mut newest = match self.folder.newest(&self.cluster)? {
            Some(snapshot) => snapshot,
            None => self.of_register()?,
        };
        let reader = self.cluster.reader(&newest.footer.next())?;
        let mut least = Duration::ZERO;
        while let Some(since) = self.gather(&reader, least, stop)? {
            let (started, kept) = (Instant::now(), if since.erased { 1 } else { self.kept.max(1) });
            newest = self.merge(newest, since, &reader.positions()?)?;
            self.folder.prune(&self.cluster, kept);
            least = self.every.min(started.elapsed() * PAUSES);
        }
        Ok(())
    }

    /// The first snapshot, of what the register holds.
    fn of_register(&self) -> Result<Snapshot, Fault> {
        let started = Instant::now();
        let mut writer = Writer::begin(self.folder.unfinished(&self.cluster))?;
        let loaded = register::read(&self.database, &self.handle, |row| writer.row(&row))?;
        let offsets = self.cluster.offsets()?;
        let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
        let next = |partition: &Partition| {
            let known = loaded.iter().find(|(known, _)| known == partition);
            known.map_or(0, |&(_, next)| next)
        };
        let reached = partitions.iter().map(|partition| Reached {
            partition: partition.number,
            next: next(partition),
            witness: None,
        });
        let footer = Footer {
            schemas: Footer::schemas(),
            cluster_id: offsets.cluster_id()?,
            topic: self.cluster.namespace().full(topics::CHANGES),
            reached: reached.collect(),
            sequence: writer.sequence(),
            rows: 0,
        };
        self.finish(writer, footer, started)
    }

    /// What comes until it is time for a snapshot, `least` after the last one; none when a stop is asked for.
    fn gather(&self, reader: &Reader, least: Duration, stop: &Stop) -> Result<Option<Since>, Fault> {
        let (started, mut since, mut erased_at) = (Instant::now(), Since::default(), None::<Instant>);
        while !stop.requested() {
            let is_full = since.rows.len() >= MOST_ROWS;
            if is_full && !since.erased && started.elapsed() < least {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            }
            if let Some(record) = reader.poll(Duration::from_millis(100))? {
                since.take(&record);
            }
            if since.erased && erased_at.is_none() {
                erased_at = Some(Instant::now());
            }
            let due = started.elapsed() >= self.every && !since.rows.is_empty();
            let urgent = erased_at.is_some_and(|at| at.elapsed() >= SOON);
            if due || urgent || is_full {
                return Ok(Some(since));
            }
        }
        Ok(None)
    }

    fn merge(&self, base: Snapshot, mut since: Since, next: &[(Partition, i64)]) -> Result<Snapshot, Fault> {
        let started = Instant::now();
        let (path, mut footer) = (base.path.clone(), base.footer.clone());
        for reached in &mut footer.reached {
            if let Some((_, next)) = next.iter().find(|(one, _)| one.number == reached.partition) {
                reached.next = *next;
            }
            reached.witness = since
                .witnesses
                .get(&reached.partition)
                .copied()
                .or(reached.witness);
        }
        let mut writer = Writer::begin(self.folder.unfinished(&self.cluster))?;
        if let Err(refusal) = base.copy(&mut since.rows, &mut writer)? {
            refusal.tell(&path);
            folder::remove(&path);
            return Err(Fault::transient("the snapshot before it is damaged: begun anew"));
        }
        for row in since.rows.into_rows() {
            writer.row(&row)?;
        }
        footer.sequence = footer.sequence.max(writer.sequence());
        self.finish(writer, footer, started)
    }

    fn finish(&self, writer: Writer, footer: Footer, started: Instant) -> Result<Snapshot, Fault> {
        let (sequence, name) = (footer.sequence, self.folder.name(&self.cluster, footer.sequence));
        writer.finish(footer, &name)?;
        let took = started.elapsed();
        metrics::counter!("intake_match_snapshots_total", "result" => "written").increment(1);
        metrics::gauge!("intake_match_snapshot_sequence").set(sequence as f64);
        metrics::histogram!("intake_match_snapshot_duration_seconds").record(took.as_secs_f64());
        tracing::info!(
            sequence,
            duration_ms = took.as_millis() as u64,
            "a snapshot is written"
        );
        Snapshot::open(&name)
            .map_err(|refusal| Fault::transient(format!("a snapshot can't be read back: {refusal}")))
    }
}

impl Since {
    fn take(&mut self, record: &Record) {
        self.witnesses
            .insert(record.partition.number, Witness::of(record));
        let Some(change) = register::change_of(&record.value) else {
            return;
        };
        if let Change::Settled(settled) = &change {
            self.erased |= settled.erasure.is_some() && settled.outcome == OutcomeKind::Recorded;
        }
        for row in Row::of(change) {
            // The erased rows come through another partition than the erasure.
            self.erased |=
                matches!(&row, Row::Application { state, .. } if state.status == ApplicationStatus::Erased);
            self.rows.take(row);
        }
    }
}
