//! Any table of people: a mapping says what its columns are, so that the engine can link its rows.

mod generic;
mod keys;
mod mapping;
mod measure;

pub use mapping::{Mapping, WrongMapping};
pub use measure::{Measured, Truth, measure};

use crate::applicant;
use crate::dictionary::{Dictionary, has_marks};
use crate::frequency::{Frequencies, count_person};
use crate::model::Model;
use crate::records::Record;
use normalise::Date;
use rules::Thresholds;
use schemas::Applicant;

/// The rows of a table as records, with what all of them say together.
#[derive(Debug)]
pub struct Table {
    /// What its records are compared by.
    pub model: Model,
    /// The records, in the order of the rows.
    pub records: Vec<Record>,
    /// The texts.
    pub dictionary: Dictionary,
    /// How usual values are.
    pub frequencies: Frequencies,
}

impl Table {
    /// The records that a mapping makes of rows, each a list of its cells.
    pub fn of<'a, R: AsRef<[&'a str]>>(mapping: &Mapping, rows: impl Iterator<Item = R>) -> Self {
        let mut dictionary = Dictionary::default();
        let model = mapping.columns_only();
        let records: Vec<Record> = rows
            .map(|row| record(mapping, &model, &mut dictionary, row.as_ref()))
            .collect();
        let model = Model::new(model.columns().to_vec(), mapping.keys(&model, &records));
        let mut frequencies = Frequencies::default();
        for record in &records {
            count_person(&model, &mut frequencies, &record.slots, true);
        }
        Self {
            model,
            records,
            dictionary,
            frequencies,
        }
    }
}

fn record(mapping: &Mapping, model: &Model, dictionary: &mut Dictionary, row: &[&str]) -> Record {
    let cell = |at: usize| row.get(at).map_or("", |cell| cell.trim());
    let mut record = Record {
        slots: vec![0; model.width()],
        ..Record::default()
    };
    if !mapping.fields.is_empty() {
        let mut written = Applicant::default();
        for &(at, field) in &mapping.fields {
            written.set(field, Some(cell(at).to_owned()).filter(|value| !value.is_empty()));
        }
        let as_of = mapping
            .as_of
            .and_then(|at| generic::date(cell(at)))
            .and_then(|day| Date::parse(&day));
        let values = normalise::of_applicant(&written, as_of.or(mapping.day), Thresholds::default());
        let person = normalise::Normalised::of(&written, &values.changes);
        applicant::fill(model, dictionary, |field| person.get(field), &mut record);
    }
    for column in &mapping.generic {
        let slots = model.slots(column.column);
        record.marked |= has_marks(cell(column.at));
        let comparator = model.columns()[column.column].comparator;
        generic::fill(comparator, dictionary, cell(column.at), &mut record.slots[slots]);
    }
    record
}
