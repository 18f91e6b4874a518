//! Who owns the match log's partition, and what they hold while they do.

use super::batch::Batch;
use super::restore::Sources;
use super::rows;
use super::standby::{Followed, Standby};
use resolve::{Applied, Position, Resolver};
use runtime::health::Health;
use runtime::kafka::{Aborted, Assignments, Cluster, Consumer, Partition, Record, TransactionalProducer};
use runtime::{Fault, Stop, trace};
use schemas::topics;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The state and the right to commit it.
pub struct Leader {
    resolver: Resolver,
    producer: TransactionalProducer,
    batch: Batch,
    /// The position that was committed last: the state is that, and the batch.
    committed: i64,
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
        rows::settle(&mut self.resolver)?;
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
        self.committed = batch.next;
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
                .send_with(&output.topic, &output.key, &output.value, &output.headers)
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

    /// Begins another term; returns who sat there.
    fn vacate(&self) -> (u64, Option<Leader>) {
        let term = self.term.fetch_add(1, Ordering::SeqCst) + 1;
        (term, self.lock().take())
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
    standby: Mutex<Option<Standby>>,
}

impl Leadership {
    /// Stands by, and returns once the state is current: who joins the group before may be given the lead at once, and
    /// all would wait for it. None when a stop is asked for.
    ///
    /// # Errors
    /// Fatal when there is no thread to be had, or the state can't be restored.
    pub fn stand_by(
        sources: Sources,
        log: Cluster,
        group: String,
        seat: std::sync::Arc<Seat>,
        health: Health,
        stop: &Stop,
    ) -> Result<Option<Self>, Fault> {
        let standby = Standby::start(sources.clone(), None, health.clone())?;
        if !standby.is_current(stop) {
            return standby.hand_over().map(|_| None);
        }
        Ok(Some(Self {
            sources,
            log,
            group,
            seat,
            health,
            standby: Mutex::new(Some(standby)),
        }))
    }

    /// In this order: fence every earlier leader, then take what was followed or restored up to the stable end,
    /// then read what is committed.
    fn lead(&self, log: &[Partition]) -> Result<i64, Fault> {
        let started = Instant::now();
        let (term, _) = self.seat.vacate();
        let producer = self
            .sources
            .cluster
            .transactional_producer(topics::MATCH_TRANSACTIONAL_ID)?;
        let committed = || -> Result<i64, Fault> {
            let committed = self.log.group_offsets(&self.group)?.committed(log)?;
            Ok(committed.first().copied().flatten().unwrap_or(0))
        };
        let standby = self.standby().take();
        let followed = standby.map_or(Ok(None), Standby::hand_over)?;
        let following = match followed {
            Some(Followed::Leader(leader)) => match committed() {
                // Nobody else has led meanwhile: each transaction moves the position.
                Ok(next) if next == leader.committed => return Ok(self.go_on(leader, producer, term)),
                Ok(_) => None,
                Err(fault) => {
                    self.wait_with(Some(Followed::Leader(leader)));
                    return Err(fault);
                }
            },
            Some(Followed::State(following)) => Some(following),
            None => None,
        };
        self.health.not_ready("match", "taking the lead");
        let mut following = match following {
            Some(following) => following,
            None => self.sources.base(&Stop::manual())?,
        };
        let caught_up = following.catch_up(&self.sources.cluster);
        let next = match caught_up.and_then(|()| committed()) {
            Ok(next) => next,
            // A state whose changes are gone is worth nothing.
            Err(fault) if !fault.remedy().heals() => return Err(fault),
            Err(fault) => {
                self.wait_with(Some(Followed::State(following)));
                return Err(fault);
            }
        };
        let merged = following.merged();
        let resolver = following.finish()?;
        tracing::info!(
            next_offset = next,
            sequence = resolver.sequence(),
            steps_left = resolver.sequence() - merged,
            duration_ms = started.elapsed().as_millis() as u64,
            "leading: the state is restored"
        );
        *self.seat.lock() = Some(Leader {
            resolver,
            producer,
            batch: Batch::default(),
            committed: next,
            term,
        });
        self.health.ready("match");
        Ok(next)
    }

    /// Goes on with what it led with, and with what it had gathered.
    fn go_on(&self, leader: Leader, producer: TransactionalProducer, term: u64) -> i64 {
        let next = match leader.batch.entries {
            0 => leader.committed,
            _ => leader.batch.next,
        };
        tracing::info!(
            next_offset = next,
            sequence = leader.resolver.sequence(),
            "leading again: nobody else has meanwhile"
        );
        *self.seat.lock() = Some(Leader {
            producer,
            term,
            ..leader
        });
        self.health.ready("match");
        next
    }

    fn wait_with(&self, followed: Option<Followed>) {
        match Standby::start(self.sources.clone(), followed, self.health.clone()) {
            Ok(standby) => *self.standby() = Some(standby),
            Err(fault) => {
                self.health
                    .not_ready("match", format!("standing by without following: {fault}"));
                tracing::error!(remedy = fault.remedy().name(), "can't stand by: {fault}");
            }
        }
    }

    fn standby(&self) -> std::sync::MutexGuard<'_, Option<Standby>> {
        self.standby.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Assignments for Leadership {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        owned.iter().map(|_| self.lead(owned)).collect()
    }

    fn lost(&self, _: &[Partition]) {
        // Who stands by has nothing to lose, but hears of every change in the group.
        if self.standby().is_some() {
            return;
        }
        let (_, leader) = self.seat.vacate();
        tracing::info!("no longer leading");
        // The group takes the partition from everybody before it gives it to somebody, often to the same.
        self.wait_with(leader.map(Followed::Leader));
    }
}

impl Drop for Leadership {
    fn drop(&mut self) {
        if let Some(standby) = self.standby().take() {
            standby.dismiss();
        }
    }
}
