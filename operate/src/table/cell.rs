//! A cell of a table: its text, which side it stands on, what it wants to say.

use super::coloured;
use unicode_width::UnicodeWidthStr;

/// What stands between two columns.
pub(super) const GAP: &str = "  ";

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
    pub(super) text: String,
    pub(super) tone: Tone,
    pub(super) right: bool,
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
    pub(super) fn padded(&self, width: usize, colours: bool) -> String {
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
