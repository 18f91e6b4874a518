//! `intakectl register`: the register's schema and its digest.

pub mod digest;
pub mod migrate;

use clap::Subcommand;

/// Commands about the register.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the register's schema to this version, forward only
    #[command(after_help = "Examples:\n  intakectl register migrate\n  intakectl register migrate --execute")]
    Migrate(migrate::Options),
    /// Print a digest of the register's current state, table by table
    ///
    /// Two registers with the same digest hold the same state: sequences, times of processing, history
    /// and redirects are left out.
    #[command(after_help = "Example:\n  intakectl register digest -o json")]
    Digest,
}
