//! Tables of text: columns aligned by what a terminal shows, colours only on a terminal.

use std::io::IsTerminal;
use std::ops::Range;
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

/// What stands between two columns.
const GAP: &str = "  ";

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

    /// Its text with what stands before the next column.
    fn padded(&self, width: usize, colours: bool) -> String {
        let pad = " ".repeat(width.saturating_sub(self.text.width()));
        let shown = if colours && self.tone != Tone::Plain {
            format!("{}{}\x1b[0m", self.tone.escape(), self.text)
        } else {
            self.text.clone()
        };
        match self.right {
            true => format!("{pad}{shown}{GAP}"),
            false => format!("{shown}{pad}{GAP}"),
        }
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

    /// The table as text; coloured when standard output is a terminal. Where that is too narrow for it, each row takes as
    /// many lines as its columns need, one below the other: nothing is cut, and nothing is torn apart.
    pub fn render(&self) -> String {
        if !std::io::stdout().is_terminal() {
            return self.render_in(false, usize::MAX);
        }
        let columns = crossterm::terminal::size().map_or(usize::MAX, |(columns, _)| columns.into());
        self.render_in(std::env::var_os("NO_COLOR").is_none(), columns)
    }

    fn render_in(&self, colours: bool, columns: usize) -> String {
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
        let lines = folded(&widths, columns);
        let mut text = String::new();
        for row in &rows {
            for (nth, columns) in lines.iter().enumerate() {
                let mut line = String::from(if nth == 0 { "" } else { INDENT });
                for (cell, width) in row.iter().zip(&widths).skip(columns.start).take(columns.len()) {
                    line += &cell.padded(*width, colours);
                }
                text += line.trim_end();
                text.push('\n');
            }
        }
        text
    }
}

/// What a row's second line and those after it begin with.
const INDENT: &str = "    ";

/// The columns that stand in each line of a row: as many as there is room for, one at least.
fn folded(widths: &[usize], room: usize) -> Vec<Range<usize>> {
    let (mut lines, mut start, mut taken) = (Vec::new(), 0, 0);
    for (column, width) in widths.iter().enumerate() {
        if column > start && taken + width > room {
            lines.push(start..column);
            (start, taken) = (column, INDENT.len());
        }
        taken += width + GAP.len();
    }
    lines.push(start..widths.len());
    lines
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
            table.render_in(false, 80),
            "PROVINCE         LAG\nĐiện Biên  1 234 567\nHà Nội             7\nx                  -\n"
        );
        assert!(table.render_in(true, 80).contains("\x1b[31m7\x1b[0m"));
    }

    #[test]
    fn a_row_that_is_too_wide_takes_several_lines_and_is_not_cut() {
        let mut table = Table::new(&["ID", "REASON", "POSITION", "TRIES"]);
        table.row(["1", "envelope.malformed", "intake.nodes.son-la[0]@7", "0"].map(Cell::text));
        table.row([
            Cell::text("12"),
            Cell::text("x"),
            Cell::text("y"),
            Cell::number(3),
        ]);
        assert_eq!(
            table.render_in(false, 36),
            "ID  REASON\n    POSITION                  TRIES\n\
             1   envelope.malformed\n    intake.nodes.son-la[0]@7  0\n\
             12  x\n    y                             3\n"
        );
        assert_eq!(
            table.render_in(false, 3).lines().count(),
            3 * 4,
            "a column a line at most"
        );
        assert_eq!(table.render_in(false, 80).lines().count(), 3);
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
