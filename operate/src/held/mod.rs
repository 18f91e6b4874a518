//! `intakectl held`: what waits because of a finding, and what it waits for.

mod decidable;
pub mod decide;
pub mod group;
pub mod list;
mod matcher;
mod row;
pub mod show;
mod which;

use clap::Subcommand;

/// Commands about what is held.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Applications, verifications and withdrawals that wait, the oldest first
    #[command(
        after_help = "Examples:\n  intakectl held list\n  intakectl held list --reason-code date.impossible --province dien-bien\n  intakectl held list --older-than 7 -o json"
    )]
    List(list::Options),
    /// How many wait, by reason, province, node, kind or ruleset, and since when the oldest does
    ///
    /// By reason, what has several counts under each.
    #[command(
        after_help = "Examples:\n  intakectl held group\n  intakectl held group --by province --reason-code date.impossible"
    )]
    Group(group::Options),
    /// What waits of one application: each finding in both languages, and what would release it
    ///
    /// No value is printed: `intakectl application show` has what was written, masked.
    #[command(after_help = "Example:\n  intakectl held show 0b7e…")]
    Show(show::Options),
    /// Let an application in as it was written, or refuse it, against what the rules hold it for
    ///
    /// An entry of the match log: carried out in order, and only while the application is what it was looked at as. Its node
    /// hears of it. A held correction of an application that is in force takes its place, or is refused and changes nothing.
    #[command(
        after_help = "Examples:\n  intakectl held decide 0b7e… load --reason 'passport seen' --execute\n  intakectl held decide 0b7e… reject --reason 'a form of a training' --execute"
    )]
    Decide(decide::Options),
}
