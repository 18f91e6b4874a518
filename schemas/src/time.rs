//! Moments, as every event carries them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `offset_ms` milliseconds later.
    pub const fn plus_millis(self, offset_ms: i64) -> Self {
        Self(self.0.saturating_add(offset_ms))
    }

    /// Reads RFC 3339 with its time zone, in the years 1 to 9999: a local time without one could be any of
    /// 24 moments.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        let moment = Self::from(moment.to_utc());
        moment.to_utc().map(|_| moment)
    }

    /// As a calendar moment, where it lies in the range that chrono and PostgreSQL share
    /// (years 1 to 9999).
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        const YEAR_1: i64 = -62_135_596_800_000;
        const YEAR_10000: i64 = 253_402_300_800_000;
        (YEAR_1..YEAR_10000)
            .contains(&self.0)
            .then(|| DateTime::from_timestamp_millis(self.0))
            .flatten()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_utc() {
            Some(moment) => f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}
