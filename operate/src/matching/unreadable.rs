//! Columns of a table with something written that their comparator can't read: a comparator that doesn't fit.

use crate::table::grouped;
use linkage::table::Table;
use serde::Serialize;

/// A column and how many records have such a value in it.
#[derive(Debug, Serialize)]
pub struct Unreadable {
    column: String,
    records: usize,
}

impl Unreadable {
    /// Of each column of a table that has such records, how many.
    pub fn of(table: &Table) -> Vec<Self> {
        let columns = table.model.columns().iter().zip(&table.filled);
        columns
            .filter(|(_, filled)| filled.unreadable > 0)
            .map(|(column, filled)| Self {
                column: column.name.clone(),
                records: filled.unreadable,
            })
            .collect()
    }
}

/// What there is to say of columns that are not used as one might think.
pub fn notes(unreadable: &[Unreadable], not_compared: &[String], records: usize) -> Vec<String> {
    let records = grouped(records as i64);
    let mut notes: Vec<String> = unreadable
        .iter()
        .map(|Unreadable { column, records: count }| {
            let count = grouped(*count as i64);
            format!("{column}: what {count} of {records} records have there can't be read, and is not compared")
        })
        .collect();
    if !not_compared.is_empty() {
        let columns = not_compared.join(", ");
        notes.push(format!(
            "not compared: {columns} (give them a comparator in place of a field to compare them)"
        ));
    }
    notes
}
