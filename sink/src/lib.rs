//! intake-sink: loads `register.changes` and the nodes' manifests into the central PostgreSQL, each
//! change exactly once, and reads the register back for match and for operate.
//!
//! **Invariant:** rows, dead letters and the partition's next offset move in one PostgreSQL
//! transaction. **Invariant:** only this crate writes the register's tables.

mod arrival;
pub mod bulk;
pub mod digest;
mod erasing;
mod fault;
mod fetch;
mod isolate;
mod lane;
mod measure;
mod ownership;
mod patience;
pub mod pipeline;
pub mod register;
pub mod restore;
pub mod roles;
mod rows;
pub mod settings;
pub mod shadow;
pub mod start;

pub use fault::{DatabaseFault, remedy_of};
pub use lane::NO_ROOM;
pub use register::{MIGRATOR, Register};

#[cfg(test)]
#[path = "../tests/fixture/mod.rs"]
mod fixture;
#[cfg(test)]
mod tests;
