//! What a column's values look like, counted.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is counted of a column's values; no value is kept.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Profile {
    pub(in super::super) filled: usize,
    dates: usize,
    numbers: usize,
    hashes: HashSet<u64>,
}

impl Profile {
    pub(in super::super) fn count(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        self.dates += usize::from(is_date(cell));
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        self.numbers += usize::from(digits * 10 >= cell.chars().count() * 7);
        let mut hasher = DefaultHasher::new();
        cell.hash(&mut hasher);
        self.hashes.insert(hasher.finish());
    }

    /// How many values differ.
    pub(in super::super) fn different(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn is_dates(&self) -> bool {
        self.mostly(self.dates)
    }

    pub(super) fn is_numbers(&self) -> bool {
        self.mostly(self.numbers)
    }

    fn mostly(&self, count: usize) -> bool {
        self.filled > 0 && count * 10 >= self.filled * 9
    }
}

/// Whether a text is written as a date, whatever the calendar says.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let digits = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    match parts.as_slice() {
        [one] => one.len() == 8 && digits(one) && (one.starts_with("19") || one.starts_with("20")),
        [_, _] | [_, _, _] => parts.iter().all(digits) && parts.iter().any(|part| part.len() == 4),
        _ => false,
    }
}

/// Whether a header can't be one: it holds a date or a long number, so the file has no header, and its first
/// line is somebody's.
pub(in super::super) fn is_somebodys(headers: &[&str]) -> bool {
    headers
        .iter()
        .any(|header| is_date(header.trim()) || header.chars().filter(char::is_ascii_digit).count() >= 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_that_is_somebodys_is_no_header() {
        assert!(is_somebodys(&["Lo Van Pang", "05/09/1987"]));
        assert!(is_somebodys(&["Lo Van Pang", "011087001234"]));
        assert!(!is_somebodys(&["ho_ten", "address_1", "dob"]));
    }
}
