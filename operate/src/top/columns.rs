//! Tables that fit: where there is little room, columns get narrower or are left out, and none that matters is cut.

use ratatui::layout::Constraint;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Cell, Row, Table};

/// A column of a table.
pub(super) struct Column {
    heading: Line<'static>,
    width: u16,
    narrow: u16,
}

/// Words, aligned left.
pub(super) fn words(heading: &'static str, width: u16) -> Column {
    Column {
        heading: Line::from(heading),
        width,
        narrow: width,
    }
}

/// Figures, aligned right.
pub(super) fn figure(heading: &'static str, width: u16) -> Column {
    Column {
        heading: Line::from(heading).right_aligned(),
        width,
        narrow: width,
    }
}

impl Column {
    /// So wide where there is little room.
    pub(super) fn narrow(self, narrow: u16) -> Self {
        Self { narrow, ..self }
    }

    /// Left out where there is little room: another page tells it, or another column implies it.
    pub(super) fn dispensable(self) -> Self {
        self.narrow(0)
    }
}

/// A table of so many columns of a terminal.
pub(super) fn table(room: u16, columns: &[Column], rows: Vec<Vec<Cell<'static>>>) -> Table<'static> {
    let all: u16 = columns.iter().map(|column| column.width + 1).sum();
    let width = |column: &Column| {
        if all > room + 1 {
            column.narrow
        } else {
            column.width
        }
    };
    let kept: Vec<bool> = columns.iter().map(|column| width(column) > 0).collect();
    let keep = |cells: Vec<Cell<'static>>| {
        let cells = cells.into_iter().zip(&kept).filter(|(_, kept)| **kept);
        Row::new(cells.map(|(cell, _)| cell))
    };
    let headings = columns.iter().map(|column| Cell::from(column.heading.clone()));
    let widths = columns.iter().map(width).filter(|width| *width > 0);
    Table::new(rows.into_iter().map(keep), widths.map(Constraint::Max))
        .header(keep(headings.collect()).style(Style::new().add_modifier(Modifier::BOLD)))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .column_spacing(1)
}
