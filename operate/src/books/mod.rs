//! The books: that every event a node captured ended in exactly one place, shown number by number.
//!
//! [`balance`] and [`Sequences`] are pure; [`rows`] reads the register; [`passed`] finds out how far
//! match is certainly loaded, so that what is late isn't called missing; [`proof`] and [`evidence`] scan
//! the events' own rows and what came of them.

pub mod balance;
mod chain;
mod claim;
mod command;
mod day;
pub mod evidence;
mod gather;
mod ledger;
mod numbers;
mod passed;
mod proof;
mod report;
mod rows;
mod scope;
mod sequences;
mod shown;
mod silence;
mod skipped;
mod verdict;

pub use command::{Options, reconcile};
pub use report::Books;
pub use sequences::Sequences;
