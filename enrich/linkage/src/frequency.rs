//! How usual a value is among people: each resolved person counts once, not each record.

use crate::dictionary::Symbol;
use crate::model::{Frequency, Model};
use crate::score;
use rustc_hash::FxHashMap;

/// People that the shipped share of a value weighs as much as.
const PRIOR_PEOPLE: f64 = 200.0;

/// Counts of values by column, and by province where that matters.
#[derive(Clone, Debug, Default)]
pub struct Frequencies {
    counts: FxHashMap<(u16, u16, Symbol), u32>,
    people: FxHashMap<(u16, u16), u32>,
}

impl Frequencies {
    /// Counts a person who has this value.
    pub fn add(&mut self, column: usize, province: u32, value: Symbol) {
        *self
            .counts
            .entry((column as u16, province as u16, value))
            .or_default() += 1;
        *self.people.entry((column as u16, province as u16)).or_default() += 1;
    }

    /// Takes a person out again.
    pub fn remove(&mut self, column: usize, province: u32, value: Symbol) {
        let key = (column as u16, province as u16, value);
        if let Some(count) = self.counts.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&key);
            }
        }
        if let Some(people) = self.people.get_mut(&(column as u16, province as u16)) {
            *people -= 1;
        }
    }

    /// The share of people who have this value. `average` is the chance that two people agree on the
    /// column at all, which a value of a few people is drawn towards.
    pub fn share(&self, column: usize, province: u32, value: Symbol, average: f64) -> f64 {
        let of = |map: Option<&u32>| f64::from(map.copied().unwrap_or(0));
        let count = of(self.counts.get(&(column as u16, province as u16, value)));
        let people = of(self.people.get(&(column as u16, province as u16)));
        (count + PRIOR_PEOPLE * average) / (people + PRIOR_PEOPLE)
    }
}

/// What a value is counted as: itself, or one figure for the halves of a number.
pub(crate) fn counted(slots: &[u32]) -> Symbol {
    slots.iter().fold(0, |value, &slot| value.rotate_left(16) ^ slot)
}

/// Counts the values of a person among all people, or takes them out again.
pub fn count_person(model: &Model, frequencies: &mut Frequencies, slots: &[u32], comes: bool) {
    for (n, column) in model.columns().iter().enumerate() {
        let value = counted(&slots[model.slots(n)]);
        if column.frequency == Frequency::Ignored || value == 0 {
            continue;
        }
        let province = score::province(model, column.frequency, slots);
        if comes {
            frequencies.add(n, province, value);
        } else {
            frequencies.remove(n, province, value);
        }
    }
}
