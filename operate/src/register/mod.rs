//! `intakectl register`: the register's schema.

pub mod migrate;

use clap::Subcommand;

/// Commands about the register.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the register's schema to this version, forward only
    #[command(after_help = "Examples:\n  intakectl register migrate\n  intakectl register migrate --execute")]
    Migrate(migrate::Options),
}
