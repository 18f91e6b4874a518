//! One producer's life: from the first unacknowledged event until it stops or fails.

use super::manifest::{self, Schedule};
use super::window::Window;
use super::{Publisher, centre};
use crate::spool::SpoolFault;
use metrics::counter;
use runtime::kafka::{Delivery, DeliveryFault, Producer};
use runtime::trace::{self, Place, Work};
use runtime::{Fault, Remedy, Stop, clock};
use schemas::codec::Event as _;
use schemas::{IntakeEvent, topics};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Bytes that may be on their way to the broker at once.
const BYTES_IN_FLIGHT: usize = 8 << 20;
/// Bytes read from the spool at once.
const READ_BYTES: usize = 512 << 10;
/// How long a poll waits; also how soon a new event is seen.
const POLL: Duration = Duration::from_millis(10);
/// The same when nothing is pending: what is accepted meanwhile waits no longer than this.
const IDLE_POLL: Duration = Duration::from_millis(100);
/// Without an acknowledgement for this long while some are due, the broker counts as unreachable.
const SILENCE: Duration = Duration::from_secs(10);
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

    fn send_pending(&mut self) -> Result<Option<Ended>, SpoolFault> {
        let room = self.window.room(self.node.settings.in_flight);
        let bytes = READ_BYTES.min(BYTES_IN_FLIGHT.saturating_sub(self.window.bytes()));
        if room == 0 || bytes == 0 || self.window.next() > self.node.spool.head().captured {
            return Ok(None);
        }
        if self.window.is_empty() {
            self.last_answer = Instant::now();
        }
        let key = self.node.spool.node_id().as_str().as_bytes();
        // One event at least, however little room is left.
        let bytes = if room == 1 { 1 } else { bytes };
        for event in self
            .node
            .spool
            .pending(self.window.next(), bytes)?
            .into_iter()
            .take(room)
        {
            let token = event.sequence.unsigned_abs();
            let (place, work) = traced(&event.bytes);
            match self
                .producer
                .send_traced(&self.topic, key, &event.bytes, place, token)
            {
                Ok(()) => {
                    self.window.sent(event.bytes.len());
                    self.works.extend(work.map(|work| (event.sequence, work)));
                }
                Err(fault) if fault.remedy() == Remedy::Data => {
                    self.withhold(event.sequence)?;
                    return Ok(Some(self.again(0, false)));
                }
                Err(fault) => {
                    self.node.link.offline(fault.to_string());
                    return Ok(Some(self.again(0, true)));
                }
            }
        }
        Ok(None)
    }

    fn take_deliveries(&mut self) -> Result<Option<Ended>, SpoolFault> {
        let mut failures: Vec<(i64, DeliveryFault)> = Vec::new();
        let patience = if self.is_drained() { IDLE_POLL } else { POLL };
        for Delivery { token, result } in self.producer.poll(patience) {
            match (token, result) {
                (MANIFEST, Ok(_)) if self.is_drained() => self.answered(),
                (MANIFEST, Ok(_)) => {
                    self.last_answer = Instant::now();
                    self.node.link.reached();
                }
                (MANIFEST, Err(why)) => {
                    counter!("intake_node_manifest_failures_total").increment(1);
                    tracing::warn!("a manifest was not delivered: {}", why.code);
                    self.schedule.failed();
                }
                (sequence, Ok(position)) => {
                    self.window.acknowledged(sequence as i64, position);
                    self.works
                        .remove(&(sequence as i64))
                        .into_iter()
                        .for_each(Work::end);
                    counter!("intake_node_published_total").increment(1);
                    self.answered();
                }
                (sequence, Err(why)) => failures.push((sequence as i64, why)),
            }
        }
        self.mark(failures.is_empty())?;
        if !self.window.is_empty() && self.last_answer.elapsed() > SILENCE {
            self.node
                .link
                .offline(format!("no acknowledgement for {} s", SILENCE.as_secs()));
        }
        match failures.as_slice() {
            [] => match self.producer.broken() {
                None => Ok(None),
                Some(fault) => {
                    self.node.link.refused(fault.to_string());
                    Ok(Some(self.again(0, true)))
                }
            },
            failures => self.failed(failures).map(Some),
        }
    }

    fn answered(&mut self) {
        self.last_answer = Instant::now();
        self.node.link.online();
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

    fn failed(&self, failures: &[(i64, DeliveryFault)]) -> Result<Ended, SpoolFault> {
        let too_large = failures
            .iter()
            .filter(|(_, why)| why.too_large)
            .map(|(sequence, _)| *sequence);
        if let Some(last) = too_large.max() {
            if self.window.was_alone(last) {
                self.withhold(last)?;
            }
            return Ok(self.again(last, false));
        }
        for (_, why) in failures.iter().take(1) {
            counter!("intake_node_publish_failures_total", "refused" => if why.refused { "yes" } else { "no" })
                .increment(1);
            if why.refused {
                self.node.link.refused(format!(
                    "{} ({}): ask the operator for the topic and the right to write to it",
                    self.topic, why.code
                ));
            } else {
                self.node
                    .link
                    .offline(format!("an event was not delivered ({})", why.code));
            }
        }
        Ok(self.again(0, true))
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

    fn send_manifest_if_due(&mut self) -> Result<(), SpoolFault> {
        let spool = &self.node.spool;
        let head = spool.head();
        let state = (
            head.epoch,
            head.captured,
            spool.published().sequence_in(head.generation()),
        );
        if !self.schedule.is_due(state) {
            return Ok(());
        }
        let manifest = manifest::encode(spool, &self.node.province, &self.node.key)?;
        let (topic, key) = (
            topics::nodes(&self.node.province),
            spool.node_id().as_str().as_bytes(),
        );
        match self.producer.send(&topic, key, &manifest, MANIFEST) {
            Ok(()) => counter!("intake_node_manifests_total").increment(1),
            Err(fault) => tracing::warn!("a manifest was not sent: {fault}"),
        }
        self.schedule.sent(state);
        Ok(())
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

/// The place of an event's publication in its trace, if it has one. Events are read only while some are traced.
fn traced(event: &[u8]) -> (Option<Place>, Option<Work>) {
    if !trace::is_sampling() {
        return (None, None);
    }
    let event_id = IntakeEvent::decode(event).map(|event| event.event_id).ok();
    let Some(accepted) = event_id.and_then(trace::sampled) else {
        return (None, None);
    };
    let work = trace::begin("publish", accepted, None);
    (Some(work.as_ref().map_or(accepted, Work::place)), work)
}
