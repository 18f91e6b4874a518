//! Dates, each with the precision it has.

use super::{Level, LevelName, level};

pub(super) const LEVELS: &[LevelName] = &[
    level("same", "the same day"),
    level("coarse", "the same as far as one of them goes"),
    level("swapped", "day and month swapped"),
    level("digit", "one digit differs"),
    level("month", "the same month, another day"),
    level("year", "the same year"),
    level("birthday", "the same day of another year"),
    level("near", "another date, not two years away"),
    level("other", "another date"),
];

/// A date in one slot: year, month and day, the last two 0 where not known. No calendar is asked: what
/// was mistyped is compared as it stands.
pub const fn packed(year: u16, month: u8, day: u8) -> u32 {
    (year as u32) << 10 | (month as u32 & 31) << 5 | (day as u32 & 31)
}

/// The year of a packed date.
pub const fn year(date: u32) -> u32 {
    date >> 10
}

const fn month(date: u32) -> u32 {
    date >> 5 & 31
}

const fn day(date: u32) -> u32 {
    date & 31
}

/// The level of two dates that differ.
pub(super) fn compare(a: u32, b: u32) -> Level {
    let (years, months, days) = (year(a) == year(b), month(a) == month(b), day(a) == day(b));
    let coarse = |x: u32| day(x) == 0;
    if coarse(a) || coarse(b) {
        let same = years && (months || month(a) == 0 || month(b) == 0);
        return if same {
            1
        } else if years {
            5
        } else {
            apart(a, b)
        };
    }
    if years && month(a) == day(b) && day(a) == month(b) {
        return 2;
    }
    if digits_apart(a, b) == 1 {
        return 3;
    }
    match (years, months, days) {
        (true, true, _) => 4,
        (true, ..) => 5,
        (false, true, true) => 6,
        _ => apart(a, b),
    }
}

fn apart(a: u32, b: u32) -> Level {
    if year(a).abs_diff(year(b)) < 2 { 7 } else { 8 }
}

fn digits_apart(a: u32, b: u32) -> u32 {
    let digits = |x: u32| {
        [
            year(x) / 1000,
            year(x) / 100 % 10,
            year(x) / 10 % 10,
            year(x) % 10,
            month(x) / 10,
            month(x) % 10,
            day(x) / 10,
            day(x) % 10,
        ]
    };
    let pairs = digits(a).into_iter().zip(digits(b));
    pairs.map(|(x, y)| u32::from(x != y)).sum()
}
