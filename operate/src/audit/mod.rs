//! `intakectl audit`: what people did that somebody must answer for.
//!
//! The rows are PostgreSQL's: it sets who and when, and chains each to the one before. What changes a row
//! afterwards, takes one out or puts one in between breaks the chain; who may change everything could make the
//! whole chain anew, which is found by a number and a hash that were noted elsewhere.

pub mod check;
pub mod list;
mod record;
mod row;

use clap::Subcommand;
pub(crate) use record::record;

/// Commands about the audit.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Who did what, when, to whom or what, and why; the last first
    #[command(
        after_help = "Examples:\n  intakectl audit list\n  intakectl audit list --action resident.unmask --who anna -o json"
    )]
    List(list::Options),
    /// Whether a row was changed, taken out or put in since it was written
    ///
    /// Ends with the number and hash of the last row: note them where this database's administrator can't reach, and
    /// give them the next time, as rows taken off the end leave a whole chain. Exit code 5 when something was changed.
    #[command(after_help = "Examples:\n  intakectl audit check\n  intakectl audit check --head 1042:9f2c…")]
    Check(check::Options),
}
