//! Comparators: how alike two values of a column are, as one of a few levels.

mod date;
mod letters;
mod name;
mod number;
mod place;
mod text;
mod words;

pub use date::{packed as packed_date, year as year_of};
pub(crate) use name::{DIFFERS, SWAPPED};
pub use number::packed as packed_number;
pub(crate) use place::unit;
pub use place::{commune_of, province_of};

use crate::dictionary::Dictionary;

/// Index of a level in its comparator's list.
pub type Level = u8;

/// One side has no value: neutral.
pub const MISSING: Level = Level::MAX;

/// A level of agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelName {
    /// Its name in files of weights and in explanations.
    pub name: &'static str,
    /// What it says, for people.
    pub says: &'static str,
    /// The level that it was a part of before it was told apart: where a table doesn't have it, both have equal parts of that
    /// level's shares.
    pub part_of: Option<&'static str>,
}

/// How two values of a column are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// A name or part of one: marks, spelling, initials, order, letters, words.
    Name,
    /// Any text, such as a street.
    Text,
    /// A date with the precision it has.
    Date,
    /// A number of up to 18 digits; what isn't a digit doesn't count.
    Number,
    /// One of several values.
    Category,
    /// Where somebody was born and lives, together.
    Abode,
}

/// A value of one record, as its comparator keeps it: symbol, packed date, halves of a number, or units.
pub type Slots<'a> = &'a [u32];

/// Two records' view of one comparison.
#[derive(Clone, Copy)]
pub struct Sides<'a> {
    pub dictionary: &'a Dictionary,
    /// Both records write tones and marks somewhere: where these differ, it says something.
    pub both_marked: bool,
}

impl Comparator {
    /// Every comparator by its name in a mapping.
    pub const ALL: [(&'static str, Self); 6] = [
        ("name", Self::Name),
        ("text", Self::Text),
        ("date", Self::Date),
        ("number", Self::Number),
        ("category", Self::Category),
        ("abode", Self::Abode),
    ];

    /// The comparator of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, it)| it)
    }

    /// Its name in a mapping.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, it)| *it == self)
            .map_or("", |(name, _)| name)
    }

    /// How many slots a value takes.
    pub const fn width(self) -> usize {
        match self {
            Self::Name | Self::Text | Self::Date | Self::Category => 1,
            Self::Number => 2,
            Self::Abode => place::WIDTH,
        }
    }

    /// Its levels, from the same to something else.
    pub const fn levels(self) -> &'static [LevelName] {
        match self {
            Self::Name => name::LEVELS,
            Self::Text => text::LEVELS,
            Self::Date => date::LEVELS,
            Self::Number => number::LEVELS,
            Self::Category => CATEGORY,
            Self::Abode => place::LEVELS,
        }
    }

    /// The level two values agree on; [`MISSING`] where one side has none.
    pub fn compare(self, a: Slots<'_>, b: Slots<'_>, sides: Sides<'_>) -> Level {
        match self {
            Self::Abode => place::compare(a, b),
            _ if is_missing(a) || is_missing(b) => MISSING,
            Self::Number => number::compare(a, b),
            _ if a[0] == b[0] => 0,
            Self::Category => 1,
            Self::Date => date::compare(a[0], b[0]),
            Self::Name => name::compare(
                sides.dictionary.entry(a[0]),
                sides.dictionary.entry(b[0]),
                sides.both_marked,
            ),
            Self::Text => text::compare(sides.dictionary.entry(a[0]), sides.dictionary.entry(b[0])),
        }
    }
}

fn is_missing(slots: Slots<'_>) -> bool {
    slots.iter().all(|&slot| slot == 0)
}

const CATEGORY: &[LevelName] = &[level("same", "the same"), level("other", "another")];

const fn level(name: &'static str, says: &'static str) -> LevelName {
    LevelName {
        name,
        says,
        part_of: None,
    }
}

const fn part(name: &'static str, says: &'static str, of: &'static str) -> LevelName {
    LevelName {
        name,
        says,
        part_of: Some(of),
    }
}

#[cfg(test)]
mod tests;
