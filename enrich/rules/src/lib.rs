//! The catalogue of reason codes, and what the rules make of a written value.
//!
//! A rule is one entry of one table below [`catalogue`]: its stable code, how much it weighs, what a
//! clerk is told in Vietnamese and in English, and where it comes from. The packages that apply the
//! rules name the entry, never a text of their own.
//!
//! **Invariant:** no clock, no network, no disk. Nothing here holds a value of a person but [`Reading`].

pub mod catalogue;
mod figures;
mod reading;
mod rule;
mod ruleset;
mod thresholds;
mod told;

pub use figures::{FIGURES, Figure};
pub use reading::Reading;
pub use rule::Rule;
pub use ruleset::{RULESET, Ruleset, WrongKey, WrongKeys, severity_name};
pub use thresholds::Thresholds;
pub use told::Told;
