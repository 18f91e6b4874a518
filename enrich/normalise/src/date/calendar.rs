//! The Gregorian calendar.

use super::Date;

impl Date {
    /// The day a moment falls on in Viet Nam, where it lies in the years 1 to 9999. Viet Nam has been
    /// seven hours ahead of UTC since 1975, without summer time.
    pub fn in_viet_nam(moment: schemas::Timestamp) -> Option<Self> {
        const SEVEN_HOURS: i64 = 7 * 3600 * 1000;
        const DAY: i64 = 24 * 3600 * 1000;
        Self::of_days(moment.plus_millis(SEVEN_HOURS).0.div_euclid(DAY))
    }

    /// The day so many days after 1970-01-01, where it lies in the years 1 to 9999.
    pub(super) fn of_days(days: i64) -> Option<Self> {
        // Days are counted in eras of 400 years that begin on a 1 March, so that the leap day is a year's
        // last and the months' lengths follow one formula (Hinnant, chrono-compatible low-level date
        // algorithms).
        const ERA: i64 = 146_097;
        const FROM_0000_03_01: i64 = 719_468;
        let days = days.checked_add(FROM_0000_03_01)?;
        let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        let year = era.checked_mul(400)? + year_of_era + i64::from(month <= 2);
        let year = u16::try_from(year)
            .ok()
            .filter(|year| (1..=9999).contains(year))?;
        Self::of_day(year, month as u8, day as u8)
    }

    /// The day before and the day after, where this is a day.
    pub(super) const fn neighbours(self) -> (Option<Self>, Option<Self>) {
        if !self.is_day() {
            return (None, None);
        }
        let Self { year, month, day } = self;
        let before = match (Self::of_day(year, month, day.saturating_sub(1)), month) {
            (Some(before), _) => Some(before),
            (None, 1) => Self::of_day(year.saturating_sub(1), 12, 31),
            (None, _) => Self::of_day(year, month - 1, days_of(year, month - 1)),
        };
        let after = match (Self::of_day(year, month, day + 1), month) {
            (Some(after), _) => Some(after),
            (None, 12) => Self::of_day(year + 1, 1, 1),
            (None, _) => Self::of_day(year, month + 1, 1),
        };
        (before, after)
    }
}

/// Days of a month in the Gregorian calendar; 0 where there is no such month.
pub(super) const fn days_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::Timestamp;

    fn date(text: &str) -> Date {
        Date::parse(text).expect("a normal form")
    }

    #[test]
    fn a_moment_falls_on_a_day_of_viet_nam() {
        let at = |millis| Date::in_viet_nam(Timestamp(millis)).map(|d| d.to_string());
        assert_eq!(at(1_719_766_799_999).as_deref(), Some("2024-06-30"));
        assert_eq!(at(1_719_766_800_000).as_deref(), Some("2024-07-01"));
        assert_eq!(at(i64::MAX), None);
        assert_eq!(at(i64::MIN), None);
    }

    #[test]
    fn months_and_years_have_no_neighbours() {
        for text in ["0000", "1950", "1950-01", "9999-12"] {
            assert_eq!(date(text).neighbours(), (None, None), "{text}");
        }
    }

    #[test]
    fn days_are_counted_without_a_hole() {
        let mut day = date("1583-01-01");
        for days in -141_349..150_000 {
            assert_eq!(Date::of_days(days), Some(day), "{days}");
            let (_, after) = day.neighbours();
            let after = after.expect("a day after");
            assert_eq!(after.neighbours().0, Some(day));
            day = after;
        }
    }
}
