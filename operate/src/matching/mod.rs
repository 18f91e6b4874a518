//! `intakectl match`: the matching engine over any table of people. Nothing is connected to.

mod clusters;
pub mod evaluate;
mod evaluated;
mod ids;
mod input;
mod memory;
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
    /// Learn from a table how much agreeing on each column says, without knowing who is who
    #[command(after_long_help = format!("{}{MAPPING}", include_str!("train.txt")))]
    Train(train::Options),
    /// Link the records of a table, and measure it where the truth is known
    #[command(after_long_help = format!("{}{MAPPING}", include_str!("evaluate.txt")))]
    Evaluate(evaluate::Options),
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
