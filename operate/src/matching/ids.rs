//! The names of records: what stands in the id column, or the number of the row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

/// The ids of a table's records, in the order of its rows.
#[derive(Debug)]
pub struct Ids {
    /// None: records are numbered from 1.
    named: Option<Named>,
    count: usize,
}

#[derive(Debug, Default)]
struct Named {
    ids: Vec<Rc<str>>,
    lines: Vec<u64>,
    rows: HashMap<Rc<str>, u32>,
}

impl Ids {
    /// No ids yet.
    pub fn named(named: bool) -> Self {
        Self {
            named: named.then(Named::default),
            count: 0,
        }
    }

    /// Adds the id of the next row; what is wrong with it.
    pub fn add(&mut self, id: &str, line: u64) -> Result<(), String> {
        if let Some(named) = &mut self.named {
            if id.is_empty() {
                return Err("the record has no id".to_owned());
            }
            let id: Rc<str> = id.into();
            if let Some(&known) = named.rows.get(&id) {
                let first = named.lines[known as usize];
                return Err(format!(
                    "the id {id:?} stands in line {first} already: ids must be unique"
                ));
            }
            named.rows.insert(Rc::clone(&id), self.count as u32);
            named.ids.push(id);
            named.lines.push(line);
        }
        self.count += 1;
        Ok(())
    }

    /// How many records there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether they come from a column.
    pub const fn are_named(&self) -> bool {
        self.named.is_some()
    }

    /// The id of a row.
    pub fn of(&self, row: u32) -> Cow<'_, str> {
        match &self.named {
            Some(named) => Cow::Borrowed(&named.ids[row as usize]),
            None => Cow::Owned((row + 1).to_string()),
        }
    }

    /// The row of an id.
    pub fn row(&self, id: &str) -> Option<u32> {
        match &self.named {
            Some(named) => named.rows.get(id).copied(),
            None => {
                let number: u32 = id.parse().ok()?;
                (1..=self.count as u32).contains(&number).then(|| number - 1)
            }
        }
    }
}
