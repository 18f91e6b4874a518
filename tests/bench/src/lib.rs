//! The benchmarks' parts: a load, what processes cost, what the machine can do at best, and a report.
//! `tests/peers` measures with them too.

pub mod arrival;
pub mod cost;
pub mod delay;
pub mod lag;
pub mod limits;
pub mod load;
pub mod matching;
pub mod replay;
pub mod report;
pub mod residents;
pub mod reviews;
pub mod rules;
pub mod stages;
pub mod standby;
pub mod takeover;
mod visible;
pub mod whole;
