//! intake-enrich: from what a clerk wrote to whom it belongs to.
//!
//! Two loops around pure rules: [`normalising`] takes every province's records to the match log,
//! [`matching`] takes the match log to what changes in the register. [`replaying`] takes the log through both once more, for
//! a shadow of the register.

pub mod control;
pub mod matching;
pub mod normalising;
pub mod replaying;
pub mod settings;
