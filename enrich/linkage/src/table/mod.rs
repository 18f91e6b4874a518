//! Any table of people: a mapping says what its columns are, so that the engine can link its rows.

mod alias;
mod column;
mod faults;
mod generic;
mod keys;
mod mapping;
mod measure;

pub use faults::WrongMapping;
pub use mapping::Mapping;
pub use measure::{Measured, Truth, measure};

use crate::applicant;
use crate::dictionary::{Dictionary, has_marks};
use crate::frequency::{Frequencies, count_person};
use crate::model::Model;
use crate::records::Record;
use mapping::AsOf;
use normalise::{Date, Normalised};
use rules::Thresholds;
use schemas::{Applicant, Field};

/// Bytes of a cell that are compared: no name, address or number is as long, and comparing takes time with
/// the square of the length.
pub const LONGEST_CELL: usize = 400;

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
    /// How full each column of the model is.
    pub filled: Vec<Filled>,
}

/// How many records have something to compare in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Records that have a value.
    pub filled: usize,
    /// Records that have something written which is no value: letters where a date is asked for.
    pub unreadable: usize,
}

/// Makes records of rows, one after the other.
#[derive(Debug)]
pub struct Rows<'a> {
    mapping: &'a Mapping,
    model: Model,
    records: Vec<Record>,
    dictionary: Dictionary,
    filled: Vec<Filled>,
}

impl<'a> Rows<'a> {
    /// No rows yet.
    pub fn of(mapping: &'a Mapping) -> Self {
        let model = mapping.columns_only();
        Self {
            mapping,
            filled: vec![Filled::default(); model.columns().len()],
            model,
            records: Vec::new(),
            dictionary: Dictionary::default(),
        }
    }

    /// Adds a row by its cells.
    pub fn add<'r>(&mut self, cell: impl Fn(usize) -> Option<&'r str>) {
        let cell = |at: usize| shortened(cell(at).unwrap_or_default().trim());
        let mut record = Record {
            slots: vec![0; self.model.width()],
            ..Record::default()
        };
        if !self.mapping.fields.is_empty() {
            self.fill_fields(cell, &mut record);
        }
        for generic in &self.mapping.generic {
            let slots = self.model.slots(generic.column);
            record.marked |= has_marks(cell(generic.at));
            let comparator = self.model.columns()[generic.column].comparator;
            let slots = &mut record.slots[slots];
            let says = generic::fill(comparator, &mut self.dictionary, cell(generic.at), slots);
            self.filled[generic.column].count(slots, says);
        }
        self.records.push(record);
    }

    fn fill_fields<'r>(&mut self, cell: impl Fn(usize) -> &'r str, record: &mut Record) {
        let mut written = Applicant::default();
        for &(at, field) in &self.mapping.fields {
            written.set(field, Some(cell(at).to_owned()).filter(|value| !value.is_empty()));
        }
        let as_of = match self.mapping.as_of {
            Some(AsOf::Column(at)) => generic::date(cell(at)).and_then(|day| Date::parse(&day)),
            Some(AsOf::Day(day)) => Some(day),
            None => None,
        };
        let values = normalise::of_applicant(&written, as_of, Thresholds::default());
        let person = Normalised::of(&written, &values.changes);
        let get = |field: Field| person.get(field);
        applicant::fill(&self.model, &mut self.dictionary, get, record);
        let columns = self.model.columns().iter().enumerate();
        for (n, column) in columns.filter(|(_, column)| column.of_applicant) {
            let says = applicant::sources(&column.name)
                .iter()
                .any(|&field| get(field).is_some());
            self.filled[n].count(&record.slots[self.model.slots(n)], says);
        }
    }

    /// The table of all rows.
    pub fn finish(self) -> Table {
        let keys = self.mapping.keys(&self.model, &self.dictionary, &self.records);
        let model = Model::new(self.model.columns().to_vec(), keys);
        let mut frequencies = Frequencies::default();
        for record in &self.records {
            count_person(&model, &mut frequencies, &record.slots, true);
        }
        Table {
            model,
            records: self.records,
            dictionary: self.dictionary,
            frequencies,
            filled: self.filled,
        }
    }
}

impl Filled {
    fn count(&mut self, slots: &[u32], says: bool) {
        let filled = slots.iter().any(|&slot| slot != 0);
        self.filled += usize::from(filled);
        self.unreadable += usize::from(says && !filled);
    }
}

fn shortened(cell: &str) -> &str {
    let mut end = LONGEST_CELL.min(cell.len());
    while !cell.is_char_boundary(end) {
        end -= 1;
    }
    &cell[..end]
}
