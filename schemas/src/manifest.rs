//! `NodeManifest`: a node's signed heartbeat.

use crate::{Epoch, NodeId, Sha256, Timestamp};
use serde::{Deserialize, Serialize};

/// A node's claim with its signature, on the compacted `intake.nodes.<province>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeManifest {
    /// A [`NodeClaim`] in single-object encoding; the signature is over exactly these bytes.
    #[serde(with = "serde_bytes")]
    pub claim: Vec<u8>,
    /// Ed25519 signature, 64 bytes (RFC 8032).
    #[serde(with = "serde_bytes")]
    pub signature: Option<Vec<u8>>,
}

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeClaim {
    /// The node.
    pub node_id: NodeId,
    /// Slug of its province.
    pub province: String,
    /// Grows with each manifest of this node.
    pub counter: i64,
    /// The node's clock.
    pub at: Timestamp,
    /// What to add to the node's clock to get true time, in milliseconds, where known.
    pub clock_offset_ms: Option<i64>,
    /// The current series.
    pub epoch: Epoch,
    /// Highest sequence given in this epoch: that many events were captured.
    pub captured: i64,
    /// Highest sequence the broker has acknowledged in this epoch.
    pub published: i64,
    /// SHA-256 of the encoded event at `captured`; zeros when there is none.
    pub head_hash: Sha256,
    /// Partition of the last acknowledged event.
    pub published_partition: Option<i32>,
    /// Offset of the last acknowledged event.
    pub published_offset: Option<i64>,
    /// Bytes the spool takes.
    pub spool_bytes: i64,
    /// Name and version of the node's software.
    pub software: String,
    /// Earlier epochs of this node.
    pub closed_epochs: Vec<ClosedEpoch>,
}

/// An epoch a node has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedEpoch {
    /// The epoch.
    pub epoch: Epoch,
    /// The highest sequence that will ever be published in it.
    pub captured: i64,
}
