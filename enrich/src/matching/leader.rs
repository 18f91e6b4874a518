//! Who owns the match log's partition, and what they hold while they do.

use super::batch::Batch;
use super::restore::{Following, Sources};
use super::standby::Standby;
use resolve::{Applied, Position, Resolver};
use runtime::health::Health;
use runtime::kafka::{Aborted, Assignments, Cluster, Consumer, Partition, Record, TransactionalProducer};
use runtime::{Fault, Stop};
use schemas::topics;
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
        match self
            .resolver
            .apply(record.offset, record.appended_at, &record.value)
        {
            Applied::Settled(outputs) => self.batch.add(&outputs)?,
            Applied::Passed => metrics::counter!("intake_match_passed_total").increment(1),
            Applied::Ahead(position) => return Ok(Some(position)),
        }
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
                .send(&output.topic, &output.key, &output.value)
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

/// Takes the lead when the log's partition becomes ours, and stands by while it isn't.
pub struct Leadership {
    /// What is restored, and where outputs go.
    sources: Sources,
    /// Where the match log is; another namespace in a rebuild.
    log: Cluster,
    group: String,
    seat: std::sync::Arc<Seat>,
    health: Health,
    waiting: Mutex<Waiting>,
}

/// What is there of the state before it leads.
#[derive(Default)]
enum Waiting {
    /// Nothing.
    #[default]
    Empty,
    /// It follows another instance.
    Standby(Standby),
    /// What was left when leading failed: it is tried again.
    Restored(Following),
}

impl Leadership {
    /// Stands by.
    ///
    /// # Errors
    /// Fatal when there is no thread to be had.
    pub fn new(
        sources: Sources,
        log: Cluster,
        group: String,
        seat: std::sync::Arc<Seat>,
        health: Health,
    ) -> Result<Self, Fault> {
        let standby = Standby::start(sources.clone(), health.clone())?;
        Ok(Self {
            sources,
            log,
            group,
            seat,
            health,
            waiting: Mutex::new(Waiting::Standby(standby)),
        })
    }

    /// In this order: fence every earlier leader, then take what was followed or restored up to the stable end,
    /// then read what is committed.
    fn lead(&self, log: &[Partition]) -> Result<i64, Fault> {
        let started = Instant::now();
        let term = self.seat.vacate();
        let producer = self
            .sources
            .cluster
            .transactional_producer(topics::MATCH_TRANSACTIONAL_ID)?;
        let mut following = self.followed()?;
        self.health.not_ready("match", "taking the lead");
        let caught_up = following.catch_up(&self.sources.cluster).and_then(|()| {
            let committed = self.log.group_offsets(&self.group)?.committed(log)?;
            Ok(committed.first().copied().flatten().unwrap_or(0))
        });
        let next = match caught_up {
            Ok(next) => next,
            // A state whose changes are gone is worth nothing.
            Err(fault) if !fault.remedy().heals() => return Err(fault),
            Err(fault) => {
                *self.waiting() = Waiting::Restored(following);
                return Err(fault);
            }
        };
        let resolver = following.finish()?;
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

    fn followed(&self) -> Result<Following, Fault> {
        let waiting = std::mem::take(&mut *self.waiting());
        let followed = match waiting {
            Waiting::Standby(standby) => standby.hand_over(),
            Waiting::Restored(following) => Some(following),
            Waiting::Empty => None,
        };
        self.health
            .not_ready("match", "restoring the state from a snapshot or the register");
        followed.map_or_else(|| self.sources.base(&Stop::manual()), Ok)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Assignments for Leadership {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        owned.iter().map(|_| self.lead(owned)).collect()
    }

    fn lost(&self, _: &[Partition]) {
        self.seat.vacate();
        tracing::info!("no longer leading");
        let mut waiting = self.waiting();
        if let Waiting::Standby(standby) = std::mem::take(&mut *waiting) {
            standby.dismiss();
        }
        match Standby::start(self.sources.clone(), self.health.clone()) {
            Ok(standby) => *waiting = Waiting::Standby(standby),
            Err(fault) => {
                self.health
                    .not_ready("match", format!("standing by without following: {fault}"));
                tracing::error!(remedy = fault.remedy().name(), "can't stand by: {fault}");
            }
        }
    }
}

impl Drop for Leadership {
    fn drop(&mut self) {
        if let Waiting::Standby(standby) = std::mem::take(&mut *self.waiting()) {
            standby.dismiss();
        }
    }
}
