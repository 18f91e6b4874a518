//! Every province's records to the match log: exactly one entry for each, whatever it was.
//!
//! No transaction is needed: each entry carries its source position and the position its worker
//! expected there, and match accepts only the exact successor. So a worker may stop anywhere; what it
//! sent twice is dropped, and nothing can be left out.

mod admission;
mod entry;
mod progress;
mod turns;
mod window;

use crate::control::Controls;
use crate::settings::Settings;
use admission::Admission;
pub(crate) use entry::{Key, content};
use progress::Progress;
use rules::Ruleset;
use runtime::health::Health;
use runtime::kafka::{Assignments, Cluster, Consumer, ConsumerSpec, Partition, Producer};
use runtime::retry::{self, Backoff};
use runtime::{Fault, Stop, settings, trace};
use schemas::topics;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use turns::Turns;

const COMMIT_EVERY: Duration = Duration::from_millis(200);

/// Runs until a stop is asked for.
///
/// # Errors
/// What ends the worker; started again, it goes on where its group stands.
pub async fn run(settings: Settings, stop: Stop, health: Health) -> Result<(), Fault> {
    let worker = tokio::task::spawn_blocking(move || {
        let started = retry::until_ready(&stop, &health, || Worker::start(&settings, health.clone()))?;
        started.map_or(Ok(()), |worker| worker.run(&stop))
    });
    worker
        .await
        .map_err(|_| Fault::fatal("normalise panicked: see the log"))?
}

struct Worker {
    consumer: Consumer<Ownership>,
    owned: Arc<Owned>,
    producer: Producer,
    admission: Admission,
    controls: Controls,
    ruleset: Ruleset,
    turns: Turns,
    progress: Progress,
    quantum: usize,
    health: Health,
}

impl Worker {
    fn start(settings: &Settings, health: Health) -> Result<Self, Fault> {
        health.not_ready("kafka", "starting");
        let provinces = settings::provinces(settings.provinces.as_deref())?;
        let cluster = Cluster::new(&settings.kafka)?;
        let controls = Controls::read(&cluster)?;
        let ruleset = settings::ruleset(settings.normalise.ruleset.as_deref())?;
        tracing::info!("the ruleset is {}", ruleset.name());
        let owned = Arc::new(Owned::default());
        let spec = ConsumerSpec {
            group: topics::GROUP_NORMALISE,
            topics: provinces
                .iter()
                .map(|province| topics::applications(&province.slug))
                .collect(),
            read_committed: true,
            session_timeout: settings.normalise.session_timeout(),
        };
        let ownership = Ownership {
            cluster: cluster.clone(),
            owned: Arc::clone(&owned),
        };
        Ok(Self {
            consumer: cluster.consumer(&spec, ownership)?,
            owned,
            producer: cluster.producer()?,
            admission: Admission::start(&cluster, settings.normalise.window)?,
            controls,
            ruleset,
            turns: Turns::new(settings.normalise.buffer),
            progress: Progress::default(),
            quantum: settings.normalise.quantum.max(1),
            health,
        })
    }

    fn run(mut self, stop: &Stop) -> Result<(), Fault> {
        let (mut backoff, mut committed_at) = (Backoff::default(), Instant::now());
        while !stop.requested() {
            match self.fetch() {
                Ok(()) => backoff.reset(),
                Err(fault) if fault.remedy().heals() => {
                    tracing::warn!(remedy = fault.remedy().name(), "reading is interrupted: {fault}");
                    self.health.not_ready("kafka", fault.to_string());
                    backoff.pause_blocking(stop);
                    continue;
                }
                Err(fault) => return Err(fault),
            }
            self.publish()?;
            self.progress.settle(self.producer.poll(Duration::ZERO))?;
            if committed_at.elapsed() >= COMMIT_EVERY {
                committed_at = Instant::now();
                self.health.ready("kafka");
                self.commit();
            }
        }
        self.producer.flush(Duration::from_secs(5))?;
        self.progress.settle(self.producer.poll(Duration::ZERO))?;
        self.consumer.commit_and_wait(&self.progress.take_next())
    }

    /// Takes what has arrived, up to what each partition may hold ready.
    fn fetch(&mut self) -> Result<(), Fault> {
        const AT_ONCE: usize = 500;
        let idle = self.turns.is_empty() && self.progress.nothing_under_way();
        let mut patience = if idle {
            Duration::from_millis(20)
        } else {
            Duration::from_millis(1)
        };
        for _ in 0..AT_ONCE {
            let polled = self.consumer.poll(patience)?;
            self.follow_ownership();
            let Some(record) = polled else { break };
            patience = Duration::ZERO;
            if let Some(full) = self.turns.push(record) {
                self.consumer.pause(&[full])?;
            }
        }
        Ok(())
    }

    fn follow_ownership(&mut self) {
        for change in self.owned.take() {
            match change {
                Change::Gained(partition, next) => self.turns.start(partition, next),
                Change::Lost(partition) => {
                    self.turns.stop(&partition);
                    self.progress.forget(&partition);
                }
            }
        }
    }

    /// Normalises and sends what the stages after us can take, a quantum from each partition in turn.
    fn publish(&mut self) -> Result<(), Fault> {
        let mut allowed = self.admission.allowed()?;
        while allowed > 0 {
            let Some(turn) = self.turns.next(self.quantum.min(allowed)) else {
                return Ok(());
            };
            allowed -= turn.records.len();
            self.admission.admitted(turn.records.len());
            for (record, expected_offset) in turn.records {
                let next = record.offset + 1;
                let at = trace::At {
                    topic: &turn.partition.topic,
                    partition: turn.partition.number,
                    offset: record.offset,
                };
                let parent = record.trace;
                let work = parent.and_then(|parent| trace::begin("normalise", parent, Some(at)));
                let place = work.as_ref().map(trace::Work::place).or(parent);
                let entry = entry::of(record, expected_offset, &self.controls, &self.ruleset)?;
                let token = self.progress.sent(&turn.partition, next);
                self.producer
                    .send_traced(topics::MATCH_LOG, &entry.key, &entry.value, place, token)?;
            }
            if turn.has_room_again {
                self.consumer.resume(&[turn.partition])?;
            }
        }
        Ok(())
    }

    fn commit(&mut self) {
        if let Err(fault) = self.consumer.commit(&self.progress.take_next()) {
            tracing::debug!("the group's offsets wait: {fault}");
        }
    }
}

enum Change {
    Gained(Partition, i64),
    Lost(Partition),
}

/// What rebalances changed since the loop last looked.
#[derive(Default)]
struct Owned(Mutex<Vec<Change>>);

impl Owned {
    fn add(&self, changes: impl Iterator<Item = Change>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(changes);
    }

    fn take(&self) -> Vec<Change> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Starts each partition where the group stands; where it never stood, at the topic's beginning.
struct Ownership {
    cluster: Cluster,
    owned: Arc<Owned>,
}

impl Assignments for Ownership {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        let committed = self
            .cluster
            .group_offsets(topics::GROUP_NORMALISE)?
            .committed(owned)?;
        let boundaries = self.cluster.offsets()?.boundaries(owned)?;
        let starts: Vec<i64> = committed
            .into_iter()
            .zip(boundaries)
            .map(|(next, bounds)| next.unwrap_or(bounds.earliest))
            .collect();
        self.owned.add(
            owned
                .iter()
                .cloned()
                .zip(starts.clone())
                .map(|(p, next)| Change::Gained(p, next)),
        );
        tracing::info!(partitions = owned.len(), "took partitions");
        Ok(starts)
    }

    fn lost(&self, lost: &[Partition]) {
        tracing::info!(partitions = lost.len(), "gave partitions back");
        self.owned.add(lost.iter().cloned().map(Change::Lost));
    }
}
