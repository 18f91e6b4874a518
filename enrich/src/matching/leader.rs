//! Who owns the match log's partition, and what they hold while they do.

use super::batch::Batch;
use super::restore;
use super::rows::DiskRows;
use resolve::{Applied, Position, Resolver};
use runtime::health::Health;
use runtime::kafka::{Aborted, Assignments, Cluster, Consumer, Partition, Record, TransactionalProducer};
use runtime::{Fault, trace};
use schemas::topics;
use secrecy::SecretString;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The state and the right to commit it.
pub struct Leader {
    resolver: Resolver,
    producer: TransactionalProducer,
    batch: Batch,
    term: u64,
}

impl Leader {
    /// Applies a record of the match log; returns the position that must come first, if it is ahead
    /// of its turn.
    pub fn apply(&mut self, record: &Record) -> Result<Option<Position>, Fault> {
        let at = trace::At {
            topic: &record.partition.topic,
            partition: record.partition.number,
            offset: record.offset,
        };
        let work = record
            .trace
            .and_then(|parent| trace::begin("match", parent, Some(at)));
        match self
            .resolver
            .apply(record.offset, record.appended_at, &record.value)
        {
            Applied::Settled(outputs) => self.batch.add(&outputs, record.trace)?,
            Applied::Passed => metrics::counter!("intake_match_passed_total").increment(1),
            Applied::Ahead(position) => return Ok(Some(position)),
        }
        self.batch.works.extend(work);
        self.batch.entries += 1;
        self.batch.next = record.offset + 1;
        Ok(None)
    }

    /// Entries applied since the last commit.
    pub const fn gathered(&self) -> usize {
        self.batch.entries
    }

    /// Passes source positions that operate wrote off.
    pub fn skip(&mut self, topic: &str, partition: i32, to: i64) {
        tracing::warn!(
            kafka.topic = topic,
            kafka.partition = partition,
            to,
            "skipped on operate's decision"
        );
        self.resolver.skip_to(topic, partition, to);
    }

    /// Makes the batch visible together with the consumed position. If the transaction aborts, the
    /// same bytes are sent again: memory already holds the steps.
    ///
    /// # Errors
    /// When it can't become visible by this leader any more.
    pub fn commit(
        &mut self,
        consumer: &Consumer<Leadership>,
        log: &Partition,
        seat: &Seat,
    ) -> Result<(), Fault> {
        let batch = std::mem::take(&mut self.batch);
        if batch.entries == 0 {
            return Ok(());
        }
        self.resolver
            .settle_rows()
            .map_err(|lost| Fault::fatal(lost.to_string()))?;
        let started = Instant::now();
        while let Err(aborted) = self.send(&batch, consumer, log) {
            metrics::counter!("intake_match_aborts_total").increment(1);
            match aborted {
                Aborted::Again(fault) if !seat.is_lost(self) => {
                    tracing::warn!("a transaction was aborted, the same is sent again: {fault}");
                }
                Aborted::Again(fault) | Aborted::Over(fault) => return Err(fault),
            }
        }
        metrics::histogram!("intake_match_commit_duration_seconds").record(started.elapsed().as_secs_f64());
        metrics::counter!("intake_match_entries_total").increment(batch.entries as u64);
        for (what, count) in self.resolver.counts() {
            metrics::gauge!("intake_match_state", "what" => what).set(count as f64);
        }
        Ok(())
    }

    fn send(&self, batch: &Batch, consumer: &Consumer<Leadership>, log: &Partition) -> Result<(), Aborted> {
        self.producer.begin()?;
        for output in &batch.outputs {
            self.producer
                .send_traced(&output.topic, &output.key, &output.value, output.trace)
                .map_err(Aborted::Over)?;
        }
        self.producer.commit(consumer, log, batch.next)
    }
}

/// Holds the leader between batches. Each time the partition is taken or lost, a new term begins.
#[derive(Default)]
pub struct Seat {
    leader: Mutex<Option<Leader>>,
    term: AtomicU64,
}

impl Seat {
    pub fn take(&self) -> Option<Leader> {
        self.lock().take()
    }

    /// Whether the partition was lost since this leader took it.
    pub fn is_lost(&self, leader: &Leader) -> bool {
        leader.term != self.term.load(Ordering::SeqCst)
    }

    /// Gives the seat back, unless another term has begun.
    pub fn put_back(&self, leader: Leader) {
        if !self.is_lost(&leader) {
            *self.lock() = Some(leader);
        }
    }

    fn vacate(&self) -> u64 {
        let term = self.term.fetch_add(1, Ordering::SeqCst) + 1;
        *self.lock() = None;
        term
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Leader>> {
        self.leader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the lead when the log's partition becomes ours.
pub struct Leadership {
    /// Where outputs go.
    pub cluster: Cluster,
    /// Where the match log is; another namespace in a rebuild.
    pub source: Cluster,
    pub group: String,
    pub database: SecretString,
    /// Below it applications' rows are kept.
    pub rows: std::path::PathBuf,
    pub handle: tokio::runtime::Handle,
    pub seat: std::sync::Arc<Seat>,
    pub health: Health,
}

impl Leadership {
    /// In this order: fence every earlier leader, then read what is committed.
    fn lead(&self, log: &[Partition]) -> Result<i64, Fault> {
        let started = Instant::now();
        let term = self.seat.vacate();
        self.health
            .not_ready("match", "restoring the state from the register");
        let producer = self
            .cluster
            .transactional_producer(topics::MATCH_TRANSACTIONAL_ID)?;
        let rows = Box::new(DiskRows::open(&self.rows)?);
        let resolver = restore::state(&self.cluster, &self.database, &self.handle, rows)?;
        let committed = self.source.group_offsets(&self.group)?.committed(log)?;
        let next = committed.first().copied().flatten().unwrap_or(0);
        tracing::info!(
            next_offset = next,
            sequence = resolver.sequence(),
            duration_ms = started.elapsed().as_millis() as u64,
            "leading: the state is restored"
        );
        *self.seat.lock() = Some(Leader {
            resolver,
            producer,
            batch: Batch::default(),
            term,
        });
        self.health.ready("match");
        Ok(next)
    }
}

impl Assignments for Leadership {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        owned.iter().map(|_| self.lead(owned)).collect()
    }

    fn lost(&self, _: &[Partition]) {
        self.seat.vacate();
        self.health
            .not_ready("match", "standing by: the partition went to another instance");
        tracing::info!("no longer leading");
    }
}
