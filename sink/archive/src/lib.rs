//! The archive: the records of `intake.applications.*` and of the match log, which hold what exists nowhere
//! else, kept beyond the topics' retention, each offset exactly once.
//!
//! ```text
//! data/<topic>/<partition>/<day>/<from>-<to>-<digest>.avro   an Avro object container file, zstd
//! manifest/<topic>/<partition>/<from>.json                   what that file is, and the digest of the entry before
//! ```
//! A file counts once its manifest entry is there. An entry is created only where none is yet, so of two
//! archivers at the same offsets one wins; the other reads where the first has come and goes on from there.
//! The last entry is the position: nothing else is kept.

mod check;
mod container;
mod day;
mod entry;
mod follow;
mod place;
mod settings;
mod stretch;

pub use check::{Report, check, read, segments};
pub use entry::Entry;
pub use follow::{Archiver, Mode};
pub use place::Place;
pub use settings::Settings;
