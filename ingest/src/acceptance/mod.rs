//! From what was submitted to an answer: check, queue, one durable write for many, receipt.

mod answer;
pub mod bulk;
mod canonical;
mod check;
mod identity;
mod limits;
pub mod lines;
pub mod spreadsheet;
mod writer;

pub use answer::{Answer, Line, Reply, Status};
pub use check::check;
pub use identity::Identity;
pub use limits::MAX_LINE_BYTES;
pub use writer::{Intake, Waiting};
