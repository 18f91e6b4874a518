//! `intakectl control`: positions taken out of the flow, on the compacted topic `intake.control`.

mod decided;
pub mod list;
pub mod quarantine;
pub mod skip;

use clap::Subcommand;

/// Commands about positions taken out of the flow.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Let match go on past source positions that will never come
    ///
    /// Match stops, naming the position, when a record comes ahead of its turn: what lies before it was
    /// deleted unread. What is skipped is lost, and the books write it off.
    #[command(
        after_help = "Example:\n  intakectl control skip intake.applications.son-la -p 0 --from 120 --to 140 \\\n    --reason 'retention took them during the outage' --execute"
    )]
    Skip(skip::Options),
    /// What is in force
    #[command(after_help = "Example:\n  intakectl control list -o json")]
    List,
}
