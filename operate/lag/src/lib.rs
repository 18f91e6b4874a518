//! The lag engine: what every consumer group has still to read, for how long it has waited, how bad that
//! is, whose it is, and why.
//!
//! Looks at a cluster ([`runtime::kafka::Look`]) go into a [`Window`]; everything else is computed from it.
//!
//! **Invariant:** no clock, no network and no disk: time comes with the looks, so every rule is tested on
//! windows made by hand.

mod age;
pub mod cause;
mod contents;
mod partition;
mod province;
mod rate;
mod verdict;
mod window;

pub use cause::{Cause, Evidence, causes};
pub use contents::{Contents, Share, settle};
pub use partition::{PartitionLag, Retention};
pub use province::{ProvinceLag, SHARED, Stage, by_province};
pub use rate::Rates;
pub use verdict::{STALL, TRANSACTION, Verdict};
pub use window::{FirstWaiting, Point, Window};
