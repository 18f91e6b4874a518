//! `intakectl replay`: the past once more under other rules, beside what is live; compared, approved, promoted, taken back.
//!
//! A replay reads the match log, which is the live order and carries every event's bytes, normalises each event anew and takes
//! it through a matcher of its own into a schema of its own, the shadow. What differs there becomes entries of the match log,
//! each a row of an application with the digest of the row it is based on; so the live matcher makes the change in its order,
//! and whoever changed an application meanwhile has the last word. The same entries the other way round undo it.

pub mod approve;
mod archived;
pub mod diff;
pub mod discard;
mod log;
mod pace;
mod plan;
pub mod planning;
pub mod promote;
mod promotion;
mod rebuild;
pub mod run;
mod selection;
mod slice;
pub mod status;
mod store;
mod tables;

use clap::Subcommand;

/// Commands about replays.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Choose what is replayed and by which rules; pins offsets, counts, says what retention has taken
    ///
    /// Exit code 4 when it can't be done: nothing chosen, or records gone that no archive has. The plan is kept in the
    /// register, and in a file with --output; its hash is what everybody names who acts on it.
    #[command(
        after_help = "Examples:\n  intakectl replay plan --province dien-bien --from 2026-11-24 --to 2026-11-24 --reason 'ward map was late'\n  intakectl replay plan --reason-code place.unknown --held --reason 'map of 2026-12' --output PLAN.json\n  intakectl replay plan --topic intake.applications.son-la -p 0 --from offset:1200 --to offset:1300 --reason 'node sent rubbish'\n  intakectl replay plan --all --ruleset new.toml --weights W.toml --reason 'rules of 2027'"
    )]
    Plan(planning::Options),
    /// Fill the shadow: a schema of its own, by the same functions as what is live, which it never touches
    ///
    /// Killed, it is run again: a rebuild goes on where it was, a slice is begun anew.
    #[command(
        after_help = "Examples:\n  intakectl replay run PLAN.json\n  intakectl replay run 0192f0c1-0000-7000-8000-000000000001 --max-rate 5000 --yield-if-live-lag 10000"
    )]
    Run(run::Options),
    /// What would change: residents, fields, readings, outcomes; by province, field, reason code, rule
    ///
    /// Values about people are masked. Exit code 5 when something differs. What live changed since is left out, and counted.
    #[command(
        after_help = "Examples:\n  intakectl replay diff PLAN.json\n  intakectl replay diff PLAN.json -o json\n  intakectl replay diff PLAN.json --list differences.csv"
    )]
    Diff(diff::Options),
    /// Let the differences happen: somebody else than who planned it
    #[command(
        after_help = "Example:\n  intakectl replay approve PLAN.json --reason 'looked at 40 of them' --execute"
    )]
    Approve(approve::Options),
    /// Append what was approved to the match log, so that the live matcher makes the change
    ///
    /// An application that was changed since is left as it is. Killed, or when the register doesn't show it in time, it is run
    /// again: nothing is done twice.
    #[command(after_help = "Example:\n  intakectl replay promote PLAN.json --rate 100 --execute")]
    Promote(promote::Options),
    /// Take back what was promoted, where nothing newer has come
    #[command(after_help = "Example:\n  intakectl replay undo PLAN.json --execute")]
    Undo(promote::Options),
    /// All replays, and how far each has come
    Status,
    /// What was done with a replay, by whom and when
    Log(status::Options),
    /// Remove a shadow
    #[command(after_help = "Example:\n  intakectl replay discard PLAN.json --execute")]
    Discard(discard::Options),
}
