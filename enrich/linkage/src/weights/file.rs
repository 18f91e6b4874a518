//! Weights as a file (TOML).

use super::{ColumnWeights, LEAST, Weights, scale};
use crate::compare::LevelName;
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

const HEAD: &str = "\
# m: share of pairs of one person's records that agree so; u: of pairs of two people's at random; twins, siblings,
# household: of pairs of such relatives, where they differ from m (of what they share) and u (of all else). Behind
# a level stands log2(m / u), in bits: how much it speaks for one person, or against.
";

impl Weights {
    /// The table as a file.
    pub fn to_toml(&self, model: &Model) -> String {
        let mut text = String::from(HEAD);
        // Writing to a String can't fail.
        let _ = self.write(model, &mut text);
        text
    }

    fn write(&self, model: &Model, text: &mut String) -> fmt::Result {
        writeln!(text, "version = {}", quoted(&self.version))?;
        writeln!(
            text,
            "# Other records of the same person that a record has, on average."
        )?;
        writeln!(text, "match_rate = {:.6}", self.match_rate)?;
        writeln!(
            text,
            "\n# Relatives that a person has among the records, on average."
        )?;
        writeln!(text, "[relatives]")?;
        for kind in Relatives::ALL {
            writeln!(text, "{} = {:.6}", kind.name(), self.relatives[kind as usize])?;
        }
        for (column, weights) in model.columns().iter().zip(&self.columns) {
            writeln!(text, "\n[column.{}]", key(&column.name))?;
            writeln!(text, "comparator = \"{}\"", column.comparator.name())?;
            for (n, level) in column.comparator.levels().iter().enumerate() {
                write!(
                    text,
                    "{} = {{ m = {:.6e}, u = {:.6e}",
                    level.name, weights.m[n], weights.u[n]
                )?;
                for kind in Relatives::ALL {
                    if let Some(own) = &weights.relatives[kind as usize] {
                        write!(text, ", {} = {:.6e}", kind.name(), own[n])?;
                    }
                }
                writeln!(text, " }} # {:+.1}: {}", weights.bits_of(n), level.says)?;
            }
        }
        Ok(())
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
        let table = |column: &Column| columns.get(&column.name).and_then(Value::as_table);
        let missing: Vec<&str> = model
            .columns()
            .iter()
            .filter(|column| table(column).is_none())
            .map(|column| column.name.as_str())
            .collect();
        if !missing.is_empty() {
            return Err(WrongWeights(format!(
                "there are no weights for {}",
                missing.join(", ")
            )));
        }
        let read = |column: &Column| read_column(column, table(column).unwrap_or(&none));
        Ok(Self {
            version: version.to_owned(),
            match_rate: rate.max(LEAST),
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
    let source = |level: &LevelName| match level.part_of {
        Some(whole) if !table.contains_key(level.name) => whole,
        _ => level.name,
    };
    let shares = |key: &str| -> Result<Option<Vec<f64>>, WrongWeights> {
        let mut shares = Vec::new();
        for level in levels {
            let from = source(level);
            let at = table.get(from).and_then(Value::as_table);
            let at = at.ok_or_else(|| wrong(format!("the level {from} is missing")))?;
            if at.contains_key(key) {
                let share = number(at, key).map_err(|fault| wrong(format!("{from}: {fault}")))?;
                let parts = levels.iter().filter(|level| source(level) == from).count();
                shares.push((share / parts as f64).max(LEAST));
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

/// A key of TOML: bare where it may be.
fn key(name: &str) -> String {
    let is_bare = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
    if !name.is_empty() && name.bytes().all(is_bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant;

    #[test]
    fn a_table_from_before_a_level_was_told_apart_weighs_as_it_did() {
        let model = applicant::model();
        let parts = || {
            let levels = |column: &Column| column.comparator.levels().iter();
            let of_columns = model.columns().iter().enumerate();
            of_columns.flat_map(move |(at, column)| {
                levels(column).filter_map(move |level| Some((at, level.name, level.part_of?)))
            })
        };
        let is_part = |line: &&str| {
            let name = line.split(' ').next().unwrap_or_default();
            parts().any(|(_, part, _)| part == name)
        };
        let older: Vec<&str> = Weights::SHIPPED.lines().filter(|line| !is_part(line)).collect();
        assert!(older.len() < Weights::SHIPPED.lines().count());
        let read = Weights::parse(&older.join("\n"), &model).expect("an older table");
        for (at, part, whole) in parts() {
            let (column, weights) = (&model.columns()[at], &read.columns[at]);
            assert!((weights.m.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let bits = |name| {
                let levels = column.comparator.levels();
                let level = levels.iter().position(|level| level.name == name);
                weights.bits_of(level.expect("a level"))
            };
            assert!((bits(part) - bits(whole)).abs() < 1e-9, "{}.{part}", column.name);
        }
    }
}
