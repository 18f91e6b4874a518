//! `intakectl match`: what match links by, why it linked two or did not, and the same engine over any table of
//! people.

pub mod activate;
mod clusters;
pub mod curve;
pub mod evaluate;
mod evaluated;
pub mod explain;
mod ids;
mod input;
pub mod map;
mod memory;
mod population;
mod propose;
pub mod rules;
pub mod train;
mod truth;
mod unreadable;

use clap::Subcommand;
use linkage::table::Mapping;
use linkage::{Model, Weights};
use runtime::Fault;
use std::path::Path;

/// How a mapping is written, with examples that a test reads.
pub const MAPPING: &str = concat!(
    include_str!("mapping.txt"),
    include_str!("../../../enrich/linkage/mappings/people.toml"),
    "\nA whole mapping of a table of applications:\n\n",
    include_str!("../../../enrich/linkage/mappings/applications.toml"),
);

/// Commands about matching.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Propose a mapping of a table: what its columns seem to be, by their names and the shape of their values
    ///
    /// Printed and written are names of columns and counts, never a cell. Look the mapping over before it is used for
    /// `train` or `evaluate`. A first line that holds a date or a long number is taken for somebody's, and refused.
    #[command(
        after_help = "Examples:\n  intakectl match map --input people.csv --output people.toml\n  intakectl match map --input people.csv -o json"
    )]
    Map(map::Options),
    /// Learn from a table or the register how much agreeing on each column says, without knowing who is who
    #[command(after_long_help = format!("{}{MAPPING}", include_str!("train.txt")))]
    Train(train::Options),
    /// Link the records of a table, and measure it where the truth is known
    #[command(after_long_help = format!("{}{MAPPING}", include_str!("evaluate.txt")))]
    Evaluate(evaluate::Options),
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
        after_help = "Examples:\n  intakectl match explain 0b7e… 91c2…\n  intakectl match explain 6f1c… 91c2… --unmask --reason 'case 2026-17'\n  intakectl match explain 0b7e… 91c2… -o json"
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

fn text_of(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path).map_err(|e| Fault::data(format!("can't read {}: {e}", path.display())))
}

fn read_mapping(path: &Path, headers: &[&str]) -> Result<Mapping, Fault> {
    Mapping::parse(&text_of(path)?, headers)
        .map_err(|wrong| Fault::data(format!("{}: {wrong}", path.display())))
}

fn read_weights(path: &Path, model: &Model) -> Result<Weights, Fault> {
    Weights::parse(&text_of(path)?, model).map_err(|wrong| {
        Fault::data(format!(
            "{}: {wrong}: these weights are of another mapping or version; make new ones with `intakectl match train`",
            path.display()
        ))
    })
}

/// The shipped weights, where they know every column of the table.
fn shipped_weights(model: &Model) -> Result<Weights, Fault> {
    Weights::shipped_for(model).map_err(|columns| {
        Fault::data(format!(
            "the shipped weights know applications only, not the columns {}: learn weights for them with \
             `intakectl match train --input … --mapping … --output W.toml`, and give them with --weights W.toml",
            columns.join(", ")
        ))
    })
}
