//! A date with the precision it has.

use super::calendar::days_of;
use std::fmt;

/// A date with the precision it has: a day, a month or a year.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    pub(super) year: u16,
    /// 0: not known.
    pub(super) month: u8,
    /// 0: not known.
    pub(super) day: u8,
}

impl Date {
    /// A day, where the calendar has it.
    pub const fn of_day(year: u16, month: u8, day: u8) -> Option<Self> {
        if day >= 1 && day <= days_of(year, month) {
            Some(Self { year, month, day })
        } else {
            None
        }
    }

    /// A month, where there is one of this number.
    pub const fn of_month(year: u16, month: u8) -> Option<Self> {
        if month >= 1 && month <= 12 {
            Some(Self { year, month, day: 0 })
        } else {
            None
        }
    }

    /// A year.
    pub const fn of_year(year: u16) -> Self {
        Self {
            year,
            month: 0,
            day: 0,
        }
    }

    /// Reads the normal form alone: `1987-09-05`, `1987-09` or `1987`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| {
            let part = text.as_bytes().get(from..to)?;
            part.iter().try_fold(0_u16, |sum, b| {
                b.is_ascii_digit().then(|| sum * 10 + u16::from(b - b'0'))
            })
        };
        let hyphen = |at: usize| text.as_bytes().get(at) == Some(&b'-');
        let year = digits(0, 4)?;
        match text.len() {
            4 => Some(Self::of_year(year)),
            7 if hyphen(4) => Self::of_month(year, digits(5, 7)? as u8),
            10 if hyphen(4) && hyphen(7) => Self::of_day(year, digits(5, 7)? as u8, digits(8, 10)? as u8),
            _ => None,
        }
    }

    /// The year.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, where it is known.
    pub const fn month(self) -> Option<u8> {
        if self.month == 0 { None } else { Some(self.month) }
    }

    /// The day of the month, where it is known.
    pub const fn day(self) -> Option<u8> {
        if self.day == 0 { None } else { Some(self.day) }
    }

    /// Whether the day is known.
    pub const fn is_day(self) -> bool {
        self.day != 0
    }

    /// Whether this is certainly after `other`, whatever the unknown parts are.
    pub fn is_after(self, other: Self) -> bool {
        self.first() > other.last()
    }

    /// Years that have passed from this date to `later` at least: a birthday that may not have come yet
    /// isn't counted. Nothing when `later` may be before.
    pub fn full_years_at_least(self, later: Self) -> Option<u16> {
        years_between(self.last(), later.first())
    }

    /// Years that have passed from this date to `later` at most.
    pub fn full_years_at_most(self, later: Self) -> Option<u16> {
        years_between(self.first(), later.last())
    }

    const fn first(self) -> (u16, u8, u8) {
        (
            self.year,
            if self.month == 0 { 1 } else { self.month },
            if self.day == 0 { 1 } else { self.day },
        )
    }

    const fn last(self) -> (u16, u8, u8) {
        let month = if self.month == 0 { 12 } else { self.month };
        let day = if self.day == 0 {
            days_of(self.year, month)
        } else {
            self.day
        };
        (self.year, month, day)
    }
}

fn years_between(from: (u16, u8, u8), to: (u16, u8, u8)) -> Option<u16> {
    let birthday_to_come = (to.1, to.2) < (from.1, from.2);
    to.0.checked_sub(from.0)?.checked_sub(u16::from(birthday_to_come))
}

/// The normal form, ISO 8601.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month() {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day() {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// Says the precision only: a date of birth is personal.
impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.month, self.day) {
            (0, _) => "<a year>",
            (_, 0) => "<a month>",
            _ => "<a day>",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).expect("a normal form")
    }

    #[test]
    fn a_normal_form_reads_back() {
        for text in ["1950", "1950-06", "1950-06-05", "2000-02-29", "0987"] {
            assert_eq!(date(text).to_string(), text);
        }
        for text in [
            "",
            "195",
            "1950-6",
            "1950-13",
            "1950-00",
            "1950-04-31",
            "1900-02-29",
            "1950/06",
            "+950",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn after_is_said_only_when_no_unknown_part_could_change_it() {
        for (a, b, after) in [
            ("2025-07-01", "2025-06-30", true),
            ("2025-06-30", "2025-06-30", false),
            ("2025-06", "2025-06-30", false),
            ("2025-07", "2025-06-30", true),
            ("2025", "2025-06-30", false),
            ("2026", "2025-06-30", true),
            ("2025-06-30", "2025", false),
        ] {
            assert_eq!(date(a).is_after(date(b)), after, "{a} {b}");
        }
    }

    #[test]
    fn an_age_is_counted_in_birthdays() {
        for (born, on, least, most) in [
            ("2010-07-01", "2024-06-30", Some(13), Some(13)),
            ("2010-07-01", "2024-07-01", Some(14), Some(14)),
            ("2010", "2024-07-01", Some(13), Some(14)),
            ("2010-07", "2024-07-01", Some(13), Some(14)),
            ("2012-02-29", "2026-02-28", Some(13), Some(13)),
            ("2024-07-02", "2024-07-01", None, None),
        ] {
            assert_eq!(date(born).full_years_at_least(date(on)), least, "{born} {on}");
            assert_eq!(date(born).full_years_at_most(date(on)), most, "{born} {on}");
        }
    }
}
