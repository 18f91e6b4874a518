//! How fast events go through: how far the register has come, and the time spent at each stage.

mod command;
mod passage;
mod reach;
mod shown;

pub use command::{Options, run};
pub use passage::{Passage, Percentiles, Selection, Stage, measure};
pub use reach::{Reach, reach};
pub use shown::Latency;
