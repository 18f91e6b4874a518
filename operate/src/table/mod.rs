//! Tables of text: columns aligned by what a terminal shows, colours only on a terminal.

mod cell;
mod wrapped;

pub use cell::{Cell, Tone, grouped};
pub(crate) use wrapped::wrapped;

use cell::GAP;
use std::io::IsTerminal;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

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

    /// The table as text; coloured when standard output is a terminal. Where that is too narrow for it, columns that can be
    /// spared are left out, and each row takes as many lines as the others need, one below the other: nothing is torn apart.
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
        let kept: Vec<usize> = (0..self.heading.len())
            .filter(|&column| !left_out.contains(&self.heading[column]))
            .collect();
        let lines = folded(&kept, &widths, room.unwrap_or(usize::MAX));
        let mut text = String::new();
        for row in &rows {
            for (nth, columns) in lines.iter().enumerate() {
                let mut line = String::from(if nth == 0 { "" } else { INDENT });
                for &column in &kept[columns.clone()] {
                    let cell = row.get(column);
                    line += &cell
                        .map(|cell| cell.padded(widths[column], colours))
                        .unwrap_or_default();
                }
                text += line.trim_end();
                text.push('\n');
            }
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
            at.map_or(0, |at| widths[at] + GAP.len())
        };
        let mut taken = widths
            .iter()
            .map(|width| width + GAP.len())
            .sum::<usize>()
            .saturating_sub(GAP.len());
        let too_wide = |name: &&&'static str| {
            let wide = taken > room;
            taken = taken.saturating_sub(width_of(name));
            wide
        };
        let count = self.dispensable.iter().take_while(too_wide).count();
        &self.dispensable[..count]
    }
}

/// What a row's second line and those after it begin with.
const INDENT: &str = "    ";

/// Which of the columns that are kept stand in each line of a row: as many as there is room for, one at least.
fn folded(kept: &[usize], widths: &[usize], room: usize) -> Vec<Range<usize>> {
    let (mut lines, mut start, mut taken) = (Vec::new(), 0, 0);
    for (nth, &column) in kept.iter().enumerate() {
        let width = widths[column];
        if nth > start && taken + width > room {
            lines.push(start..nth);
            (start, taken) = (nth, INDENT.len());
        }
        taken += width + GAP.len();
    }
    lines.push(start..kept.len());
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
            table.render_in(false, None),
            "PROVINCE         LAG\nĐiện Biên  1 234 567\nHà Nội             7\nx                  -\n"
        );
        assert!(table.render_in(true, None).contains("\x1b[31m7\x1b[0m"));
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
            table.render_in(false, Some(36)),
            "ID  REASON\n    POSITION                  TRIES\n\
             1   envelope.malformed\n    intake.nodes.son-la[0]@7  0\n\
             12  x\n    y                             3\n"
        );
        assert_eq!(
            table.render_in(false, Some(3)).lines().count(),
            3 * 4,
            "a column a line at most"
        );
        assert_eq!(table.render_in(false, Some(80)).lines().count(), 3);
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
