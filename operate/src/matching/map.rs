//! `intakectl match map`.

use super::input::Lines;
use super::propose::{Part, Profile, is_somebodys, propose};
use crate::Report;
use crate::report::Form;
use crate::table::grouped;
use clap::Args;
use linkage::table::Mapping;
use runtime::Fault;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Options of `match map`.
#[derive(Debug, Args)]
pub struct Options {
    /// The table of people: CSV, UTF-8, its first line the header; separated by comma, semicolon, tab or bar
    #[arg(long, value_name = "FILE.csv")]
    input: PathBuf,
    /// Rows that are looked at
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rows: u64,
    /// The mapping to write; without it, it is printed only
    #[arg(long = "output", value_name = "MAP.toml")]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// What the columns seem to be. Names of columns and counts, no cell.
#[derive(Debug, Serialize)]
pub struct Proposed {
    rows: usize,
    /// Whether the table seems to hold forms of ours.
    our_forms: bool,
    columns: Vec<Column>,
    /// The mapping's text.
    mapping: String,
    written: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Column {
    column: String,
    filled: usize,
    different: usize,
    seems: String,
}

/// Looks at a table and proposes a mapping of it.
///
/// # Errors
/// Data when the file can't be read, has no header, or nothing in it can be compared.
pub fn run(options: &Options) -> Result<Proposed, Fault> {
    let mut lines = Lines::open(&options.input)?;
    let header = lines.headers.clone();
    let headers: Vec<&str> = header.iter().collect();
    let name = options.input.display();
    if is_somebodys(&headers) {
        return Err(Fault::data(format!(
            "{name}: the first line holds a date or a long number, and so is no header: put the names of the columns \
             above it"
        )));
    }
    let mut profiles = vec![Profile::default(); headers.len()];
    let mut rows = 0;
    while rows < options.rows as usize
        && let Some((_, row)) = lines.next()?
    {
        for (profile, cell) in profiles.iter_mut().zip(row.iter()) {
            profile.count(cell);
        }
        rows += 1;
    }
    let (parts, our_forms) = propose(&headers, &profiles, rows);
    let columns: Vec<Column> = headers
        .iter()
        .zip(&profiles)
        .zip(&parts)
        .map(|((header, profile), part)| Column {
            column: (*header).to_owned(),
            filled: profile.filled,
            different: profile.different(),
            seems: seems(part),
        })
        .collect();
    let mapping = written(&columns, &parts, rows);
    Mapping::parse(&mapping, &headers)
        .map_err(|wrong| Fault::data(format!("{name}: no mapping can be proposed: {wrong}")))?;
    if let Some(path) = &options.mapping {
        std::fs::write(path, &mapping)
            .map_err(|e| Fault::transient(format!("can't write {}: {e}", path.display())))?;
    }
    Ok(Proposed {
        rows,
        our_forms,
        columns,
        mapping,
        written: options.mapping.clone(),
    })
}

fn seems(part: &Part) -> String {
    match part {
        Part::Id => "names a record".to_owned(),
        Part::AsOf => "the day of the form".to_owned(),
        Part::Field(field) => format!("field {}", field.name()),
        Part::Compared {
            comparator,
            role: None,
            ..
        } => (*comparator).to_owned(),
        Part::Compared {
            comparator,
            role: Some(role),
            ..
        } => format!("{comparator}, {role}"),
        Part::LeftOut(why) => format!("left out: {why}"),
    }
}

/// The mapping in TOML.
fn written(columns: &[Column], parts: &[Part], rows: usize) -> String {
    let mut text = format!(
        "# Proposed by `intakectl match map` from the names of the columns and the shape of {} rows. Look it over:\n\
         # roles and what is compared decide who is one person.\n",
        grouped(rows as i64)
    );
    let both = || columns.iter().zip(parts);
    for (key, wanted) in [("id", Part::Id), ("as_of", Part::AsOf)] {
        if let Some((column, _)) = both().find(|(_, part)| **part == wanted) {
            let _ = writeln!(text, "{key} = {}", quoted(&column.column));
        }
    }
    text += "\n[columns]\n";
    for (column, part) in both() {
        let name = quoted(&column.column);
        let counts = format!(
            "{} filled, {} different",
            grouped(column.filled as i64),
            grouped(column.different as i64)
        );
        let _ = match part {
            Part::Id | Part::AsOf => Ok(()),
            Part::Field(field) => {
                writeln!(text, "{name} = {{ field = \"{}\" }}   # {counts}", field.name())
            }
            Part::Compared {
                comparator,
                role,
                swaps_with,
            } => {
                let role = role
                    .map(|role| format!(", role = \"{role}\""))
                    .unwrap_or_default();
                let swaps = swaps_with
                    .as_ref()
                    .map(|with| format!(", swaps_with = {}", quoted(with)));
                let swaps = swaps.unwrap_or_default();
                writeln!(
                    text,
                    "{name} = {{ comparator = \"{comparator}\"{role}{swaps} }}   # {counts}"
                )
            }
            Part::LeftOut(why) => writeln!(text, "# {name}: left out, {why}; {counts}"),
        };
    }
    text
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

impl Report for Proposed {
    fn table(&self) -> String {
        match &self.written {
            Some(path) => format!("{}\nwritten to {}", self.mapping, path.display()),
            None => self.mapping.clone(),
        }
    }
}
