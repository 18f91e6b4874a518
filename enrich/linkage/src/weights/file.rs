//! Weights as a file (TOML).

use super::{ColumnWeights, LEAST, Weights, scale};
use crate::model::{Column, Model, Relatives};
use std::fmt::{self, Write as _};
use toml::{Table, Value};

/// What is wrong with a file of weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongWeights(String);

impl fmt::Display for WrongWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongWeights {}

impl Weights {
    /// The table as a file.
    pub fn to_toml(&self, model: &Model) -> String {
        let mut text = String::new();
        let mut put = |line: fmt::Arguments<'_>| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{line}");
        };
        put(format_args!(
            "# m: share of pairs of one person's records on this level; u: of two people's at random."
        ));
        put(format_args!("version = {:?}", self.version));
        put(format_args!("match_rate = {:.6}", self.match_rate));
        put(format_args!("\n[relatives]"));
        for kind in Relatives::ALL {
            put(format_args!(
                "{} = {:.6}",
                kind.name(),
                self.relatives[kind as usize]
            ));
        }
        for (column, weights) in model.columns().iter().zip(&self.columns) {
            put(format_args!("\n[column.{}]", column.name));
            put(format_args!("comparator = \"{}\"", column.comparator.name()));
            for (n, level) in column.comparator.levels().iter().enumerate() {
                let mut shares = format!("m = {:.3e}, u = {:.3e}", weights.m[n], weights.u[n]);
                for kind in Relatives::ALL {
                    if let Some(own) = &weights.relatives[kind as usize] {
                        let _ = write!(shares, ", {} = {:.3e}", kind.name(), own[n]);
                    }
                }
                put(format_args!("{} = {{ {shares} }} # {}", level.name, level.says));
            }
        }
        text
    }

    /// Reads a table for `model` from a file.
    ///
    /// # Errors
    /// The key that is wrong, and what may stand there.
    pub fn parse(text: &str, model: &Model) -> Result<Self, WrongWeights> {
        let file: Table = text
            .parse()
            .map_err(|fault: toml::de::Error| WrongWeights(fault.to_string().trim_end().to_owned()))?;
        let version = file.get("version").and_then(Value::as_str).unwrap_or("unnamed");
        let rate = number(&file, "match_rate")?;
        let none = Table::new();
        let relatives = file.get("relatives").and_then(Value::as_table).unwrap_or(&none);
        let mut rates = [0.0; Relatives::ALL.len()];
        for kind in Relatives::ALL {
            if relatives.contains_key(kind.name()) {
                rates[kind as usize] = number(relatives, kind.name())?;
            }
        }
        let columns = file.get("column").and_then(Value::as_table).unwrap_or(&none);
        let read = |column: &Column| {
            let table = columns.get(&column.name).and_then(Value::as_table);
            let table = table.ok_or_else(|| WrongWeights(format!("column.{}: missing", column.name)))?;
            read_column(column, table)
        };
        Ok(Self {
            version: version.to_owned(),
            match_rate: rate,
            relatives: rates,
            columns: model.columns().iter().map(read).collect::<Result<_, _>>()?,
        })
    }
}

fn read_column(column: &Column, table: &Table) -> Result<ColumnWeights, WrongWeights> {
    let wrong = |what: String| WrongWeights(format!("column.{}: {what}", column.name));
    let comparator = table
        .get("comparator")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if comparator != column.comparator.name() {
        return Err(wrong(format!(
            "the weights are for the comparator {comparator:?}, the mapping says {:?}",
            column.comparator.name()
        )));
    }
    let levels = column.comparator.levels();
    let shares = |key: &str| -> Result<Option<Vec<f64>>, WrongWeights> {
        let mut shares = Vec::new();
        for level in levels {
            let at = table.get(level.name).and_then(Value::as_table);
            let at = at.ok_or_else(|| wrong(format!("the level {} is missing", level.name)))?;
            if at.contains_key(key) {
                shares.push(
                    number(at, key)
                        .map_err(|fault| wrong(format!("{}: {fault}", level.name)))?
                        .max(LEAST),
                );
            }
        }
        if shares.is_empty() {
            return Ok(None);
        }
        if shares.len() != levels.len() {
            return Err(wrong(format!("{key} must stand in all levels or in none")));
        }
        scale(&mut shares);
        Ok(Some(shares))
    };
    let needed = |key: &str| shares(key)?.ok_or_else(|| wrong(format!("{key} is missing")));
    let mut relatives = [const { None }; Relatives::ALL.len()];
    for kind in Relatives::ALL {
        relatives[kind as usize] = shares(kind.name())?;
    }
    Ok(ColumnWeights {
        m: needed("m")?,
        u: needed("u")?,
        relatives,
    })
}

fn number(table: &Table, key: &str) -> Result<f64, WrongWeights> {
    let value = table
        .get(key)
        .and_then(|value| value.as_float().or(value.as_integer().map(|n| n as f64)));
    value
        .filter(|value| value.is_finite() && *value >= 0.0)
        .ok_or_else(|| WrongWeights(format!("{key}: must be a number of at least 0")))
}
