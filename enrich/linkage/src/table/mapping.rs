//! The mapping of a table: which column is what (TOML).
//!
//! ```toml
//! id = "rec_id"                      # the column that names a record; without it its line does
//! as_of = "captured_on"              # the day a form was filled in: a column, or a day such as 2025-06-30
//!
//! [columns.ho_ten]
//! field = "full_name"                # one of an application's fields: read and compared as the pipeline does
//!
//! [columns.street]
//! comparator = "text"                # any other: name, text, date, number or category
//! role = "household"                 # whom it tells apart: person (unless said), birth, family, parents, household
//! frequency = true                   # rare values say more (usual for names, texts and categories)
//! swaps_with = "suburb"              # a column whose value may stand here by mistake
//!
//! [blocking]
//! keys = ["street + date_of_birth:year"]   # unless said: chosen by how few records each brings together
//! ```

use super::{generic, keys};
use crate::applicant;
use crate::compare::Comparator;
use crate::model::{Column, Frequency, Key, Model, Role};
use crate::records::Record;
use normalise::Date;
use schemas::Field;
use std::fmt;
use toml::{Table, Value};

/// What the columns of a table are.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The column that names a record.
    pub id: Option<usize>,
    pub(super) as_of: Option<usize>,
    pub(super) day: Option<Date>,
    pub(super) fields: Vec<(usize, Field)>,
    pub(super) generic: Vec<Generic>,
    columns: Vec<Column>,
    keys: Option<Vec<String>>,
}

/// A column that isn't ours.
#[derive(Clone, Debug)]
pub(super) struct Generic {
    /// Its place in the table.
    pub at: usize,
    /// Its place in the model.
    pub column: usize,
}

/// What is wrong with a mapping, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongMapping(pub Vec<String>);

impl fmt::Display for WrongMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for WrongMapping {}

impl Mapping {
    /// Reads a mapping for a table with these headers.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, headers: &[&str]) -> Result<Self, WrongMapping> {
        let file: Table = text
            .parse()
            .map_err(|fault: toml::de::Error| WrongMapping(vec![fault.to_string().trim_end().to_owned()]))?;
        let mut reader = Reader {
            headers,
            faults: Vec::new(),
        };
        let mapping = reader.mapping(&file);
        if reader.faults.is_empty() {
            Ok(mapping)
        } else {
            Err(WrongMapping(reader.faults))
        }
    }

    /// The model without its keys.
    pub(super) fn columns_only(&self) -> Model {
        Model::new(self.columns.clone(), Vec::new())
    }

    /// The blocking keys: those it names, or the usual ones.
    pub(super) fn keys(&self, model: &Model, records: &[Record]) -> Vec<Key> {
        match &self.keys {
            Some(keys) => keys
                .iter()
                .filter_map(|key| Model::key(model.columns(), key).ok())
                .collect(),
            None => {
                let generic: Vec<usize> = self.generic.iter().map(|column| column.column).collect();
                [
                    applicant::keys(model.columns()),
                    keys::choose(model, records, &generic),
                ]
                .concat()
            }
        }
    }
}

struct Reader<'a> {
    headers: &'a [&'a str],
    faults: Vec<String>,
}

impl Reader<'_> {
    fn mapping(&mut self, file: &Table) -> Mapping {
        for key in file.keys() {
            if !["id", "as_of", "columns", "blocking"].contains(&key.as_str()) {
                self.faults.push(format!(
                    "{key}: unknown: a mapping has id, as_of, [columns.NAME] and [blocking]"
                ));
            }
        }
        let text = |key: &str| file.get(key).and_then(Value::as_str);
        let id = text("id").and_then(|name| self.place(name, "id"));
        let day = text("as_of")
            .and_then(generic::date)
            .and_then(|day| Date::parse(&day));
        let as_of = text("as_of")
            .filter(|_| day.is_none())
            .and_then(|name| self.place(name, "as_of"));
        let none = Table::new();
        let columns = file.get("columns").and_then(Value::as_table).unwrap_or(&none);
        if columns.is_empty() {
            self.faults
                .push("columns: at least one column must be mapped, as [columns.NAME]".to_owned());
        }
        let mut mapping = Mapping {
            id,
            as_of,
            day,
            fields: Vec::new(),
            generic: Vec::new(),
            columns: Vec::new(),
            keys: None,
        };
        for (name, options) in columns {
            self.field(name, options, &mut mapping);
        }
        let fields: Vec<Field> = mapping.fields.iter().map(|&(_, field)| field).collect();
        mapping.columns = applicant::columns(&fields);
        for (name, options) in columns {
            self.generic(name, options, &mut mapping);
        }
        self.swaps(columns, &mut mapping);
        let keys = file
            .get("blocking")
            .and_then(|blocking| blocking.get("keys"))
            .and_then(Value::as_array);
        mapping.keys = keys.map(|keys| keys.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        for key in mapping.keys.iter().flatten() {
            if let Err(fault) = Model::key(&mapping.columns, key) {
                self.faults.push(format!("blocking.keys: {fault}"));
            }
        }
        mapping
    }

    fn place(&mut self, name: &str, what: &str) -> Option<usize> {
        let place = self
            .headers
            .iter()
            .position(|header| header.trim() == name.trim());
        if place.is_none() {
            let known = self
                .headers
                .iter()
                .map(|header| header.trim())
                .collect::<Vec<_>>()
                .join(", ");
            self.faults
                .push(format!("{what}: the table has no column {name}: it has {known}"));
        }
        place
    }

    fn field(&mut self, name: &str, options: &Value, mapping: &mut Mapping) {
        let Some(field_name) = options.get("field").and_then(Value::as_str) else {
            return;
        };
        let field = Field::ALL.iter().find(|field| field.name() == field_name);
        match (field, self.place(name, &format!("columns.{name}"))) {
            (Some(&field), Some(at)) => mapping.fields.push((at, field)),
            (Some(_), None) => {}
            (None, _) => {
                let known = Field::ALL
                    .iter()
                    .map(|field| field.name())
                    .collect::<Vec<_>>()
                    .join(", ");
                self.faults.push(format!(
                    "columns.{name}: no field {field_name}: there are {known}"
                ));
            }
        }
    }

    fn generic(&mut self, name: &str, options: &Value, mapping: &mut Mapping) {
        if options.get("field").is_some() {
            return;
        }
        let at = self.place(name, &format!("columns.{name}"));
        let comparator = options
            .get("comparator")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let comparator = match Comparator::named(comparator) {
            Some(Comparator::Abode) | None => {
                self.faults.push(format!("columns.{name}: needs field = an application's field, or comparator = name, text, date, number or category"));
                return;
            }
            Some(comparator) => comparator,
        };
        let role = options.get("role").and_then(Value::as_str).unwrap_or("person");
        let Some(role) = Role::named(role) else {
            self.faults.push(format!(
                "columns.{name}: no role {role}: there are {}",
                Role::ALL.map(|(name, _)| name).join(", ")
            ));
            return;
        };
        let usual = matches!(
            comparator,
            Comparator::Name | Comparator::Text | Comparator::Category
        );
        let counts = options.get("frequency").and_then(Value::as_bool).unwrap_or(usual);
        if let Some(at) = at {
            let column = mapping.columns.len();
            mapping.generic.push(Generic { at, column });
            mapping.columns.push(Column {
                name: name.to_owned(),
                comparator,
                role,
                frequency: if counts {
                    Frequency::Overall
                } else {
                    Frequency::Ignored
                },
                swaps_with: None,
            });
        }
    }

    fn swaps(&mut self, columns: &Table, mapping: &mut Mapping) {
        for (name, options) in columns {
            let Some(other) = options.get("swaps_with").and_then(Value::as_str) else {
                continue;
            };
            let at = |name: &str| mapping.columns.iter().position(|column| column.name == name);
            match (at(name), at(other)) {
                (Some(a), Some(b))
                    if a != b && mapping.columns[a].comparator == mapping.columns[b].comparator =>
                {
                    mapping.columns[a.min(b)].swaps_with = Some(a.max(b));
                }
                _ => self.faults.push(format!(
                    "columns.{name}: swaps_with must name another mapped column of the same comparator"
                )),
            }
        }
    }
}
