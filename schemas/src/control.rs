//! `intake.control`: positions that operate takes out of the flow.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A decision about positions, keyed by what it controls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlEntry {
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why, without personal details.
    pub reason: String,
    /// What is controlled.
    pub body: ControlBody,
}

/// What is controlled. The order is that of the Avro union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ControlBody {
    /// Source positions that match will not wait for; the books write them off.
    PositionSkipped(PositionSkipped),
    /// A record that normalise passes on unread, as undecodable.
    PositionQuarantined(PositionQuarantined),
}

/// Source positions that match will not wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionSkipped {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// First offset skipped.
    pub from: i64,
    /// First offset not skipped.
    pub to: i64,
}

/// A record that crashes a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionQuarantined {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}
