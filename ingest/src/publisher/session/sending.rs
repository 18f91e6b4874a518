//! What is sent: events in their order, and manifests between them.

use super::super::manifest;
use super::{Ended, MANIFEST, Session};
use crate::spool::SpoolFault;
use metrics::counter;
use runtime::Remedy;
use runtime::trace::{self, Place, Work};
use schemas::codec::Event as _;
use schemas::{IntakeEvent, topics};
use std::time::Instant;

/// Bytes that may be on their way to the broker at once.
const BYTES_IN_FLIGHT: usize = 8 << 20;
/// Bytes read from the spool at once.
const READ_BYTES: usize = 512 << 10;

impl Session<'_> {
    pub(super) fn send_pending(&mut self) -> Result<Option<Ended>, SpoolFault> {
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

    pub(super) fn send_manifest_if_due(&mut self) -> Result<(), SpoolFault> {
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
