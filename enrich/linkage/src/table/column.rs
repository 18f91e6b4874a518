//! One column of a mapping: an application's field, or something to compare in its own way.

use super::faults::{Faults, as_table};
use crate::compare::Comparator;
use crate::model::{Column, Frequency, Role};
use schemas::Field;
use toml::{Table, Value};

/// What a column of a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// One of an application's fields: read and compared as the pipeline does.
    Field(Field),
    /// Anything else.
    Generic(Options),
}

/// How a column that isn't ours is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    comparator: Comparator,
    role: Role,
    frequency: bool,
    swaps_with: Option<String>,
}

impl Declared {
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::Field(field) => Some(*field),
            Self::Generic(_) => None,
        }
    }

    fn swaps_with(&self) -> Option<&str> {
        match self {
            Self::Field(_) => None,
            Self::Generic(options) => options.swaps_with.as_deref(),
        }
    }
}

impl Options {
    pub fn column(&self, name: &str) -> Column {
        Column {
            name: name.to_owned(),
            comparator: self.comparator,
            role: self.role,
            frequency: if self.frequency {
                Frequency::Overall
            } else {
                Frequency::Ignored
            },
            swaps_with: None,
            of_applicant: false,
        }
    }
}

const NEEDED: &str =
    "needs field = an application's field, or comparator = name, text, date, number or category";

/// Reads what a mapping says of a column.
pub(super) fn declared(name: &str, options: &Value, faults: &mut Faults<'_>) -> Option<Declared> {
    let prefix = format!("columns.{name}.");
    let at = format!("columns.{name}");
    let Some(options) = as_table(options) else {
        faults.say(
            &at,
            format!("must be a table, such as {{ comparator = \"text\" }}: it {NEEDED}"),
        );
        return None;
    };
    if options.contains_key("field") {
        faults.only(options, &prefix, &["field"]);
        return field(options, &prefix, faults).map(Declared::Field);
    }
    faults.only(
        options,
        &prefix,
        &["field", "comparator", "role", "frequency", "swaps_with"],
    );
    if !options.contains_key("comparator") {
        faults.say(&at, NEEDED);
        return None;
    }
    generic(options, &prefix, faults).map(Declared::Generic)
}

fn field(options: &Table, prefix: &str, faults: &mut Faults<'_>) -> Option<Field> {
    let name = faults.text(options, prefix, "field")?;
    let field = Field::ALL.iter().find(|field| field.name() == name);
    if field.is_none() {
        let known: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        let known = known.join(", ");
        faults.say(
            &format!("{prefix}field"),
            format!("no field {name:?}: there are {known}"),
        );
    }
    field.copied()
}

fn generic(options: &Table, prefix: &str, faults: &mut Faults<'_>) -> Option<Options> {
    let comparator = faults.text(options, prefix, "comparator")?;
    // Abode is made of several fields of an application: no column has it.
    let known = Comparator::named(comparator).filter(|comparator| *comparator != Comparator::Abode);
    if known.is_none() {
        let at = format!("{prefix}comparator");
        let what = "there are name, text, date, number and category";
        faults.say(&at, format!("no comparator {comparator:?}: {what}"));
    }
    let role = match faults.text(options, prefix, "role") {
        Some(role) => Role::named(role).or_else(|| {
            let known = Role::ALL.map(|(name, _)| name).join(", ");
            faults.say(
                &format!("{prefix}role"),
                format!("no role {role:?}: there are {known}"),
            );
            None
        }),
        None => Some(Role::Person),
    };
    let frequency = faults.truth(options, prefix, "frequency");
    let swaps_with = faults.text(options, prefix, "swaps_with").map(str::to_owned);
    let comparator = known?;
    let usual = matches!(
        comparator,
        Comparator::Name | Comparator::Text | Comparator::Category
    );
    Some(Options {
        comparator,
        role: role?,
        frequency: frequency.unwrap_or(usual),
        swaps_with,
    })
}

/// Notes in the model's columns whose values may stand in each other's place.
pub(super) fn swaps(declared: &[(&str, usize, Declared)], columns: &mut [Column], faults: &mut Faults<'_>) {
    let place = |columns: &[Column], name: &str| {
        columns
            .iter()
            .position(|column| column.name == name && !column.of_applicant)
    };
    for (name, _, column) in declared {
        let (Some(other), Some(a)) = (column.swaps_with(), place(columns, name)) else {
            continue;
        };
        let b = place(columns, other).filter(|&b| a != b && columns[a].comparator == columns[b].comparator);
        let free = |b: usize| {
            let (one, other) = (a.min(b), a.max(b));
            columns
                .iter()
                .enumerate()
                .all(|(n, column)| match column.swaps_with {
                    Some(known) => {
                        (n, known) == (one, other) || [n, known].iter().all(|at| ![a, b].contains(at))
                    }
                    None => true,
                })
        };
        let wrong = match (b, columns[a].comparator) {
            (Some(b), Comparator::Name | Comparator::Text) if free(b) => {
                columns[a.min(b)].swaps_with = Some(a.max(b));
                continue;
            }
            (Some(_), Comparator::Name | Comparator::Text) => "each column swaps with one other at most",
            _ => "must name another mapped column of the same comparator, name or text",
        };
        faults.say(&format!("columns.{name}.swaps_with"), wrong);
    }
}
