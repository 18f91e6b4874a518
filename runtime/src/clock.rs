//! The one place that reads the clock and makes random ids.

use schemas::{Epoch, Timestamp};
use uuid::Uuid;

/// Now, by this machine's clock.
pub fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// A new event's id: time-ordered (UUIDv7, RFC 9562).
pub fn new_event_id() -> Uuid {
    Uuid::now_v7()
}

/// A new series' id: random (UUIDv4).
pub fn new_epoch() -> Epoch {
    Uuid::new_v4()
}
