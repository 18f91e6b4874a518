//! `intakectl groups`: every consumer group of the namespace, its members and its lag.

mod describe;
mod list;

pub use describe::describe;
pub use list::list;

use clap::{Args, Subcommand};

/// Commands about consumer groups.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Every group: its state, members and lag, the worst first
    ///
    /// LAG is Kafka's own arithmetic: transaction markers count.
    List,
    /// One group: its members with their partitions, and each partition's position
    #[command(after_help = "Example:\n  intakectl groups describe sink")]
    Describe(DescribeOptions),
}

/// Options of `groups describe`.
#[derive(Debug, Args)]
pub struct DescribeOptions {
    /// The group, without the namespace
    group: String,
}
