//! intakectl: the operator's and data engineer's tool. Each module is one command or a part of it.
//!
//! **Invariant:** nothing changes without `--execute`, and a command that reads never does.
//! **Invariant:** values about a person are printed only with `--unmask`.

mod ended;
pub mod lag;
mod report;
mod settings;
mod table;
pub mod topics;

pub use ended::Ended;
pub use report::{Output, Report, print};
pub use settings::{Options, Settings};
