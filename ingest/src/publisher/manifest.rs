//! The signed heartbeat: what this node claims to have captured and published.

use crate::key::NodeKey;
use crate::spool::{Spool, SpoolFault};
use runtime::clock;
use schemas::codec::Event;
use schemas::manifest::{NodeClaim, NodeManifest};
use std::time::{Duration, Instant};

/// Without any change and with nothing to publish, a sign of life.
const AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// Between two that follow a drain.
const AFTER_DRAIN: Duration = Duration::from_secs(1);

/// A node's manifest as it stands, with a fresh counter, encoded.
///
/// # Errors
/// What the disk says.
pub fn encode(spool: &Spool, province: &str, key: &NodeKey) -> Result<Vec<u8>, SpoolFault> {
    let now = clock::now();
    let (head, published) = (spool.head(), spool.published());
    let acknowledged = published.sequence_in(head.generation());
    let position = published.position.filter(|_| acknowledged > 0);
    let claim = NodeClaim {
        node_id: spool.node_id().clone(),
        province: province.to_owned(),
        counter: spool.next_manifest_counter(now)?,
        at: now,
        clock_offset_ms: None,
        epoch: head.epoch,
        captured: head.captured,
        published: acknowledged,
        head_hash: head.head_hash,
        published_partition: position.map(|(partition, _)| partition),
        published_offset: position.map(|(_, offset)| offset),
        spool_bytes: i64::try_from(spool.used_bytes()).unwrap_or(i64::MAX),
        software: concat!("intake-node ", env!("CARGO_PKG_VERSION")).to_owned(),
        closed_epochs: head.closed,
    }
    .encode()?;
    let signature = Some(key.sign(&claim).to_vec());
    Ok(NodeManifest { claim, signature }.encode()?)
}

/// Decides when the next manifest is due.
#[derive(Debug)]
pub struct Schedule {
    interval: Duration,
    last: Option<(Instant, State)>,
}

/// What a manifest is about, as far as it decides when to send one: captured and published.
pub type State = (schemas::Epoch, i64, i64);

impl Schedule {
    /// At the start, then every `interval` while something changes or waits: a node that holds events and is refused must not
    /// look like one that isn't there.
    pub const fn every(interval: Duration) -> Self {
        Self { interval, last: None }
    }

    /// Whether one is due in this state.
    pub fn is_due(&self, state: State) -> bool {
        let Some((at, last)) = self.last else { return true };
        let (_, captured, published) = state;
        let pause = if captured != published {
            self.interval
        } else if state == last {
            AT_LEAST_EVERY
        } else if last.1 != last.2 {
            AFTER_DRAIN.min(self.interval)
        } else {
            self.interval
        };
        at.elapsed() >= pause
    }

    /// One was handed over.
    pub fn sent(&mut self, state: State) {
        self.last = Some((Instant::now(), state));
    }

    /// One is due whatever was sent last.
    pub fn due_now(&mut self) {
        self.last = None;
    }

    /// The last one was not delivered: as if something had changed since.
    pub fn failed(&mut self) {
        self.last = self.last.map(|(at, (epoch, ..))| (at, (epoch, -1, -1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_holds_events_is_heard_of_though_nothing_changes() {
        let mut schedule = Schedule::every(Duration::ZERO);
        let epoch = clock::new_epoch();
        assert!(schedule.is_due((epoch, 9, 9)), "at the start");
        schedule.sent((epoch, 9, 9));
        assert!(
            !schedule.is_due((epoch, 9, 9)),
            "nothing changes and nothing waits"
        );
        schedule.sent((epoch, 9, 4));
        assert!(schedule.is_due((epoch, 9, 4)), "events wait");
    }
}
