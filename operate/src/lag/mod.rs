//! Lag: what each consumer group has still to read, for how long it has waited, and why.
//!
//! The rules are in package `lag`; here is what feeds them ([`Watcher`], [`evidence`]) and what prints them.

mod command;
mod drained;
pub(crate) mod evidence;
mod explained;
mod provinces;
mod reading;
mod stages;
mod waiting;
mod watcher;

pub use command::{Options, Shown, run};
pub use provinces::age;
pub(crate) use provinces::tone;
pub(crate) use waiting::{Stretch, first_waiting};
pub use watcher::Watcher;
