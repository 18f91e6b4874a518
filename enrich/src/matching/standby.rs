//! A state that is kept current while another instance leads.

use super::following::{Behind, Following};
use super::leader::Leader;
use super::restore::Sources;
use runtime::health::Health;
use runtime::retry::Backoff;
use runtime::{Fault, Stop};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Records that a state may lie behind and be called current: less than a second's reading.
const CURRENT: i64 = 10_000;
/// How long a leader whose partition was taken waits to get it back, before it follows whoever got it.
const HOPE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(20);

/// Follows what the leader has committed, on a thread of its own.
pub struct Standby {
    stop: Stop,
    dismissed: Stop,
    current: Arc<AtomicBool>,
    thread: JoinHandle<Result<Option<Followed>, Fault>>,
}

/// What somebody who stands by has.
pub enum Followed {
    /// A state that follows what is committed.
    State(Following),
    /// What it led with until a moment ago.
    Leader(Leader),
}

impl Standby {
    /// Goes on from what there is, or else begins with a snapshot or the register. Goes on after what heals, and begins
    /// anew after anything else.
    ///
    /// # Errors
    /// Fatal when there is no thread to be had.
    pub fn start(sources: Sources, from: Option<Followed>, health: Health) -> Result<Self, Fault> {
        let (stop, dismissed, current) = (Stop::manual(), Stop::manual(), Arc::<AtomicBool>::default());
        health.not_ready("match", "standby: restoring the state");
        let waiting = Waiting {
            sources,
            health,
            stop: stop.clone(),
            dismissed: dismissed.clone(),
            current: Arc::clone(&current),
        };
        let thread = std::thread::Builder::new().name("standby".to_owned());
        let thread = thread
            .spawn(move || waiting.run(from))
            .map_err(|fault| Fault::fatal(format!("can't start a thread: {fault}")))?;
        Ok(Self {
            stop,
            dismissed,
            current,
            thread,
        })
    }

    /// Waits until the state is current, and merged but for what has just come. False when it never will be, or a
    /// stop is asked for.
    pub fn is_current(&self, stop: &Stop) -> bool {
        while !self.current.load(Ordering::SeqCst) {
            if stop.requested() {
                self.dismissed.request();
                return false;
            }
            if self.thread.is_finished() {
                return false;
            }
            std::thread::sleep(STEP);
        }
        true
    }

    /// Ends following. Waits until a state that is being read has been read; none when that failed.
    ///
    /// # Errors
    /// Fatal when the state can't be restored.
    pub fn hand_over(self) -> Result<Option<Followed>, Fault> {
        self.stop.request();
        self.thread
            .join()
            .unwrap_or_else(|_| Err(Fault::fatal("the standby panicked: see the log")))
    }

    /// Ends following and forgets the state, the rows on disk included.
    pub fn dismiss(self) {
        self.dismissed.request();
        self.stop.request();
        drop(self.thread.join());
    }
}

/// The standby's own thread.
struct Waiting {
    sources: Sources,
    health: Health,
    stop: Stop,
    dismissed: Stop,
    current: Arc<AtomicBool>,
}

impl Waiting {
    fn run(&self, from: Option<Followed>) -> Result<Option<Followed>, Fault> {
        let mut from = match from {
            Some(Followed::Leader(leader)) => match self.hope(leader) {
                Some(leader) => return Ok(Some(Followed::Leader(leader))),
                None => None,
            },
            Some(Followed::State(following)) => Some(following),
            None => None,
        };
        let mut backoff = Backoff::default();
        while !self.stop.requested() {
            let restored = from.is_none();
            let base = from.take().map_or_else(|| self.sources.base(&self.dismissed), Ok);
            let fault = match base {
                Ok(mut following) => match self.follow(&mut following) {
                    Ok(()) => return Ok(Some(Followed::State(following))),
                    Err(fault) => {
                        // It goes on from where it stands: to read it all again would take longer than most troubles.
                        from = Some(following).filter(|_| fault.remedy().heals());
                        fault
                    }
                },
                Err(fault) => fault,
            };
            if self.dismissed.requested() {
                break;
            }
            // What was followed may be gone where what is restored is not.
            if restored && !fault.remedy().heals() {
                return Err(fault);
            }
            let then = if from.is_some() { "goes on" } else { "begins anew" };
            tracing::warn!(remedy = fault.remedy().name(), "the standby {then}: {fault}");
            self.health.not_ready("match", format!("standby: {fault}"));
            backoff.pause_blocking(&self.stop);
        }
        Ok(from.map(Followed::State))
    }

    /// The leader, if it is asked for soon.
    fn hope(&self, leader: Leader) -> Option<Leader> {
        self.health
            .not_ready("match", "standby: a leader is being chosen");
        let until = Instant::now() + HOPE;
        while Instant::now() < until {
            if self.stop.requested() {
                return Some(leader).filter(|_| !self.dismissed.requested());
            }
            std::thread::sleep(STEP);
        }
        None
    }

    fn follow(&self, following: &mut Following) -> Result<(), Fault> {
        let told = |Behind { records, is_merged }| {
            if is_merged && records <= CURRENT {
                self.current.store(true, Ordering::SeqCst);
            }
            metrics::gauge!("intake_match_standby_lag_records").set(records as f64);
            let text = format!("standby: {records} records of the leader's changes are still to be read");
            self.health.not_ready("match", text);
        };
        following.follow(&self.sources.cluster, &self.stop, told)
    }
}
