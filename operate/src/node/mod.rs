//! `intakectl node`: registering and retiring intake nodes, through the match log.

pub mod add;
mod entry;
pub mod list;
pub mod retire;

use clap::Subcommand;

/// Commands about intake nodes.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Register a node, with the public key that `intake-node init` printed
    #[command(
        after_help = "Example:\n  intakectl node add dien-bien-01 --province dien-bien --public-key 3b6a…29 --execute"
    )]
    Add(add::Options),
    /// Every node that is registered or was ever heard of
    #[command(after_help = "Example:\n  intakectl node list --province dien-bien")]
    List(list::Options),
    /// Write off a lost device: what it has not delivered is no longer missing
    #[command(
        after_help = "Example:\n  intakectl node retire dien-bien-01 --reason 'fell into the river, 2026-03-02' --execute"
    )]
    Retire(retire::Options),
}
