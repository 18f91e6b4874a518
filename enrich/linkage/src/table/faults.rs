//! What is wrong with a mapping, all of it at once.

use super::column::Declared;
use fold::fold;
use std::fmt;
use toml::{Table, Value};

/// What is wrong with a mapping, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongMapping(pub Vec<String>);

impl fmt::Display for WrongMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for WrongMapping {}

/// Faults of a mapping as they are found, with the headers of the table it is for.
pub(super) struct Faults<'a> {
    headers: &'a [&'a str],
    /// Once is enough, in a long list.
    headers_told: bool,
    found: Vec<String>,
}

impl<'a> Faults<'a> {
    pub const fn of(headers: &'a [&'a str]) -> Self {
        Self {
            headers,
            headers_told: false,
            found: Vec::new(),
        }
    }

    pub fn say(&mut self, at: &str, what: impl fmt::Display) {
        self.found.push(format!("{at}: {what}"));
    }

    pub const fn are_none(&self) -> bool {
        self.found.is_empty()
    }

    /// The value where there were no faults.
    pub fn or<T>(self, value: T) -> Result<T, WrongMapping> {
        if self.are_none() {
            Ok(value)
        } else {
            Err(WrongMapping(self.found))
        }
    }

    /// Refuses keys that mean nothing here.
    pub fn only(&mut self, table: &Table, prefix: &str, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            let at = format!("{prefix}{key}");
            self.say(&at, format!("unknown: here may stand {}", known.join(", ")));
        }
    }

    pub fn text<'t>(&mut self, table: &'t Table, prefix: &str, key: &str) -> Option<&'t str> {
        let value = table.get(key)?;
        if !value.is_str() {
            self.say(&format!("{prefix}{key}"), "must be a text in quotes");
        }
        value.as_str()
    }

    pub fn truth(&mut self, table: &Table, prefix: &str, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        if !value.is_bool() {
            self.say(&format!("{prefix}{key}"), "must be true or false");
        }
        value.as_bool()
    }

    pub fn table<'t>(&mut self, table: &'t Table, key: &str) -> Option<&'t Table> {
        let value = table.get(key)?;
        if !value.is_table() {
            self.say(key, format!("must be a table: [{key}] with its keys below"));
        }
        value.as_table()
    }

    /// The place of the table's column of this name: as it stands, else the only one that differs in case,
    /// marks or spaces around alone.
    pub fn place(&mut self, name: &str, at: &str) -> Option<usize> {
        let headers = || self.headers.iter().map(|header| header.trim());
        let like = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
            headers()
                .enumerate()
                .filter(|(_, header)| same(header))
                .map(|(n, _)| n)
                .collect()
        };
        let name = name.trim();
        let mut found = like(&|header| header == name);
        if found.is_empty() {
            found = like(&|header| fold(header) == fold(name));
        }
        match found[..] {
            [place] => Some(place),
            [] => {
                let mut fault = format!("the table has no column {name:?}");
                if !std::mem::replace(&mut self.headers_told, true) {
                    fault += ": it has ";
                    fault += &headers().collect::<Vec<_>>().join(", ");
                }
                self.say(at, fault);
                None
            }
            _ => {
                self.say(at, format!("the table has several columns {name:?}: rename them"));
                None
            }
        }
    }

    /// Refuses a field that two columns are mapped to, and a column that is mapped twice.
    pub fn each_once(&mut self, declared: &[(&str, usize, Declared)]) {
        for (n, (name, at, one)) in declared.iter().enumerate() {
            for (other_name, other_at, other) in &declared[..n] {
                let place = format!("columns.{name}");
                if at == other_at {
                    self.say(
                        &place,
                        format!("the same column of the table as columns.{other_name}"),
                    );
                } else if let Some(field) = one.field().filter(|_| one.field() == other.field()) {
                    let field = field.name();
                    self.say(
                        &place,
                        format!("columns.{other_name} is the field {field} already"),
                    );
                }
            }
        }
    }
}

/// Whether a value of a mapping is a table.
pub(super) const fn as_table(value: &Value) -> Option<&Table> {
    match value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}
