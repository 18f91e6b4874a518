//! Which records are the same person: probabilistic record linkage over any table of people.
//!
//! Source of the model: I. P. Fellegi, A. B. Sunter, A Theory for Record Linkage (JASA 64, 1969);
//! of its estimation: T. Enamorado, B. Fifield, K. Imai, Using a Probabilistic Model to Assist Merging of
//! Large-Scale Administrative Records (APSR 113, 2019).
//!
//! **Invariant:** no clock, no random numbers, no I/O. Records are compared by value, so that a result
//! never depends on the numbers that texts or records have in memory.

pub mod applicant;
mod blocking;
mod cluster;
mod compare;
mod dictionary;
mod explain;
mod frequency;
mod linker;
mod model;
mod pages;
mod records;
mod score;
pub mod train;
mod weights;

pub use compare::{Comparator, Level, LevelName, MISSING, packed_date, packed_number};
pub use dictionary::{Dictionary, has_marks};
pub use explain::{Evidence, Explanation};
pub use frequency::{Frequencies, count_person};
pub use linker::{
    Counters, Decision, Edge, Linker, MOST_TOGETHER, Placed, Thresholds, TooManyTogether, Verdict,
};
pub use model::{Column, Frequency, Key, Model, Relatives, Role};
pub use pages::Pages;
pub use records::Record;
pub use score::{Agreement, Prior, Score, log_odds, probability};
pub use weights::{ColumnWeights, Weights, WrongWeights};
pub mod table;
