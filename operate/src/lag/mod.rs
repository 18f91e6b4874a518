//! Lag: what each consumer group has still to read, for how long it has waited, and what to call it.
//!
//! The engine ([`measure`]) is apart from the printing ([`show`]): metrics, explanations and the
//! console stand on the same figures.

pub mod arithmetic;
mod command;
mod measure;
mod provinces;
mod waiting;

pub use arithmetic::{FirstWaiting, PartitionLag, Verdict};
pub use command::{Options, Shown, show};
pub use measure::{Selection, measure};
pub(crate) use provinces::age;
pub(crate) use waiting::{Stretch, first_waiting};
