//! Dates of birth, the ways people write them, and the campaign's moments.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};

/// A day in the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Date {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

/// How a date stands on a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// 05/09/1987
    Slashes,
    /// 5/9/1987
    Short,
    /// 05-09-1987
    Dashes,
    /// 05.09.1987
    Dots,
    /// ngày 05 tháng 09 năm 1987
    Words,
    /// 1987-09-05
    Iso,
    /// 1987: nobody knows the day.
    YearOnly,
}

impl Date {
    /// The day, or the last of the month where the month is shorter.
    pub(crate) fn clamped(year: i32, month: u32, day: u32) -> Self {
        let fits = |day: &u32| NaiveDate::from_ymd_opt(year, month, *day).is_some();
        Self {
            year,
            month,
            day: (1..=day).rev().find(fits).unwrap_or(1),
        }
    }

    pub(crate) fn written(self, form: DateForm) -> String {
        let Self { year, month, day } = self;
        match form {
            DateForm::Slashes => format!("{day:02}/{month:02}/{year}"),
            DateForm::Short => format!("{day}/{month}/{year}"),
            DateForm::Dashes => format!("{day:02}-{month:02}-{year}"),
            DateForm::Dots => format!("{day:02}.{month:02}.{year}"),
            DateForm::Words => format!("ngày {day:02} tháng {month:02} năm {year}"),
            DateForm::Iso => format!("{year}-{month:02}-{day:02}"),
            DateForm::YearOnly => year.to_string(),
        }
    }
}

/// The year the campaign is taken in; ages are counted to it.
pub(crate) const CAMPAIGN_YEAR: i32 = 2024;
/// 2024-07-01 06:00 in Viet Nam, in seconds since 1970: the first tick.
const CAMPAIGN_START: i64 = 1_719_788_400;
/// Viet Nam is seven hours ahead of UTC and has no summer time.
const ZONE_SECONDS: i32 = 7 * 3600;

/// The moment of a tick, one a second, in Viet Nam's time.
pub(crate) fn moment(tick: u64) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(ZONE_SECONDS).expect("seven hours are an offset");
    let seconds = CAMPAIGN_START + tick as i64;
    DateTime::from_timestamp(seconds, 0)
        .expect("a tick lies within the calendar")
        .with_timezone(&zone)
}

/// A tick's moment in RFC 3339 with zone. Example: 2024-07-01T06:00:00+07:00
pub(crate) fn captured_at(tick: u64) -> String {
    moment(tick).to_rfc3339_opts(SecondsFormat::Secs, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_each_form() {
        let date = Date {
            year: 1987,
            month: 9,
            day: 5,
        };
        for (form, text) in [
            (DateForm::Slashes, "05/09/1987"),
            (DateForm::Short, "5/9/1987"),
            (DateForm::Dashes, "05-09-1987"),
            (DateForm::Dots, "05.09.1987"),
            (DateForm::Words, "ngày 05 tháng 09 năm 1987"),
            (DateForm::Iso, "1987-09-05"),
            (DateForm::YearOnly, "1987"),
        ] {
            assert_eq!(date.written(form), text);
        }
    }

    #[test]
    fn a_day_past_the_end_of_its_month_becomes_the_last() {
        assert_eq!(
            Date::clamped(2023, 2, 31),
            Date {
                year: 2023,
                month: 2,
                day: 28
            }
        );
    }

    #[test]
    fn the_first_tick_is_the_start_of_the_campaign() {
        assert_eq!(captured_at(0), "2024-07-01T06:00:00+07:00");
    }
}
