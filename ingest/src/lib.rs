//! `intake-node`: takes applications at an intake point, keeps them safe, publishes them in order
//! and learns what became of each.
//!
//! A submission enters in `http` or `command::submit`, is checked and queued in `acceptance`, written
//! to the `spool` (then, and only then, answered), sent in order by the `publisher`, and its outcome
//! comes back through `publisher::centre`.

pub mod acceptance;
pub mod command;
pub mod dossier;
pub mod folder;
pub mod housekeeping;
pub mod http;
pub mod key;
pub mod node;
pub mod publisher;
pub mod settings;
pub mod spool;
pub mod status;
