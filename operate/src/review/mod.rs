//! `intakectl review`: doubtful pairs, looked at and decided by people. A decision is an entry of the match log: match
//! carries it out in order, or refuses it when what it was based on has changed.

pub mod approve;
pub mod decide;
mod decision;
pub mod list;
mod pending;
pub mod proposals;
pub mod show;
pub mod split;

use clap::Subcommand;

/// Commands about doubtful pairs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The pairs that wait for a person, the most urgent first
    ///
    /// PRIORITY is in bits: min(weight, 10) + log2(1 + days open) + log2(applications that both residents have together).
    /// So a pair that is twice as likely, has waited twice as long or touches twice as many applications comes one
    /// higher; from 10 bits on (probability .999) a pair is likely enough. Where more than 20 000 wait, it is taken among the
    /// 20 000 heaviest. Values are masked: the first letter and dots.
    #[command(
        after_help = "Examples:\n  intakectl review list\n  intakectl review list --province dien-bien --limit 10\n  intakectl review list -o json"
    )]
    List(list::Options),
    /// One pair side by side: each field, how the two agree, what that weighs, what stands against it
    ///
    /// The same picture as `intakectl match explain` for two applications; their residents with the step of
    /// the state that is shown, which a decision is based on. Values are masked: the first letter and dots.
    #[command(
        after_help = "Examples:\n  intakectl review show 0b7e… 91c2…\n  intakectl review show 0b7e… 91c2… --unmask --reason 'case 2026-17'"
    )]
    Show(show::Options),
    /// Say that two applications are one person's, or two people's
    ///
    /// The decision is based on the states of their residents that the register shows now, or that --based-on pins:
    /// what you looked at. Match refuses it when one has changed since (exit code 4): show the pair again. It can be taken
    /// back by the opposite decision. Where `review.second_person` is set it is only proposed, until somebody else runs
    /// `intakectl review approve`.
    #[command(
        after_help = "Examples:\n  intakectl review decide 0b7e… 91c2… same --reason 'the same person: paper seen' --execute\n  intakectl review decide 0b7e… 91c2… different --reason 'brothers' --based-on 6f1c…@1207 --based-on 88aa…@1188 --execute"
    )]
    Decide(decide::Options),
    /// Say that one application is another person's than all others of its resident
    #[command(
        after_help = "Example:\n  intakectl review split 0b7e… --reason 'his brother used his number' --execute"
    )]
    Split(split::Options),
    /// Decisions that wait for a second person, the oldest first
    #[command(after_help = "Example:\n  intakectl review proposals")]
    Proposals(proposals::Options),
    /// Approve a decision that somebody else proposed, and hand it to match
    ///
    /// Exit code 4 when you proposed it yourself, or when match refuses it because a resident changed since. What was
    /// approved and didn't reach the match log is handed on by running it again.
    #[command(after_help = "Example:\n  intakectl review approve 5d21… --execute")]
    Approve(approve::Options),
}
