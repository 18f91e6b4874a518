//! The contract of the pipeline: events, their Avro encoding, topic names and provinces.
//!
//! Everything here is pure: no clock, no network, no disk (schemas and the default provinces are
//! compiled in). The `.avsc` files under `avro/` are the contract for the outside; the Rust types
//! mirror them field by field, and `tests/contract.rs` proves that the two agree.

pub mod applicant;
pub mod change;
pub mod codec;
pub mod control;
pub mod erasing;
pub mod event;
pub mod finding;
pub mod head;
pub mod header;
pub mod identifiers;
pub mod manifest;
pub mod match_log;
pub mod outcome;
pub mod personal;
pub mod provinces;
mod said;
pub mod submission;
pub mod time;
pub mod topics;

pub use applicant::{Applicant, Field};
pub use event::{Body, IntakeEvent};
pub use finding::{Finding, Severity};
pub use header::Header;
pub use identifiers::{Epoch, NodeId, Sha256};
pub use personal::Personal;
pub use time::Timestamp;
