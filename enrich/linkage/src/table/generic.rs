//! Values of columns that aren't ours, as their comparators keep them.

use crate::compare::{Comparator, packed_date, packed_number};
use crate::dictionary::Dictionary;

/// Values that say that there is none.
const NOTHING: &[&str] = &[
    "", "-", "?", "na", "n/a", "nan", "nil", "none", "null", "unknown", "x",
];

/// Puts a cell into the slots of its column; whether it says anything.
pub(super) fn fill(
    comparator: Comparator,
    dictionary: &mut Dictionary,
    cell: &str,
    slots: &mut [u32],
) -> bool {
    let text = cell
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    if NOTHING.contains(&text.as_str()) {
        return false;
    }
    match comparator {
        Comparator::Name | Comparator::Text | Comparator::Category => slots[0] = dictionary.symbol(&text),
        Comparator::Number => slots.copy_from_slice(&packed_number(&text)),
        Comparator::Date => {
            slots[0] = parts(&text).map_or(0, |(year, month, day)| packed_date(year, month, day))
        }
        Comparator::Abode => {}
    }
    true
}

/// A date as `1987-09-05`, `1987-09` or `1987`.
pub(super) fn date(text: &str) -> Option<String> {
    let (year, month, day) = parts(text)?;
    Some(match (month, day) {
        (0, _) => format!("{year:04}"),
        (_, 0) => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    })
}

/// Year, month and day of `1987-09-05`, `19870905`, `5/9/1987` or a part of one. No calendar is asked: a
/// mistyped date is still a date to compare.
fn parts(text: &str) -> Option<(u16, u8, u8)> {
    let text = text.split(['T', ' ']).next()?;
    let numbers: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let small = |text: &str| text.parse::<u8>().ok();
    let year = |text: &str| text.parse::<u16>().ok().filter(|year| *year < 4000);
    match numbers[..] {
        [all] if all.len() == 8 && all.is_ascii() => {
            Some((year(&all[..4])?, small(&all[4..6])?, small(&all[6..])?))
        }
        [all] if all.len() == 6 && all.is_ascii() => Some((year(&all[..4])?, small(&all[4..])?, 0)),
        [all] if all.len() == 4 => Some((year(all)?, 0, 0)),
        [first, month] if first.len() == 4 => Some((year(first)?, small(month)?, 0)),
        [month, last] if last.len() == 4 => Some((year(last)?, small(month)?, 0)),
        [first, month, day] if first.len() == 4 => Some((year(first)?, small(month)?, small(day)?)),
        [day, month, last] if last.len() == 4 => Some((year(last)?, small(month)?, small(day)?)),
        _ => None,
    }
}
