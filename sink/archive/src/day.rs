//! The day of a record, in Viet Nam, by the broker's clock.

use chrono::{FixedOffset, Offset, Utc};
use schemas::Timestamp;

/// UTC+7 all year, as the provinces' offices keep it.
const EAST: i32 = 7 * 3600;

/// `2026-11-27`; `unknown` for a moment that no calendar holds.
pub(crate) fn of(at: Timestamp) -> String {
    let zone = FixedOffset::east_opt(EAST).unwrap_or(Utc.fix());
    at.to_utc().map_or_else(
        || "unknown".to_owned(),
        |moment| moment.with_timezone(&zone).format("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_viet_nam() {
        let last_second = Timestamp(1_700_067_599_000); // 2023-11-15T16:59:59Z
        assert_eq!(of(last_second), "2023-11-15");
        assert_eq!(of(last_second.plus_millis(1000)), "2023-11-16");
        assert_eq!(of(Timestamp(i64::MAX)), "unknown");
    }
}
