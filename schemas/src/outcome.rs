//! `OutcomeNotice`: what became of an event, for its node.

use crate::finding::OutcomeKind;
use crate::{Epoch, Finding, NodeId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What became of an event: ids and reason codes, no personal values. Keyed by node, on the
/// node's own `intake.outcomes.<province>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeNotice {
    /// The step of match; a higher one replaces a lower one for the same event.
    pub sequence: i64,
    /// The event.
    pub event_id: Uuid,
    /// Its node.
    pub node_id: NodeId,
    /// Its series.
    pub epoch: Epoch,
    /// Its place there.
    pub node_sequence: i64,
    /// The application.
    pub application_id: Option<Uuid>,
    /// The revision.
    pub revision: Option<i32>,
    /// What became of it.
    pub outcome: OutcomeKind,
    /// Why.
    pub findings: Vec<Finding>,
    /// The resident, when loaded.
    pub resident_id: Option<Uuid>,
    /// Append time of the match log's entry.
    pub settled_at: Timestamp,
}
