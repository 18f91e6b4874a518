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
    /// A word in this tone, where standard output is a terminal.
    pub(crate) fn over(self, word: &str) -> String {
        if coloured() {
            format!("{}{word}\x1b[0m", self.escape())
        } else {
            word.to_owned()
        }
    }

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
    dispensable: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

fn coloured() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// How many columns of text the terminal has; none when standard output is no terminal.
pub(crate) fn room() -> Option<usize> {
    let terminal = std::io::stdout().is_terminal();
    let size = terminal.then(crossterm::terminal::size)?.ok()?;
    Some(usize::from(size.0))
}

impl Table {
    /// A table with these columns.
    pub fn new(heading: &[&'static str]) -> Self {
        Self {
            heading: heading.to_vec(),
            dispensable: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Columns that are left out, the first named first, where a terminal is too narrow: a line that wraps is no row.
    #[must_use]
    pub fn dispensable(self, columns: &[&'static str]) -> Self {
        Self {
            dispensable: columns.to_vec(),
            ..self
        }
    }

    /// Adds a row: one cell for each column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, a line each row; coloured, and as narrow as it can be, when standard output is a terminal.
    pub fn render(&self) -> String {
        self.render_in(coloured(), room())
    }

    fn render_in(&self, colours: bool, room: Option<usize>) -> String {
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
        let left_out = self.left_out(&widths, room);
        let mut text = String::new();
        for row in &rows {
            let mut line = String::new();
            for ((cell, width), column) in row.iter().zip(&widths).zip(&self.heading) {
                if left_out.contains(column) {
                    continue;
                }
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
        if !left_out.is_empty() {
            let names = left_out.join(", ");
            text += &format!("not shown, the terminal is too narrow: {names}\n");
        }
        text
    }

    /// What has no room in a terminal of so many columns.
    fn left_out(&self, widths: &[usize], room: Option<usize>) -> &[&'static str] {
        let Some(room) = room else { return &[] };
        let width_of = |name: &&str| {
            let at = self.heading.iter().position(|heading| heading == name);
            at.map_or(0, |at| widths[at] + 2)
        };
        let mut taken = widths
            .iter()
            .map(|width| width + 2)
            .sum::<usize>()
            .saturating_sub(2);
        let too_wide = |name: &&&'static str| {
            let wide = taken > room;
            taken = taken.saturating_sub(width_of(name));
            wide
        };
        let count = self.dispensable.iter().take_while(too_wide).count();
        &self.dispensable[..count]
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
            table.render_in(false, None),
            "PROVINCE         LAG\nĐiện Biên  1 234 567\nHà Nội             7\nx                  -\n"
        );
        assert!(table.render_in(true, None).contains("\x1b[31m7\x1b[0m"));
    }

    #[test]
    fn a_narrow_terminal_gets_the_columns_that_matter() {
        let mut table = Table::new(&["NODE", "KEY", "PENDING"]).dispensable(&["KEY"]);
        table.row([Cell::text("dien-bien-01"), Cell::text("yes"), Cell::number(7)]);
        let whole = "NODE          KEY  PENDING\ndien-bien-01  yes        7\n";
        assert_eq!(table.render_in(false, Some(26)), whole);
        assert_eq!(
            table.render_in(false, Some(25)),
            "NODE          PENDING\ndien-bien-01        7\nnot shown, the terminal is too narrow: KEY\n"
        );
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
