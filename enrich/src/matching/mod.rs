//! The match log to what changes in the register: one leader, one transaction a batch.
//!
//! Leading means owning the log's one partition. Who doesn't, stands by: it restores the state from a snapshot or the
//! register and follows what is committed. Whoever gets the partition fences every earlier leader, reads the tail of
//! changes, and goes on from the position that was committed together with the last outputs. Whoever loses it
//! forgets everything, and stands by anew.

mod batch;
mod following;
mod leader;
mod register;
mod restore;
mod rows;
mod snapshot;
mod standby;

use crate::control::Controls;
use crate::settings::Settings;
use leader::{Leader, Leadership, Seat};
pub(crate) use register::Translation;
use restore::Sources;
pub use rows::DiskRows;
pub(crate) use rows::settle;
use runtime::health::Health;
use runtime::kafka::{Cluster, Consumer, ConsumerSpec, Partition, Record};
use runtime::pace::Pace;
use runtime::retry::{self, Backoff};
use runtime::{Fault, Remedy, Stop};
use schemas::topics;
use snapshot::{Folder, Keeper};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs until a stop is asked for.
///
/// # Errors
/// What ends the process. After a fatal one memory may hold a step that was never committed, so only a
/// new process, which restores, can go on.
pub async fn run(settings: Settings, stop: Stop, health: Health) -> Result<(), Fault> {
    let handle = tokio::runtime::Handle::current();
    let keeper = Keeping::start(&settings, &handle)?;
    let matcher = tokio::task::spawn_blocking(move || {
        let start = || Matcher::start(&settings, handle.clone(), health.clone(), &stop);
        let started = retry::until_ready(&stop, &health, start)?;
        started.flatten().map_or(Ok(()), |matcher| matcher.run(&stop))
    });
    let ended = matcher.await;
    keeper.end().await?;
    ended.map_err(|_| Fault::fatal("match panicked: see the log"))?
}

fn snapshots(settings: &Settings) -> Result<Option<Folder>, Fault> {
    let path = settings.matching.snapshot_dir.as_deref();
    path.map(Folder::open).transpose()
}

/// The thread that keeps snapshots, where they are kept.
struct Keeping {
    stop: Stop,
    thread: Option<tokio::task::JoinHandle<()>>,
}

impl Keeping {
    fn start(settings: &Settings, handle: &tokio::runtime::Handle) -> Result<Self, Fault> {
        let stop = Stop::manual();
        let Some(folder) = snapshots(settings)? else {
            return Ok(Self { stop, thread: None });
        };
        let keeper = Keeper {
            folder,
            cluster: Cluster::new(&settings.kafka)?,
            database: settings.database.url.clone(),
            handle: handle.clone(),
            every: settings.matching.snapshot_every(),
            kept: settings.matching.snapshots_kept,
        };
        let stopped = stop.clone();
        let thread = tokio::task::spawn_blocking(move || keeper.run(&stopped));
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }

    async fn end(self) -> Result<(), Fault> {
        self.stop.request();
        match self.thread {
            Some(thread) => thread
                .await
                .map_err(|_| Fault::fatal("the keeper of snapshots panicked: see the log")),
            None => Ok(()),
        }
    }
}

struct Matcher {
    consumer: Consumer<Leadership>,
    seat: Arc<Seat>,
    source: Cluster,
    log: Partition,
    batch_entries: usize,
    pace: Pace,
    health: Health,
}

impl Matcher {
    /// None when a stop is asked for before the state is current.
    fn start(
        settings: &Settings,
        handle: tokio::runtime::Handle,
        health: Health,
        stop: &Stop,
    ) -> Result<Option<Self>, Fault> {
        let cluster = Cluster::new(&settings.kafka)?;
        let mut source = settings.kafka.clone();
        if let Some(namespace) = &settings.matching.source_namespace {
            source.namespace.clone_from(namespace);
        }
        let source = Cluster::new(&source)?;
        // A rebuild reads another namespace's log under a group of its own.
        let rebuild = source.namespace() != cluster.namespace();
        let group = if rebuild {
            format!("{}-{}", topics::GROUP_MATCH, cluster.namespace())
        } else {
            topics::GROUP_MATCH.to_owned()
        };
        let spec = ConsumerSpec {
            group: &group,
            topics: vec![topics::MATCH_LOG.to_owned()],
            read_committed: true,
            session_timeout: settings.matching.session_timeout(),
        };
        let seat = Arc::new(Seat::default());
        let sources = Sources {
            cluster,
            database: settings.database.url.clone(),
            handle,
            rows: settings.matching.rows_dir(),
            snapshots: snapshots(settings)?,
        };
        let leadership = Leadership::stand_by(
            sources,
            source.clone(),
            group.clone(),
            Arc::clone(&seat),
            health.clone(),
            stop,
        )?;
        let Some(leadership) = leadership else {
            return Ok(None);
        };
        Ok(Some(Self {
            consumer: source.consumer(&spec, leadership)?,
            seat,
            source,
            log: Partition::new(topics::MATCH_LOG, 0),
            batch_entries: settings.matching.batch_entries.max(1),
            pace: Pace::new(settings.matching.batch_age()),
            health,
        }))
    }

    fn run(mut self, stop: &Stop) -> Result<(), Fault> {
        let mut backoff = Backoff::default();
        while !stop.requested() {
            match self.turn(stop) {
                Ok(()) => backoff.reset(),
                Err(fault) if fault.remedy().heals() => {
                    tracing::warn!(remedy = fault.remedy().name(), "match is interrupted: {fault}");
                    self.health.not_ready("match", fault.to_string());
                    backoff.pause_blocking(stop);
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// Gathers what has arrived, applies it and commits it.
    fn turn(&mut self, stop: &Stop) -> Result<(), Fault> {
        let Some(first) = self.consumer.poll(Duration::from_millis(50))? else {
            // What it had gathered when the partition was taken from it, and given back.
            return match self.seat.take() {
                Some(leader) if leader.gathered() > 0 => self.settle(leader),
                Some(leader) => {
                    self.seat.put_back(leader);
                    Ok(())
                }
                None => Ok(()),
            };
        };
        match self.gather(first, stop)? {
            Some(leader) => self.settle(leader),
            None => Ok(()),
        }
    }

    fn settle(&mut self, mut leader: Leader) -> Result<(), Fault> {
        self.pace.took(leader.gathered());
        match leader.commit(&self.consumer, &self.log, &self.seat) {
            Ok(()) => {
                self.health.ready("match");
                self.seat.put_back(leader);
                Ok(())
            }
            Err(fault) => self.given_up(&leader, fault),
        }
    }

    fn given_up(&self, leader: &Leader, fault: Fault) -> Result<(), Fault> {
        if self.seat.is_lost(leader) {
            // The next leader restores, and this state is forgotten.
            tracing::info!("leadership went to another instance: {fault}");
            return Ok(());
        }
        // Whatever its remedy, memory is ahead of what is committed.
        Err(Fault::fatal(fault.to_string()))
    }

    /// Applies records until there are enough. The leader sits while it waits for more: when the partition is taken
    /// meanwhile, what is gathered goes with it. None when nobody sits here any more.
    fn gather(&self, first: Record, stop: &Stop) -> Result<Option<Leader>, Fault> {
        let started = Instant::now();
        let mut next = Some(first);
        loop {
            let Some(mut leader) = self.seat.take() else {
                return Ok(None);
            };
            let Some(record) = next else {
                return Ok(Some(leader));
            };
            if let Err(fault) = self.apply(&mut leader, &record, stop) {
                return self.given_up(&leader, fault).map(|()| None);
            }
            let (gathered, waited) = (leader.gathered(), started.elapsed());
            if gathered >= self.batch_entries || waited >= self.pace.longest() || stop.requested() {
                return Ok(Some(leader));
            }
            self.seat.put_back(leader);
            next = self.consumer.poll(self.pace.patience(gathered, waited))?;
        }
    }

    fn apply(&self, leader: &mut Leader, record: &Record, stop: &Stop) -> Result<(), Fault> {
        while let Some(ahead) = leader.apply(record)? {
            let resolve::Position {
                topic,
                partition,
                next,
                claimed,
            } = &ahead;
            let text = format!(
                "{topic}[{partition}] is waited for at offset {next}, but its worker vouches only for {claimed} and later: \
                 if those records are gone, `intakectl control skip {topic} -p {partition} --from {next} --to {claimed} --reason …` goes on"
            );
            match Controls::read(&self.source)?.skip_from(topic, *partition, *next) {
                Some(to) => leader.skip(topic, *partition, to),
                None if stop.requested() || self.seat.is_lost(leader) => return Err(Fault::transient(text)),
                None => {
                    tracing::error!(remedy = Remedy::Fatal.name(), "{text}");
                    self.health.not_ready("match", text);
                    // Serves rebalances and heartbeats without taking anything.
                    self.consumer.pause(std::slice::from_ref(&self.log))?;
                    Backoff::default().pause_blocking(stop);
                    self.consumer.poll(Duration::from_millis(900))?;
                    self.consumer.resume(std::slice::from_ref(&self.log))?;
                }
            }
        }
        Ok(())
    }
}
