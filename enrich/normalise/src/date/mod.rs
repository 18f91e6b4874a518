//! Dates as people write them, day first, to ISO 8601 with the precision they have.

use crate::Normal;

/// What a written date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A day of the calendar.
    Day { year: u16, month: u8, day: u8 },
    /// A month.
    Month { year: u16, month: u8 },
    /// A year.
    Year { year: u16 },
    /// Has the form of a date, but no calendar has that day.
    Impossible,
    /// Has no form known here.
    Unreadable,
}

/// Reads `d/m/y`, `d.m.y`, `d-m-y`, `y-m-d`, `m/y`, `y-m` and `y`, years of four digits.
pub fn read(text: &str) -> Written {
    let parts: Vec<&str> = text.split(['/', '.', '-']).map(str::trim).collect();
    let numeric = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(numeric) {
        return Written::Unreadable;
    }
    let number = |part: &str| part.parse::<u16>().unwrap_or(0);
    let year = |part: &str| (part.len() == 4).then(|| number(part));
    match parts.as_slice() {
        [y] => year(y).map_or(Written::Unreadable, |year| Written::Year { year }),
        [m, y] if year(y).is_some() && m.len() <= 2 => month_of(number(y), number(m)),
        [y, m] if year(y).is_some() && m.len() <= 2 => month_of(number(y), number(m)),
        [d, m, y] if year(y).is_some() && d.len() <= 2 && m.len() <= 2 => {
            day_of(number(y), number(m), number(d))
        }
        [y, m, d] if year(y).is_some() && d.len() <= 2 && m.len() <= 2 => {
            day_of(number(y), number(m), number(d))
        }
        _ => Written::Unreadable,
    }
}

/// The date in ISO 8601 with the precision it has (`1987-09-05`, `1987-09`, `1987`), where it can be
/// read and differs from what was written.
pub fn iso(text: &str) -> Option<Normal> {
    let value = match read(text) {
        Written::Day { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
        Written::Month { year, month } => format!("{year:04}-{month:02}"),
        Written::Year { year } => format!("{year:04}"),
        Written::Impossible | Written::Unreadable => return None,
    };
    (value != text).then_some((value, "date.day-first"))
}

fn month_of(year: u16, month: u16) -> Written {
    match u8::try_from(month) {
        Ok(month @ 1..=12) => Written::Month { year, month },
        _ => Written::Impossible,
    }
}

fn day_of(year: u16, month: u16, day: u16) -> Written {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    match (u8::try_from(month), u8::try_from(day)) {
        (Ok(month), Ok(day)) if day >= 1 && day <= days => Written::Day { year, month, day },
        _ => Written::Impossible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_dates() {
        for (written, normal) in [
            ("05/09/1987", Some("1987-09-05")),
            ("5.9.1987", Some("1987-09-05")),
            ("1987-9-5", Some("1987-09-05")),
            ("9/1987", Some("1987-09")),
            ("1987-09-05", None),
            ("1950", None),
            ("29/02/2000", Some("2000-02-29")),
            ("29/02/1900", None),
            ("31/04/1950", None),
            ("05/09/87", None),
            ("mồng năm", None),
        ] {
            assert_eq!(
                iso(written).map(|(value, _)| value).as_deref(),
                normal,
                "{written}"
            );
        }
        assert_eq!(read("31/04/1950"), Written::Impossible);
        assert_eq!(read("05/09/87"), Written::Unreadable);
    }
}
