//! `intake-node`: takes applications at an intake point, keeps them safe, publishes them in order
//! and learns what became of each.

pub mod acceptance;
pub mod dossier;
pub mod folder;
pub mod key;
pub mod settings;
pub mod spool;
pub mod status;
