//! Snapshots: the rows that the state is made of, in a file.
//!
//! A snapshot holds what a restore would read from the register, row by row, and so nothing that depends on how the
//! state lies in memory. It is made of the one before and of what was committed since, by a thread that
//! follows `register.changes` like a standby does: the flow never waits for it, and what isn't
//! committed can't get into it.

mod file;
mod folder;
mod footer;
mod keeper;
mod refusal;

pub use file::Snapshot;
pub use folder::Folder;
pub use keeper::Keeper;
