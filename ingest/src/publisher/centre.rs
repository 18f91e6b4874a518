//! What the centre says of this node's events: read once to its end before anything is published,
//! then followed.

use super::link::Link;
use crate::spool::{Spool, SpoolFault};
use runtime::kafka::{Cluster, Partition, Record};
use runtime::retry::Backoff;
use runtime::{Fault, Stop, trace};
use schemas::codec::Event;
use schemas::outcome::OutcomeNotice;
use schemas::topics;
use std::time::Duration;

/// Notices kept with one write.
const AT_ONCE: usize = 500;
/// Records of other nodes after which the position is kept although nothing of ours came.
const KEEP_POSITION_AFTER: i64 = 2_000;
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);

/// Reads this node's outcomes from where it stopped to the end as it is now, then begins a fresh
/// series if the centre knows more of the current one than the spool: it was restored from an old
/// copy, and going on would give two events one place.
///
/// # Errors
/// Transient when the cluster doesn't answer; nothing may be published then.
pub fn agree(cluster: &Cluster, spool: &Spool, province: &str) -> Result<(), Fault> {
    let partition = Partition::new(topics::outcomes(province), 0);
    let (start, end) = span(cluster, spool, &partition)?;
    let mut inbox = Inbox::of(spool, start);
    if start < end {
        let reader = cluster.reader(&[(partition.clone(), start)])?;
        reader.read_to_end(&[(partition, end)], PATIENCE, |record| inbox.take(&record))?;
    }
    inbox.keep()?;
    renew_if_ahead(spool)?;
    Ok(())
}

/// Begins a fresh series if the centre is ahead of this spool. True when it did.
///
/// # Errors
/// What the disk says.
pub fn renew_if_ahead(spool: &Spool) -> Result<bool, SpoolFault> {
    let Some(ahead) = spool.ahead() else {
        return Ok(false);
    };
    let epoch = spool.begin_epoch(ahead)?;
    metrics::counter!("intake_node_epochs_renewed_total").increment(1);
    tracing::error!(
        "the centre has events up to sequence {} of epoch {} that this spool does not have: it was restored from an \
         older copy, or another device uses this node id. What the centre lacks goes on in the fresh epoch {epoch}. \
         Make sure that no other device runs as {}",
        ahead.highest,
        ahead.epoch,
        spool.node_id()
    );
    Ok(true)
}

/// Follows the outcomes until a stop is asked for. Blocking: its own thread.
pub fn follow(cluster: &Cluster, spool: &Spool, province: &str, link: &Link, stop: &Stop) {
    let partition = Partition::new(topics::outcomes(province), 0);
    let mut backoff = Backoff::default();
    while !stop.requested() {
        let ended = follow_once(cluster, spool, &partition, link, stop, &mut backoff);
        if let Err(fault) = ended {
            metrics::counter!("intake_node_outcome_faults_total", "remedy" => fault.remedy().name())
                .increment(1);
            tracing::debug!("outcomes are not followed: {fault}");
            backoff.pause_blocking(stop);
        }
    }
}

fn follow_once(
    cluster: &Cluster,
    spool: &Spool,
    partition: &Partition,
    link: &Link,
    stop: &Stop,
    backoff: &mut Backoff,
) -> Result<(), Fault> {
    let (start, _) = span(cluster, spool, partition)?;
    link.online();
    let reader = cluster.reader(&[(partition.clone(), start)])?;
    let mut inbox = Inbox::of(spool, start);
    while !stop.requested() {
        match reader.poll(POLL)? {
            Some(record) => {
                backoff.reset();
                inbox.take(&record)?;
            }
            None if inbox.is_due() => inbox.keep()?,
            None => {}
        }
    }
    inbox.keep()
}

/// Where to read from and where the topic ends now.
fn span(cluster: &Cluster, spool: &Spool, partition: &Partition) -> Result<(i64, i64), Fault> {
    let boundaries = cluster.offsets()?.boundaries(std::slice::from_ref(partition))?;
    let Some(bounds) = boundaries.first() else {
        return Err(Fault::transient(format!("nothing is known of {partition}")));
    };
    let kept = spool.outcomes().next_offset;
    let start = if kept > bounds.end {
        bounds.earliest
    } else {
        kept.max(bounds.earliest)
    };
    if start != kept && kept != 0 {
        tracing::error!(
            "{partition} no longer has offset {kept}: outcomes in between are unknown here, reading from {start}"
        );
    }
    Ok((start, bounds.stable.max(start)))
}

/// Gathers this node's notices and keeps them with few writes.
struct Inbox<'a> {
    spool: &'a Spool,
    notices: Vec<OutcomeNotice>,
    next_offset: i64,
    kept_offset: i64,
}

impl<'a> Inbox<'a> {
    const fn of(spool: &'a Spool, start: i64) -> Self {
        Self {
            spool,
            notices: Vec::new(),
            next_offset: start,
            kept_offset: start,
        }
    }

    fn take(&mut self, record: &Record) -> Result<(), Fault> {
        self.next_offset = record.offset + 1;
        if record.key.as_deref() == Some(self.spool.node_id().as_str().as_bytes()) {
            match OutcomeNotice::decode(&record.value) {
                Ok(notice) => {
                    if let Some(parent) = record.trace {
                        let at = trace::At {
                            topic: &record.partition.topic,
                            partition: record.partition.number,
                            offset: record.offset,
                        };
                        trace::done("outcome", parent, Some(at), Duration::ZERO);
                    }
                    self.notices.push(notice);
                }
                Err(fault) => {
                    metrics::counter!("intake_node_outcomes_unreadable_total").increment(1);
                    tracing::error!("the outcome at {}@{}: {fault}", record.partition, record.offset);
                }
            }
        }
        if self.notices.len() >= AT_ONCE || self.next_offset - self.kept_offset >= KEEP_POSITION_AFTER {
            self.keep()?;
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        !self.notices.is_empty()
    }

    fn keep(&mut self) -> Result<(), Fault> {
        if self.notices.is_empty() && self.next_offset == self.kept_offset {
            return Ok(());
        }
        let settled = self
            .spool
            .settle(std::mem::take(&mut self.notices), self.next_offset)?;
        self.kept_offset = self.next_offset;
        if settled.unknown > 0 {
            metrics::counter!("intake_node_outcomes_unknown_total").increment(settled.unknown as u64);
            tracing::warn!(
                "{} outcomes are about events this spool does not have",
                settled.unknown
            );
        }
        Ok(())
    }
}
