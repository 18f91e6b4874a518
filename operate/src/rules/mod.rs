//! `intakectl rules`: the catalogue of reason codes, and rulesets' files. Nothing is connected to.

pub mod diff;
pub mod list;
pub mod show;

use clap::Subcommand;

/// Commands about rules.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Every rule with its weight
    #[command(
        after_help = "Examples:\n  intakectl rules list\n  intakectl rules list --ruleset /etc/intake/ruleset.toml -o json"
    )]
    List(list::Options),
    /// What a rule means, what a clerk is told, and where it comes from
    #[command(after_help = "Example:\n  intakectl rules show date.impossible")]
    Show(show::Options),
    /// What two rulesets' files do differently
    #[command(after_help = "Example:\n  intakectl rules diff ruleset.toml ruleset-pilot.toml")]
    Diff(diff::Options),
}
