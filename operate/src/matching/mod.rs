//! `intakectl match`: what match links by, and why it linked two or did not.

pub mod activate;
pub mod curve;
pub mod explain;
pub mod rules;

use clap::Subcommand;

/// Commands about matching.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Why two applications are one person or two: the evidence, the rules, what stands between them
    ///
    /// Each of the two is an application or a resident; of residents the likeliest pair of their applications is
    /// shown. Weights are in bits, log2 of odds: +1 doubles the odds that the two are one person. The sum begins with how
    /// likely that is for two applications taken at random, and adds for each column what agreeing so says (log2 of m / u)
    /// and what a rare value adds; relatives take away what they explain as well.
    ///
    /// Weights, thresholds, decisions and what hangs together with the two are those of the register. How usual a name is
    /// is counted among up to 100 000 residents, so a weight may differ a little from that of the day when the two were
    /// compared, which is shown as well and counts. Values are masked: the first letter and dots.
    #[command(
        after_help = "Examples:\n  intakectl match explain 0b7e… 91c2…\n  intakectl match explain 6f1c… 91c2… --unmask\n  intakectl match explain 0b7e… 91c2… -o json"
    )]
    Explain(explain::Options),
    /// Put other weights or thresholds in force, through the match log
    ///
    /// What is linked stays until something near it changes. A dry run says what would change, and shows where the weights
    /// that were recorded lie: see `intakectl match curve`. Exit code 4 when the weights are not for this version's columns
    /// or the thresholds have no order.
    #[command(
        after_help = "Examples:\n  intakectl match activate --weights W.toml --reason 'trained on October'\n  intakectl match activate --link 0.9995 --reason 'fewer false links' --execute\n  intakectl match activate --shipped --reason 'as before' --execute"
    )]
    Activate(activate::Options),
    /// The weights and thresholds in force, and all that were
    #[command(after_help = "Examples:\n  intakectl match rules\n  intakectl match rules --weights > W.toml")]
    Rules(rules::Options),
    /// How many pairs lie above each threshold, by the weights recorded when they were compared
    ///
    /// LINKED counts pairs of applications at or above a probability; REVIEWS estimates how many pairs of residents a person
    /// would look at if it were the threshold of linking: those below it and above the threshold of reviews that nobody
    /// has decided, those that a rule keeps apart, and one for each application whose strongest link to its resident is
    /// below it. It reads every pair.
    #[command(after_help = "Example:\n  intakectl match curve -o json")]
    Curve,
}
