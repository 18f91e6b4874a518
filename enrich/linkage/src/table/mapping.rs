//! The mapping of a table: which column is what (TOML). What may stand in it, with whole examples, is in
//! this crate's README.

use super::column::{self, Declared};
use super::faults::{Faults, WrongMapping};
use super::{alias, generic, keys};
use crate::applicant;
use crate::dictionary::Dictionary;
use crate::model::{Column, Key, Model};
use crate::records::Record;
use crate::score::MOST_COLUMNS;
use normalise::Date;
use schemas::Field;
use toml::{Table, Value};

/// What the columns of a table are.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The column that names a record; without one, records are numbered from 1.
    pub id: Option<usize>,
    /// Columns of the table that are read and not compared.
    pub not_compared: Vec<String>,
    pub(super) as_of: Option<AsOf>,
    pub(super) fields: Vec<(usize, Field)>,
    pub(super) generic: Vec<Generic>,
    columns: Vec<Column>,
    keys: Option<Vec<Key>>,
}

/// The day that applications' values are read on.
#[derive(Clone, Copy, Debug)]
pub(super) enum AsOf {
    /// It stands in a column.
    Column(usize),
    /// One for all.
    Day(Date),
}

/// A column that isn't ours.
#[derive(Clone, Debug)]
pub(super) struct Generic {
    /// Its place in the table.
    pub at: usize,
    /// Its place in the model.
    pub column: usize,
}

impl Mapping {
    /// Reads a mapping for a table with these headers.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, headers: &[&str]) -> Result<Self, WrongMapping> {
        let file: Table = text
            .parse()
            .map_err(|fault: toml::de::Error| WrongMapping(vec![fault.to_string().trim_end().to_owned()]))?;
        let mut faults = Faults::of(headers);
        let mapping = Self::read(&file, &mut faults);
        faults.or(mapping)
    }

    fn read(file: &Table, faults: &mut Faults<'_>) -> Self {
        faults.only(file, "", &["id", "as_of", "columns", "blocking"]);
        let id = faults
            .text(file, "", "id")
            .and_then(|name| faults.place(name, "id"));
        let as_of = file.get("as_of").and_then(|value| as_of(value, faults));
        let none = Table::new();
        let columns = faults.table(file, "columns").unwrap_or(&none);
        let declared: Vec<(&str, usize, Declared)> = columns
            .iter()
            .filter_map(|(name, options)| {
                let declared = column::declared(name, options, faults);
                let at = faults.place(name, &format!("columns.{name}"));
                Some((name.as_str(), at?, declared?))
            })
            .collect();
        faults.each_once(&declared);
        let fields: Vec<(usize, Field)> = declared
            .iter()
            .filter_map(|(_, at, declared)| Some((*at, declared.field()?)))
            .collect();
        let named: Vec<Field> = fields.iter().map(|&(_, field)| field).collect();
        let mut mapping = Self {
            id,
            not_compared: Vec::new(),
            as_of,
            fields,
            generic: Vec::new(),
            columns: applicant::columns(&named),
            keys: None,
        };
        for (name, at, declared) in &declared {
            mapping.add(name, *at, declared, faults);
        }
        column::swaps(&declared, &mut mapping.columns, faults);
        match mapping.columns.len() {
            0 if faults.are_none() => faults.say(
                "columns",
                "nothing to compare: map at least one column, as [columns.NAME]",
            ),
            0..=MOST_COLUMNS => {}
            many => faults.say(
                "columns",
                format!("{many} columns to compare: at most {MOST_COLUMNS}"),
            ),
        }
        mapping.keys = mapping.named_keys(file, &declared, faults);
        mapping
    }

    fn add(&mut self, name: &str, at: usize, declared: &Declared, faults: &mut Faults<'_>) {
        match declared {
            Declared::Field(field) if !applicant::is_compared(*field) => {
                self.not_compared.push(name.to_owned());
            }
            Declared::Field(_) => {}
            Declared::Generic(options) => {
                if self.columns.iter().any(|known| known.name == name) {
                    let why = "the fields of this mapping make a column of this name: map it as a field too, or not at all";
                    faults.say(&format!("columns.{name}"), why);
                    return;
                }
                let column = self.columns.len();
                self.generic.push(Generic { at, column });
                self.columns.push(options.column(name));
            }
        }
    }

    fn named_keys(
        &self,
        file: &Table,
        declared: &[(&str, usize, Declared)],
        faults: &mut Faults<'_>,
    ) -> Option<Vec<Key>> {
        let blocking = faults.table(file, "blocking")?;
        faults.only(blocking, "blocking.", &["keys"]);
        let keys = blocking.get("keys")?.as_array();
        let texts: Option<Vec<&str>> = keys.and_then(|keys| keys.iter().map(Value::as_str).collect());
        let Some(texts) = texts.filter(|texts| !texts.is_empty()) else {
            faults.say(
                "blocking.keys",
                "must be a list of texts, such as [\"surname + date_of_birth:year\"]",
            );
            return None;
        };
        let mut read = Vec::new();
        for text in texts {
            match Model::key(&self.columns, &alias::resolved(text, &self.columns, declared)) {
                Ok(key) => read.push(key),
                Err(fault) => faults.say("blocking.keys", format!("{text:?}: {fault}")),
            }
        }
        Some(read)
    }

    /// The model without its keys.
    pub(super) fn columns_only(&self) -> Model {
        Model::new(self.columns.clone(), Vec::new())
    }

    /// The blocking keys: those it names, or the usual ones.
    pub(super) fn keys(&self, model: &Model, dictionary: &Dictionary, records: &[Record]) -> Vec<Key> {
        if let Some(keys) = &self.keys {
            return keys.clone();
        }
        let ours: Vec<Column> = self
            .columns
            .iter()
            .filter(|column| column.of_applicant)
            .cloned()
            .collect();
        let generic: Vec<usize> = self.generic.iter().map(|column| column.column).collect();
        // An applicant's columns come first in the model, so that their keys name the same places in both.
        [
            applicant::keys(&ours),
            keys::choose(model, dictionary, records, &generic),
        ]
        .concat()
    }
}

fn as_of(value: &Value, faults: &mut Faults<'_>) -> Option<AsOf> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Datetime(day) => day.to_string(),
        _ => {
            faults.say(
                "as_of",
                "must be the name of a column, or a day such as \"2025-06-30\"",
            );
            return None;
        }
    };
    match generic::date(&text).and_then(|day| Date::parse(&day)) {
        Some(day) => Some(AsOf::Day(day)),
        None => faults.place(&text, "as_of").map(AsOf::Column),
    }
}
