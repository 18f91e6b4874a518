//! One producer's life: from the first unacknowledged event until it stops or fails.

mod deliveries;
mod sending;

use super::manifest::Schedule;
use super::window::Window;
use super::{Publisher, centre};
use crate::spool::SpoolFault;
use metrics::counter;
use runtime::kafka::Producer;
use runtime::trace::Work;
use runtime::{Fault, Stop, clock};
use schemas::topics;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Between two records of how far the broker is.
const MARK_EVERY: Duration = Duration::from_millis(50);
/// How long a stop, or a node that is refused, waits for its manifest.
const LAST_MANIFEST: Duration = Duration::from_secs(2);
/// The token of a manifest; no sequence is that high.
const MANIFEST: u64 = u64::MAX;

/// Why a session ended.
pub enum Ended {
    /// A stop was asked for.
    Stopped,
    /// A fresh producer is needed: where it goes on, and whether it waits before.
    Again {
        /// From the first unacknowledged event.
        window: Window,
        /// Whether trying at once would be no use.
        pause: bool,
    },
}

/// One producer at work.
pub struct Session<'a> {
    node: &'a Publisher,
    producer: Producer,
    window: Window,
    /// Traced events on their way, by sequence.
    works: BTreeMap<i64, Work>,
    schedule: &'a mut Schedule,
    topic: String,
    marked: (i64, Instant),
    last_answer: Instant,
}

impl<'a> Session<'a> {
    /// A fresh producer that goes on where `window` stands.
    ///
    /// # Errors
    /// When no producer can be made.
    pub fn open(node: &'a Publisher, window: Window, schedule: &'a mut Schedule) -> Result<Self, Fault> {
        Ok(Self {
            node,
            producer: node.cluster.producer()?,
            topic: topics::applications(&node.province),
            marked: (window.complete().0, Instant::now()),
            window,
            works: BTreeMap::new(),
            schedule,
            last_answer: Instant::now(),
        })
    }

    /// Publishes until something ends it.
    ///
    /// # Errors
    /// What is wrong with the spool.
    pub fn run(mut self, stop: &Stop) -> Result<Ended, SpoolFault> {
        let mut stopping: Option<Instant> = None;
        // A refused event ends this producer, and a manifest on its way with it: so the manifest goes first.
        if self.node.link.is_refused() {
            self.send_manifest_if_due()?;
            if let Err(late) = self.producer.flush(LAST_MANIFEST) {
                tracing::debug!("no manifest before the events: {late}");
            }
        }
        loop {
            if centre::renew_if_ahead(&self.node.spool)? {
                return Ok(Ended::Again {
                    window: self.node.window(),
                    pause: false,
                });
            }
            if let Some(ended) = self.send_pending()? {
                return Ok(ended);
            }
            if let Some(ended) = self.take_deliveries()? {
                return Ok(ended);
            }
            self.send_manifest_if_due()?;
            if stop.requested() {
                let since = *stopping.get_or_insert_with(Instant::now);
                if self.is_drained()
                    || since.elapsed() >= self.node.settings.grace
                    || !self.node.link.is_online()
                {
                    return self.finish();
                }
            }
        }
    }

    fn is_drained(&self) -> bool {
        self.window.is_empty() && self.window.next() > self.node.spool.head().captured
    }

    /// Records how far the broker is; with `calm`, not more often than need be.
    fn mark(&mut self, calm: bool) -> Result<(), SpoolFault> {
        let (sequence, position) = self.window.complete();
        let (marked, at) = self.marked;
        let due = !calm || self.window.is_empty() || at.elapsed() >= MARK_EVERY;
        if let Some(position) = position.filter(|_| sequence > marked && due) {
            self.node.spool.mark_published(sequence, position, clock::now())?;
            self.marked = (sequence, Instant::now());
        }
        Ok(())
    }

    fn withhold(&self, sequence: i64) -> Result<(), SpoolFault> {
        counter!("intake_node_withheld_total").increment(1);
        tracing::error!(
            "the broker refuses event {sequence} for its size: a note of it is published in its place, and the event \
             is kept in the spool. Raise max.message.bytes of {} and submit it again under a higher revision",
            self.topic
        );
        self.node.spool.withhold(sequence, "message-too-large")
    }

    fn again(&self, alone_until: i64, pause: bool) -> Ended {
        Ended::Again {
            window: self.window.again(alone_until),
            pause,
        }
    }

    /// The last mark and the last manifest.
    fn finish(mut self) -> Result<Ended, SpoolFault> {
        self.mark(false)?;
        if self.node.link.is_online() {
            self.schedule.due_now();
            self.send_manifest_if_due()?;
            if let Err(late) = self.producer.flush(LAST_MANIFEST) {
                tracing::warn!(
                    "stopped before everything was acknowledged; it is sent again at the next start: {late}"
                );
            }
        }
        Ok(Ended::Stopped)
    }
}
