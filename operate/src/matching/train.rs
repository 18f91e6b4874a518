//! `intakectl match train`.

use super::input::load;
use super::population::{self, Taken};
use super::unreadable::{self, Unreadable};
use crate::report::Form;
use crate::table::{Cell, Table, grouped};
use crate::{Report, Settings};
use clap::Args;
use linkage::train::{Trained, train};
use linkage::{Column, ColumnWeights, Dictionary, Frequencies, Model, Record, Relatives};
use runtime::Fault;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Options of `match train`.
#[derive(Debug, Args)]
pub struct Options {
    /// The table of people: CSV, UTF-8, its first line the header; separated by comma, semicolon, tab or bar
    #[arg(
        long,
        value_name = "FILE.csv",
        required_unless_present = "register",
        requires = "mapping"
    )]
    input: Option<PathBuf>,
    /// What its columns are (TOML)
    #[arg(long, value_name = "MAP.toml", requires = "input")]
    mapping: Option<PathBuf>,
    /// Learn from the applications of the register, which is only read
    #[arg(long, conflicts_with = "input")]
    register: bool,
    /// Applications of the register that are drawn at most
    #[arg(long, value_name = "N", default_value_t = 200_000, requires = "register",
        value_parser = clap::value_parser!(i64).range(1..=5_000_000))]
    sample: i64,
    /// The file of weights to write
    #[arg(long = "output", value_name = "W.toml")]
    weights: PathBuf,
    #[command(flatten)]
    form: Form,
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
    /// What was drawn, where it is the register.
    drawn: Option<Taken>,
}

/// What is learned from.
struct Source {
    model: Model,
    records: Vec<Record>,
    dictionary: Dictionary,
    frequencies: Frequencies,
    /// How many records have a value in each column.
    filled: Vec<usize>,
    not_compared: Vec<String>,
    unreadable: Vec<Unreadable>,
    drawn: Option<Taken>,
    name: String,
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

/// Estimates weights for the table or the register and writes them.
///
/// # Errors
/// Data when a file can't be read or is wrong, or there is nothing to learn from; transient when the weights
/// can't be written or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Learned, Fault> {
    let source = match (&options.input, &options.mapping) {
        (Some(input), Some(mapping)) => Source::of_table(input, mapping)?,
        _ => Source::of_register(settings, options.sample).await?,
    };
    learn(source, &options.weights)
}

fn learn(source: Source, file: &Path) -> Result<Learned, Fault> {
    let Trained {
        weights,
        pairs,
        expected_matches,
        rounds,
        converged,
    } = train(
        &source.model,
        &source.dictionary,
        &source.records,
        &source.frequencies,
    );
    let blocking_keys: Vec<String> = source
        .model
        .keys()
        .iter()
        .map(|key| source.model.describe(key))
        .collect();
    if pairs == 0 {
        return Err(Fault::data(format!(
            "{}: there is nothing to learn from: no two of its {} records agree on a blocking key ({})",
            source.name,
            source.records.len(),
            blocking_keys.join("; ")
        )));
    }
    std::fs::write(file, weights.to_toml(&source.model))
        .map_err(|e| Fault::transient(format!("can't write {}: {e}", file.display())))?;
    let columns = source
        .model
        .columns()
        .iter()
        .zip(&weights.columns)
        .zip(&source.filled);
    Ok(Learned {
        file: file.to_owned(),
        records: source.records.len(),
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
            .map(|((column, weights), filled)| LearnedColumn::of(column, weights, *filled))
            .collect(),
        not_compared: source.not_compared,
        unreadable: source.unreadable,
        drawn: source.drawn,
        version: weights.version,
    })
}

impl Source {
    fn of_table(input: &Path, mapping: &Path) -> Result<Self, Fault> {
        let loaded = load(input, mapping)?;
        let table = loaded.table;
        Ok(Self {
            unreadable: Unreadable::of(&table),
            filled: table.filled.iter().map(|filled| filled.filled).collect(),
            model: table.model,
            records: table.records,
            dictionary: table.dictionary,
            frequencies: table.frequencies,
            not_compared: loaded.mapping.not_compared,
            drawn: None,
            name: input.display().to_string(),
        })
    }

    async fn of_register(settings: &Settings, most: i64) -> Result<Self, Fault> {
        let mut conn = settings.open_register().await?;
        let sample = population::draw(&mut conn, most).await?;
        Ok(Self {
            model: sample.model,
            records: sample.records,
            dictionary: sample.dictionary,
            frequencies: sample.frequencies,
            filled: sample.filled,
            not_compared: Vec::new(),
            unreadable: Vec::new(),
            drawn: Some(sample.taken),
            name: "the register".to_owned(),
        })
    }
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
        lines.extend(self.drawn.map(|drawn| drawn.to_string()));
        lines.push(format!(
            "written to {}, version {}",
            self.file.display(),
            self.version
        ));
        lines.join("\n")
    }
}
