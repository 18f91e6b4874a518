//! Lists that grow by pages: what is there never moves, and little room is kept for what may come.

use std::ops::{Index, IndexMut};

/// Rows on a page.
const ROWS: usize = 4_096;

/// Rows of equally many values.
#[derive(Debug)]
pub struct Pages<T> {
    width: usize,
    pages: Vec<Vec<T>>,
    rows: usize,
}

impl<T> Default for Pages<T> {
    /// Rows of one value.
    fn default() -> Self {
        Self::of(1)
    }
}

impl<T> Pages<T> {
    /// Rows of so many values.
    pub const fn of(width: usize) -> Self {
        Self {
            width,
            pages: Vec::new(),
            rows: 0,
        }
    }

    /// How many rows there are.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a row of so many values.
    pub fn push(&mut self, row: impl IntoIterator<Item = T>) {
        if self.rows.is_multiple_of(ROWS) {
            self.pages.push(Vec::with_capacity(ROWS * self.width));
        }
        self.pages[self.rows / ROWS].extend(row);
        self.rows += 1;
        debug_assert_eq!(
            self.pages[(self.rows - 1) / ROWS].len(),
            ((self.rows - 1) % ROWS + 1) * self.width
        );
    }

    /// A row.
    pub fn row(&self, at: usize) -> &[T] {
        let from = at % ROWS * self.width;
        &self.pages[at / ROWS][from..from + self.width]
    }

    /// A row, to be changed.
    pub fn row_mut(&mut self, at: usize) -> &mut [T] {
        let from = at % ROWS * self.width;
        &mut self.pages[at / ROWS][from..from + self.width]
    }

    /// All values, row after row.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flatten()
    }
}

/// The first value of a row.
impl<T> Index<usize> for Pages<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.pages[at / ROWS][at % ROWS * self.width]
    }
}

impl<T> IndexMut<usize> for Pages<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.pages[at / ROWS][at % ROWS * self.width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_across_pages() {
        let mut rows = Pages::of(3);
        for n in 0..2 * ROWS + 2 {
            rows.push([n, n + 1, n + 2]);
        }
        rows.row_mut(ROWS)[2] = 0;
        assert_eq!(rows.len(), 2 * ROWS + 2);
        assert_eq!(rows.row(ROWS - 1), [ROWS - 1, ROWS, ROWS + 1]);
        assert_eq!(rows.row(ROWS), [ROWS, ROWS + 1, 0]);
        assert_eq!(rows[2 * ROWS + 1], 2 * ROWS + 1);
        assert_eq!(rows.values().count(), 3 * rows.len());
    }
}
