//! A stretch of time as a command line names it: a day, or moments that say their zone.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Asia/Ho_Chi_Minh is seven hours ahead of UTC, all year round, since 1975.
pub(crate) const HO_CHI_MINH: FixedOffset = FixedOffset::east_opt(7 * 3600).expect("hours of a day");

/// From a moment to before another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Its first moment.
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub to: DateTime<Utc>,
}

/// A calendar day in Asia/Ho_Chi_Minh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Day(NaiveDate);

impl Day {
    /// From its midnight to the next.
    pub fn period(self) -> Period {
        let local = self.0.and_time(NaiveTime::MIN);
        let from = (local - HO_CHI_MINH).and_utc();
        Period {
            from,
            to: from + TimeDelta::days(1),
        }
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a day is written YYYY-MM-DD, from 1976-01-01 to 9998-12-31, as in 2026-11-24";
        let written_so = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| FORM)?;
        let shared = ("1976-01-01"..="9998-12-31").contains(&text);
        if written_so && shared {
            Ok(Self(day))
        } else {
            Err(FORM)
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A moment with its zone, RFC 3339. One without is refused: whose clock would it be?
///
/// # Errors
/// What is wrong with the text, and how a moment is written.
pub fn moment(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let unknown_offset = text.ends_with("-00:00"); // RFC 3339, section 4.3
    if let Ok(moment) = DateTime::parse_from_rfc3339(text)
        && !unknown_offset
    {
        return Ok(moment.to_utc());
    }
    let zoneless = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .any(|form| NaiveDateTime::parse_from_str(text, form).is_ok());
    Err(if zoneless || unknown_offset {
        "it has no zone: add one, as in 2026-11-24T08:00:00+07:00 or 2026-11-24T01:00:00Z"
    } else {
        "a moment is written with its zone, as in 2026-11-24T08:00:00+07:00 or 2026-11-24T01:00:00Z"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_ho_chi_minh() {
        let day: Day = "2026-11-27".parse().expect("a day");
        let period = day.period();
        assert_eq!(period.from.to_rfc3339(), "2026-11-26T17:00:00+00:00");
        assert_eq!(period.to.to_rfc3339(), "2026-11-27T17:00:00+00:00");
        for wrong in [
            "2026-02-30",
            "2026-1-05",
            "27.11.2026",
            "1975-12-31",
            "9999-01-01",
            "+026-01-01",
            "",
        ] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_moment_says_its_zone() {
        for text in [
            "2026-11-24T08:00:00+07:00",
            "2026-11-24T01:00:00Z",
            "2026-11-24 01:00:00.000Z",
        ] {
            let told = moment(text).map(|at| at.to_rfc3339());
            assert_eq!(told.as_deref(), Ok("2026-11-24T01:00:00+00:00"), "{text}");
        }
        for zoneless in [
            "2026-11-24T08:00:00",
            "2026-11-24 08:00",
            "2026-11-24T08:00:00-00:00",
        ] {
            assert!(
                moment(zoneless).is_err_and(|why| why.starts_with("it has no zone")),
                "{zoneless}"
            );
        }
        for wrong in ["yesterday", "2026-11-24", "2026-13-24T08:00:00Z", ""] {
            assert!(
                moment(wrong).is_err_and(|why| why.starts_with("a moment is written")),
                "{wrong}"
            );
        }
    }
}
