//! What the broker said of what was sent.

use super::{Ended, MANIFEST, Session};
use crate::spool::SpoolFault;
use metrics::counter;
use runtime::kafka::{Delivery, DeliveryFault};
use runtime::trace::Work;
use std::time::{Duration, Instant};

/// How long a poll waits; also how soon a new event is seen.
const POLL: Duration = Duration::from_millis(10);
/// The same when nothing is pending: what is accepted meanwhile waits no longer than this.
const IDLE_POLL: Duration = Duration::from_millis(100);
/// Without an acknowledgement for this long while some are due, the broker counts as unreachable.
const SILENCE: Duration = Duration::from_secs(10);

impl Session<'_> {
    pub(super) fn take_deliveries(&mut self) -> Result<Option<Ended>, SpoolFault> {
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
}
