//! intakectl: the operator's and data engineer's tool. Each module is one command or a part of it.
//!
//! **Invariant:** nothing changes without `--execute`, and a command that reads never does.
//! **Invariant:** values about a person are printed only with `--unmask`, which is in the audit before; `normalise` prints what it was
//! given.

pub mod audit;
pub mod books;
pub mod context;
pub mod control;
pub mod doctor;
mod ended;
mod entry;
pub mod export;
mod grouped;
pub mod groups;
pub mod held;
pub mod lag;
pub mod latency;
pub mod letters;
pub mod matching;
pub mod node;
mod pair;
pub mod peek;
pub mod period;
mod progress;
pub mod register;
pub mod replay;
mod report;
mod reprocessed;
pub mod review;
pub mod rules;
mod settings;
pub mod show;
mod stretch;
pub mod table;
pub mod top;
pub mod topics;
pub mod values;

pub use ended::Ended;
pub(crate) use report::tell;
pub use report::{Output, Report, print};
pub use settings::{Options, Settings};
