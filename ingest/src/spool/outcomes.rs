//! What the centre has said about this node's events.

use super::{Spool, SpoolFault, hold};
use schemas::Epoch;
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// How far the outcomes are read, and what they sum up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// The next offset to read.
    pub next_offset: i64,
    /// Events by what became of them.
    pub counts: OutcomeCounts,
    /// Set when the centre has events of the current series that this spool has not.
    pub ahead: Option<Ahead>,
}

/// Events by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCounts {
    /// Took effect.
    pub loaded: i64,
    /// Refused, with reasons.
    pub rejected: i64,
    /// Waits for a correction or a decision.
    pub held: i64,
    /// Another event stood in this one's place at the centre.
    pub conflict: i64,
}

/// Events of the current series that the centre has and this spool has not: it was restored from an
/// older image, or two devices use one node id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// The series.
    pub epoch: Epoch,
    /// Lowest sequence of them.
    pub lowest: i64,
    /// Highest sequence of them.
    pub highest: i64,
}

/// What a batch of notices did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Outcomes that are new or newer.
    pub stored: usize,
    /// Notices about events this spool does not know.
    pub unknown: usize,
}

impl OutcomeCounts {
    /// Events that have an outcome.
    pub const fn total(&self) -> i64 {
        self.loaded + self.rejected + self.held + self.conflict
    }

    fn of(&mut self, kind: OutcomeKind) -> Option<&mut i64> {
        match kind {
            OutcomeKind::Loaded => Some(&mut self.loaded),
            OutcomeKind::Rejected => Some(&mut self.rejected),
            OutcomeKind::Held => Some(&mut self.held),
            OutcomeKind::Conflict => Some(&mut self.conflict),
            // A copy changed nothing: the first outcome stands. The others are about no event of a node.
            OutcomeKind::Copy | OutcomeKind::Undecodable | OutcomeKind::Recorded => None,
        }
    }
}

impl Spool {
    /// Keeps the notices about this node's events, the higher `sequence` for each, and moves the
    /// position, in one batch.
    ///
    /// # Errors
    /// What the disk says.
    pub fn settle(&self, notices: Vec<OutcomeNotice>, next_offset: i64) -> Result<Settled, SpoolFault> {
        let store = self.store()?;
        let epoch = self.head().epoch;
        let mut outcomes = hold(&self.outcomes);
        let (mut batch, mut next, mut settled) = (store.quick_batch(), outcomes.clone(), Settled::default());
        let mut latest: HashMap<Uuid, Option<OutcomeNotice>> = HashMap::new();
        for notice in notices
            .into_iter()
            .filter(|notice| notice.node_id == self.node_id)
        {
            if !store.event_ids.contains_key(notice.event_id.as_bytes())? {
                settled.unknown += 1;
                if notice.epoch == epoch {
                    next.note_ahead(epoch, notice.node_sequence);
                }
                continue;
            }
            if next.counts.of(notice.outcome).is_none() {
                continue;
            }
            let known = match latest.get(&notice.event_id) {
                Some(known) => known.clone(),
                None => store.outcome(notice.event_id)?,
            };
            // A conflict is about a place in a series; the event itself may have been taken at another.
            let is_conflict = notice.outcome == OutcomeKind::Conflict;
            let is_older = |known: &OutcomeNotice| known.sequence >= notice.sequence || is_conflict;
            if known.as_ref().is_some_and(is_older) {
                continue;
            }
            if let Some(count) = known.and_then(|known| next.counts.of(known.outcome)) {
                *count -= 1;
            }
            if let Some(count) = next.counts.of(notice.outcome) {
                *count += 1;
            }
            settled.stored += 1;
            latest.insert(notice.event_id, Some(notice));
        }
        for notice in latest.into_values().flatten() {
            batch.insert(&store.outcomes, notice.event_id.as_bytes(), notice.encode()?);
        }
        next.next_offset = next_offset;
        store.put_outcomes(&mut batch, &next)?;
        self.commit(batch)?;
        *outcomes = next;
        Ok(settled)
    }

    /// The outcome of an event, once the centre has said it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn outcome_of_event(&self, event_id: Uuid) -> Result<Option<OutcomeNotice>, SpoolFault> {
        self.store()?.outcome(event_id)
    }

    /// Set while the centre has events of the current series that this spool has not.
    pub fn ahead(&self) -> Option<Ahead> {
        let epoch = self.head().epoch;
        hold(&self.outcomes).ahead.filter(|ahead| ahead.epoch == epoch)
    }
}

impl Outcomes {
    fn note_ahead(&mut self, epoch: Epoch, sequence: i64) {
        let known = self.ahead.filter(|ahead| ahead.epoch == epoch);
        self.ahead = Some(known.map_or(
            Ahead {
                epoch,
                lowest: sequence,
                highest: sequence,
            },
            |ahead| Ahead {
                epoch,
                lowest: ahead.lowest.min(sequence),
                highest: ahead.highest.max(sequence),
            },
        ));
    }
}
