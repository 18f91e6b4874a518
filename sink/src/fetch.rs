//! The thread that polls Kafka: reads records and hands each to the lane of its partition.

use crate::arrival::Arrival;
use crate::measure;
use crate::ownership::{Member, Ownership};
use runtime::health::Health;
use runtime::kafka::{Consumer, Partition, Record};
use runtime::retry::Backoff;
use runtime::{Fault, Stop};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, error::TrySendError};

/// Records that travel to a lane together.
pub(crate) const CHUNK_RECORDS: usize = 256;
const CHUNK_BYTES: usize = 1 << 20;
/// The longest a record waits for company on its way to a lane.
const CHUNK_AGE: Duration = Duration::from_millis(5);
/// How long the thread waits for a full lane before it pauses that lane's partitions: well below the
/// group's patience, and long enough that a lane that is merely busy never has its fetching undone.
const LANE_PATIENCE: Duration = Duration::from_secs(2);
/// How often the group hears what is loaded; normalise's admission looks at it.
const TELL_GROUP: Duration = Duration::from_millis(50);
const IDLE: Duration = Duration::from_millis(20);

/// The way into one lane.
pub(crate) struct Outlet {
    inbox: Sender<Vec<Arrival>>,
    chunk: Vec<Arrival>,
    bytes: usize,
    since: Instant,
    /// Each with its tenure: one that was lost and came back is not paused any more.
    paused: Vec<(Partition, u64)>,
}

impl Outlet {
    pub(crate) fn new(inbox: Sender<Vec<Arrival>>) -> Self {
        Self {
            inbox,
            chunk: Vec::new(),
            bytes: 0,
            since: Instant::now(),
            paused: Vec::new(),
        }
    }

    fn is_due(&self) -> bool {
        let full = self.chunk.len() >= CHUNK_RECORDS || self.bytes >= CHUNK_BYTES;
        full || (!self.chunk.is_empty() && self.since.elapsed() >= CHUNK_AGE)
    }
}

pub(crate) struct Fetch {
    pub consumer: Consumer<Member>,
    pub ownership: Arc<Ownership>,
    pub outlets: Vec<Outlet>,
    pub handle: Handle,
    pub health: Health,
    pub stop: Stop,
}

/// The lane of a partition. Topics are shifted against each other, so that those of one partition
/// don't all meet in one lane.
fn lane_of(partition: &Partition, lanes: usize) -> usize {
    let shift: usize = partition.topic.bytes().map(usize::from).sum();
    (shift + partition.number.unsigned_abs() as usize) % lanes
}

impl Fetch {
    /// Fetches until a stop is asked for; then returns the consumer, for the group's last word.
    /// What was handed over and isn't loaded then is read again by whoever comes next.
    pub(crate) fn run(mut self) -> Result<Consumer<Member>, Fault> {
        let (mut told, mut reading, mut backoff) = (Instant::now(), false, Backoff::default());
        while !self.stop.requested() {
            let waiting = self.outlets.iter().any(|outlet| !outlet.chunk.is_empty());
            let polled = self.consumer.poll(if waiting { Duration::ZERO } else { IDLE });
            if polled.is_ok() != reading {
                reading = polled.is_ok();
                backoff.reset();
                self.tell_health(polled.as_ref().err());
            }
            match polled {
                Ok(Some(record)) => self.take(record),
                Ok(None) => self.hand_over(|outlet| !outlet.chunk.is_empty())?,
                Err(fault) if fault.remedy().heals() => {
                    measure::fetch_failed(&fault);
                    backoff.pause_blocking(&self.stop);
                }
                Err(fault) => return Err(fault),
            }
            self.hand_over(Outlet::is_due)?;
            if told.elapsed() >= TELL_GROUP {
                told = Instant::now();
                self.tell_group();
            }
        }
        Ok(self.consumer)
    }

    fn take(&mut self, record: Record) {
        // Fetched before its partition was lost, and polled after.
        let Some(tenure) = self.ownership.take(&record) else {
            return;
        };
        let lanes = self.outlets.len();
        let outlet = &mut self.outlets[lane_of(&record.partition, lanes)];
        if outlet.chunk.is_empty() {
            outlet.since = Instant::now();
        }
        let arrival = Arrival::of(record, tenure.number);
        outlet.bytes += arrival.bytes();
        outlet.chunk.push(arrival);
    }

    fn hand_over(&mut self, which: impl Fn(&Outlet) -> bool) -> Result<(), Fault> {
        for lane in 0..self.outlets.len() {
            if which(&self.outlets[lane]) {
                self.hand_to(lane)?;
            }
        }
        Ok(())
    }

    fn hand_to(&mut self, lane: usize) -> Result<(), Fault> {
        let outlet = &mut self.outlets[lane];
        let chunk = std::mem::take(&mut outlet.chunk);
        let full = match outlet.inbox.try_send(chunk) {
            Ok(()) => None,
            Err(TrySendError::Full(chunk)) if outlet.paused.is_empty() => {
                let patient = tokio::time::timeout(LANE_PATIENCE, outlet.inbox.reserve());
                match self.handle.block_on(patient) {
                    Ok(Ok(place)) => {
                        place.send(chunk);
                        None
                    }
                    Ok(Err(_)) => return Err(lane_ended()),
                    Err(_) => Some(chunk),
                }
            }
            Err(TrySendError::Full(chunk)) => Some(chunk),
            Err(TrySendError::Closed(_)) => return Err(lane_ended()),
        };
        match full {
            Some(chunk) => {
                outlet.chunk = chunk;
                self.pause(lane)
            }
            None => {
                outlet.bytes = 0;
                self.resume(lane)
            }
        }
    }

    /// Stops fetching for a lane that takes nothing, and goes on polling, so that the group keeps us.
    fn pause(&mut self, lane: usize) -> Result<(), Fault> {
        let lanes = self.outlets.len();
        let owned = self.consumer.owned().into_iter();
        let mine: Vec<(Partition, u64)> = owned
            .filter(|partition| lane_of(partition, lanes) == lane)
            .filter_map(|partition| Some((partition.clone(), self.ownership.tenure(&partition)?.number)))
            .collect();
        // Also when the group gave us others meanwhile: those would fill the chunk that waits.
        if mine != self.outlets[lane].paused {
            let partitions: Vec<Partition> = mine.iter().map(|(partition, _)| partition.clone()).collect();
            self.consumer.pause(&partitions)?;
            tracing::warn!(lane, "lane {lane} takes nothing: its partitions are paused");
            self.outlets[lane].paused = mine;
        }
        std::thread::sleep(IDLE); // the chunk that waits makes every poll return at once
        Ok(())
    }

    fn resume(&mut self, lane: usize) -> Result<(), Fault> {
        let paused = std::mem::take(&mut self.outlets[lane].paused);
        let ours: Vec<Partition> = paused
            .into_iter()
            .filter(|(partition, number)| {
                self.ownership
                    .tenure(partition)
                    .is_some_and(|t| t.number == *number)
            })
            .map(|(partition, _)| partition)
            .collect();
        if !ours.is_empty() {
            self.consumer.resume(&ours)?;
            tracing::info!(lane, "lane {lane} goes on");
        }
        Ok(())
    }

    fn tell_health(&self, fault: Option<&Fault>) {
        match fault {
            None => self.health.ready("kafka"),
            Some(fault) => self.health.not_ready("kafka", fault.to_string()),
        }
    }

    fn tell_group(&self) {
        let read_up_to = self.consumer.positions().unwrap_or_default();
        if let Err(fault) = self.consumer.commit(&self.ownership.untold(read_up_to)) {
            tracing::debug!("the group was not told: {fault}");
        }
    }
}

fn lane_ended() -> Fault {
    Fault::transient("a lane ended, and its records with it")
}
