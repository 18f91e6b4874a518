//! Tables of text: columns aligned by what a terminal shows, colours only on a terminal.

use std::io::IsTerminal;
use unicode_width::UnicodeWidthStr;

/// What a cell wants to say beyond its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// Worth a look.
    Notice,
    /// Someone must act.
    Bad,
}

impl Tone {
    const fn escape(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "\x1b[32m",
            Self::Notice => "\x1b[33m",
            Self::Bad => "\x1b[31m",
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tone: Tone,
    right: bool,
}

impl Cell {
    /// Words, aligned left.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Words that stand for a number, aligned right.
    pub fn right(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            right: true,
            ..Self::default()
        }
    }

    /// A number, aligned right, digits in groups of three.
    pub fn number(number: i64) -> Self {
        Self {
            text: grouped(number),
            right: true,
            ..Self::default()
        }
    }

    /// A number or, where there is none, a dash: nothing known is not 0.
    pub fn optional_number(number: Option<i64>) -> Self {
        number.map_or_else(
            || Self {
                text: "-".to_owned(),
                right: true,
                ..Self::default()
            },
            Self::number,
        )
    }

    /// A figure with its sign and two decimals, aligned right.
    pub fn signed(figure: f64) -> Self {
        Self {
            text: format!("{figure:+.2}"),
            right: true,
            ..Self::default()
        }
    }

    /// A number that is bad news unless it is 0.
    pub fn bad_number(number: i64) -> Self {
        let tone = if number == 0 { Tone::Plain } else { Tone::Bad };
        Self::number(number).toned(tone)
    }

    /// The same with a tone.
    #[must_use]
    pub fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

/// Digits in groups of three, so that 100000 and 1000000 are told apart at night.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Rows under a heading.
#[derive(Clone, Debug, Default)]
pub struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(heading: &[&'static str]) -> Self {
        Self {
            heading: heading.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row: one cell for each column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, a line each row; coloured when standard output is a terminal.
    pub fn render(&self) -> String {
        self.render_in(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
    }

    fn render_in(&self, colours: bool) -> String {
        let right = |column: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.any(|cell| cell.right)
        };
        let heading = self.heading.iter().enumerate().map(|(column, text)| Cell {
            text: (*text).to_owned(),
            right: right(column),
            ..Cell::default()
        });
        let rows: Vec<Vec<Cell>> = std::iter::once(heading.collect())
            .chain(self.rows.clone())
            .collect();
        let widths: Vec<usize> = (0..self.heading.len())
            .map(|column| {
                let widths = rows
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| cell.text.width());
                widths.max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for row in &rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let pad = " ".repeat(width.saturating_sub(cell.text.width()));
                let shown = if colours && cell.tone != Tone::Plain {
                    format!("{}{}\x1b[0m", cell.tone.escape(), cell.text)
                } else {
                    cell.text.clone()
                };
                line += &if cell.right {
                    format!("{pad}{shown}  ")
                } else {
                    format!("{shown}{pad}  ")
                };
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_a_terminal_shows() {
        let mut table = Table::new(&["PROVINCE", "LAG"]);
        table.row([Cell::text("Điện Biên"), Cell::number(1_234_567)]);
        table.row([Cell::text("Hà Nội"), Cell::bad_number(7)]);
        table.row([Cell::text("x"), Cell::optional_number(None)]);
        assert_eq!(
            table.render_in(false),
            "PROVINCE         LAG\nĐiện Biên  1 234 567\nHà Nội             7\nx                  -\n"
        );
        assert!(table.render_in(true).contains("\x1b[31m7\x1b[0m"));
    }

    #[test]
    fn digits_group_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (-1_000, "-1 000"),
            (i64::MIN, "-9 223 372 036 854 775 808"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
