//! `intakectl groups`: every consumer group of the namespace, its members and its lag.

mod describe;
mod list;

pub use describe::describe;
pub use list::list;

use clap::{Args, Subcommand};
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};

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

/// What to do about a group of the pipeline that has no member; none for a group of others.
pub(crate) fn without_members(group: &str) -> Option<String> {
    let program = match group {
        GROUP_NORMALISE => "intake-enrich normalise",
        GROUP_MATCH => "intake-enrich match",
        GROUP_SINK => "intake-sink run",
        _ => return None,
    };
    Some(format!(
        "start `{program}`, or read the end of its log: it says why it ended"
    ))
}
