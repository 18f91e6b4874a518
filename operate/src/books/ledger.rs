//! What the register holds of one node's series.

use super::numbers::Beside;
use super::sequences::Sequences;
use schemas::finding::OutcomeKind;
use schemas::{Epoch, NodeId, Timestamp};

/// What the register holds of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The node.
    pub node_id: NodeId,
    /// The series.
    pub epoch: Epoch,
    /// Step of match the counts stand at.
    pub sequence: i64,
    /// Sequences whose events are loaded.
    pub received: Sequences,
    /// Counts.
    pub loaded: i64,
    /// Counts.
    pub rejected: i64,
    /// Counts.
    pub held: i64,
    /// Refused by the database: not among the counts above.
    pub dead_lettered: i64,
    /// Counted beside.
    pub beside: Beside,
}

/// An event whose row the database refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEvent {
    /// The node.
    pub node_id: NodeId,
    /// The series.
    pub epoch: Epoch,
    /// Its place there.
    pub node_sequence: i64,
    /// Slug of the province whose topic it came through.
    pub province: String,
    /// When the broker appended it there.
    pub appended_at: Timestamp,
    /// The step of match.
    pub sequence: i64,
    /// What match had made of it.
    pub outcome: OutcomeKind,
}

impl Ledger {
    /// A series of which nothing is loaded.
    pub fn empty(node_id: NodeId, epoch: Epoch) -> Self {
        Self {
            node_id,
            epoch,
            sequence: 0,
            received: Sequences::default(),
            loaded: 0,
            rejected: 0,
            held: 0,
            dead_lettered: 0,
            beside: Beside::default(),
        }
    }

    /// Takes an event that the database refused into the books: received and dead-lettered, no longer
    /// what match had made of it. One that was loaded after all is left alone.
    pub fn bury(&mut self, dead: &DeadEvent) {
        if self.received.contains(dead.node_sequence) {
            return;
        }
        let counted = match dead.outcome {
            OutcomeKind::Loaded => &mut self.loaded,
            OutcomeKind::Rejected => &mut self.rejected,
            OutcomeKind::Held => &mut self.held,
            OutcomeKind::Copy | OutcomeKind::Conflict | OutcomeKind::Undecodable | OutcomeKind::Recorded => {
                return;
            }
        };
        if self.sequence >= dead.sequence {
            *counted -= 1;
        }
        self.received.insert(dead.node_sequence, dead.node_sequence);
        self.dead_lettered += 1;
    }
}
