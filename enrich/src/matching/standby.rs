//! A state that is kept current while another instance leads.

use super::restore::{Following, Sources};
use runtime::health::Health;
use runtime::retry::Backoff;
use runtime::{Fault, Stop};
use std::thread::JoinHandle;

/// Follows what the leader has committed, on a thread of its own.
pub struct Standby {
    stop: Stop,
    dismissed: Stop,
    thread: JoinHandle<Option<Following>>,
}

impl Standby {
    /// Begins with a snapshot or the register, and begins anew when it can't go on.
    ///
    /// # Errors
    /// Fatal when there is no thread to be had.
    pub fn start(sources: Sources, health: Health) -> Result<Self, Fault> {
        let (stop, dismissed) = (Stop::manual(), Stop::manual());
        let (stopped, unwanted) = (stop.clone(), dismissed.clone());
        health.not_ready("match", "standby: restoring the state");
        let thread = std::thread::Builder::new().name("standby".to_owned());
        let thread = thread
            .spawn(move || follow(&sources, &health, &stopped, &unwanted))
            .map_err(|fault| Fault::fatal(format!("can't start a thread: {fault}")))?;
        Ok(Self {
            stop,
            dismissed,
            thread,
        })
    }

    /// Ends following. Waits until a state that is being read has been read; none when that failed.
    pub fn hand_over(self) -> Option<Following> {
        self.stop.request();
        self.thread.join().ok().flatten()
    }

    /// Ends following and forgets the state, the rows on disk included.
    pub fn dismiss(self) {
        self.dismissed.request();
        self.stop.request();
        drop(self.thread.join());
    }
}

fn follow(sources: &Sources, health: &Health, stop: &Stop, dismissed: &Stop) -> Option<Following> {
    let mut backoff = Backoff::default();
    while !stop.requested() {
        let base = sources.base(dismissed);
        let fault = match base {
            Ok(mut following) => {
                match following.follow(&sources.cluster, stop, |behind| tell(health, behind)) {
                    Ok(()) => return Some(following),
                    Err(fault) => fault,
                }
            }
            Err(fault) => fault,
        };
        tracing::warn!(remedy = fault.remedy().name(), "the standby begins anew: {fault}");
        health.not_ready("match", format!("standby: {fault}"));
        backoff.pause_blocking(stop);
    }
    None
}

fn tell(health: &Health, behind: i64) {
    metrics::gauge!("intake_match_standby_lag_records").set(behind as f64);
    health.not_ready(
        "match",
        format!("standby: another instance leads, {behind} records of its changes are still to be read"),
    );
}
