//! The match log once more under other rules, into a shadow of the register: by the same functions as the live path, and
//! without anything of Kafka's that is live. Whoever runs it reads the log and loads what comes out.
//!
//! The log is the live order, and each of its entries carries the event's bytes; so a replay reads the log alone, normalises
//! each event anew, and hands it to a resolver of its own.

mod reading;
mod restoration;
mod shadow;

pub use reading::{Read, Rereader};
pub use restoration::Restoration;
pub use shadow::Shadow;
