//! Where the spool's series stands, as it is kept on disk.

use schemas::manifest::ClosedEpoch;
use schemas::{Epoch, Sha256, Timestamp};
use serde::{Deserialize, Serialize};

/// The current series and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The current series.
    pub epoch: Epoch,
    /// Highest sequence given in it.
    pub captured: i64,
    /// What the next event's `previous_hash` is.
    pub head_hash: Sha256,
    /// Earlier series of this spool, the oldest first.
    pub closed: Vec<ClosedEpoch>,
    /// Distinct events accepted in all series.
    pub accepted: i64,
    /// Bytes of the events that are kept.
    pub event_bytes: u64,
}

impl Head {
    pub(super) const fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            captured: 0,
            head_hash: Sha256::ZERO,
            closed: Vec::new(),
            accepted: 0,
            event_bytes: 0,
        }
    }

    /// Numbers the series of this spool from 0, so that their events' keys sort by age.
    pub fn generation(&self) -> u32 {
        u32::try_from(self.closed.len()).unwrap_or(u32::MAX)
    }
}

/// How far the current series is acknowledged by the broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The series' number in this spool.
    pub generation: u32,
    /// Highest acknowledged sequence; 0 for none.
    pub sequence: i64,
    /// Where the broker put it: partition and offset.
    pub position: Option<(i32, i64)>,
    /// When the acknowledgement came, by the node's clock.
    pub at: Option<Timestamp>,
}
