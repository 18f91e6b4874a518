//! `intakectl match train`.

use super::input::load;
use super::unreadable::{self, Unreadable};
use crate::table::{Cell, Table, grouped};
use crate::{Output, Report};
use clap::Args;
use linkage::train::{Trained, train};
use linkage::{Column, ColumnWeights, Relatives};
use runtime::Fault;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Options of `match train`.
#[derive(Debug, Args)]
pub struct Options {
    /// The table of people: CSV, UTF-8, its first line the header; separated by comma, semicolon, tab or bar
    #[arg(long, value_name = "FILE.csv")]
    input: PathBuf,
    /// What its columns are (TOML)
    #[arg(long, value_name = "MAP.toml")]
    mapping: PathBuf,
    /// The file of weights to write
    #[arg(long = "output", value_name = "W.toml")]
    weights: PathBuf,
    // It has the global option's name inside, and so leaves --output to the file of weights here.
    /// Form of the answer
    #[arg(
        short = 'o',
        id = "output",
        value_name = "FORM",
        value_enum,
        default_value_t,
        help_heading = "Global options"
    )]
    form: Output,
}

/// What was learned.
#[derive(Debug, Serialize)]
pub struct Learned {
    file: PathBuf,
    version: String,
    records: usize,
    pairs: usize,
    expected_matches: f64,
    match_rate: f64,
    relatives: BTreeMap<&'static str, f64>,
    rounds: usize,
    converged: bool,
    blocking_keys: Vec<String>,
    columns: Vec<LearnedColumn>,
    not_compared: Vec<String>,
    unreadable: Vec<Unreadable>,
}

#[derive(Debug, Serialize)]
struct LearnedColumn {
    column: String,
    comparator: &'static str,
    /// Records that have a value.
    filled: usize,
    levels: Vec<LearnedLevel>,
}

#[derive(Debug, Serialize)]
struct LearnedLevel {
    level: &'static str,
    m: f64,
    u: f64,
    bits: f64,
    says: &'static str,
}

/// Estimates weights for the table and writes them.
///
/// # Errors
/// Data when a file can't be read or is wrong, or there is nothing to learn from; transient when the weights
/// can't be written.
pub fn run(options: &Options) -> Result<Learned, Fault> {
    let loaded = load(&options.input, &options.mapping)?;
    let table = &loaded.table;
    let Trained {
        weights,
        pairs,
        expected_matches,
        rounds,
        converged,
    } = train(
        &table.model,
        &table.dictionary,
        &table.records,
        &table.frequencies,
    );
    let blocking_keys: Vec<String> = table
        .model
        .keys()
        .iter()
        .map(|key| table.model.describe(key))
        .collect();
    if pairs == 0 {
        return Err(Fault::data(format!(
            "{}: there is nothing to learn from: no two of its {} records agree on a blocking key ({})",
            options.input.display(),
            table.records.len(),
            blocking_keys.join("; ")
        )));
    }
    std::fs::write(&options.weights, weights.to_toml(&table.model))
        .map_err(|e| Fault::transient(format!("can't write {}: {e}", options.weights.display())))?;
    let columns = table
        .model
        .columns()
        .iter()
        .zip(&weights.columns)
        .zip(&table.filled);
    Ok(Learned {
        file: options.weights.clone(),
        records: table.records.len(),
        pairs,
        expected_matches,
        match_rate: weights.match_rate,
        relatives: Relatives::ALL
            .map(|kind| (kind.name(), weights.relatives[kind as usize]))
            .into(),
        rounds,
        converged,
        blocking_keys,
        columns: columns
            .map(|((column, weights), filled)| LearnedColumn::of(column, weights, filled.filled))
            .collect(),
        not_compared: loaded.mapping.not_compared,
        unreadable: Unreadable::of(table),
        version: weights.version,
    })
}

impl LearnedColumn {
    fn of(column: &Column, weights: &ColumnWeights, filled: usize) -> Self {
        let levels = column.comparator.levels().iter().enumerate();
        Self {
            column: column.name.clone(),
            comparator: column.comparator.name(),
            filled,
            levels: levels
                .map(|(n, level)| LearnedLevel {
                    level: level.name,
                    m: weights.m[n],
                    u: weights.u[n],
                    bits: weights.bits_of(n),
                    says: level.says,
                })
                .collect(),
        }
    }
}

impl Report for Learned {
    fn table(&self) -> String {
        let number = |count: usize| grouped(count as i64);
        let mut table = Table::new(&["COLUMN", "LEVEL", "M", "U", "BITS", "WHAT IT SAYS"]);
        for column in &self.columns {
            for (n, level) in column.levels.iter().enumerate() {
                table.row([
                    Cell::text(if n == 0 { &column.column } else { "" }),
                    Cell::text(level.level),
                    Cell::text(format!("{:.6}", level.m)),
                    Cell::text(format!("{:.6}", level.u)),
                    Cell::text(format!("{:+6.1}", level.bits)),
                    Cell::text(level.says),
                ]);
            }
        }
        let mut lines = vec![table.render()];
        lines.push(format!(
            "{} records, {} pairs by {} blocking keys; {} of them are expected to be one person, {:.3} a record",
            number(self.records),
            number(self.pairs),
            self.blocking_keys.len(),
            number(self.expected_matches.round() as usize),
            self.match_rate,
        ));
        lines.extend(self.blocking_keys.iter().map(|key| format!("  {key}")));
        lines.push(if self.converged {
            format!("converged in {} rounds", self.rounds)
        } else {
            format!(
                "NOT converged in {} rounds: look at the bits above before you use these weights",
                self.rounds
            )
        });
        lines.extend(unreadable::notes(
            &self.unreadable,
            &self.not_compared,
            self.records,
        ));
        lines.push(format!(
            "written to {}, version {}",
            self.file.display(),
            self.version
        ));
        lines.join("\n")
    }
}
