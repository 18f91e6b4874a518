//! Lag in seconds: the age of the record at the committed offset.
//!
//! It is read where we may read and the topic has its broker's time (ours do); else it is interpolated
//! from the ends that earlier looks saw, as kafka-lag-exporter does. What lies before the first look is
//! unknown, not a guess: extrapolating is where "3 years" comes from.

use crate::window::{FirstWaiting, Point};

/// Age in seconds at the last of `series`; 0 when nothing waits, none when unknown. Never negative.
pub(crate) fn seconds(series: &[Point], first: FirstWaiting) -> Option<f64> {
    let last = series.last()?;
    if last.lag() == 0 || (first == FirstWaiting::Nothing && last.ends.stable == last.ends.end) {
        return Some(0.0);
    }
    let at = match first {
        FirstWaiting::AppendedAt(at) if at.0 > 0 => at.0 as f64,
        _ => interpolated(series, last.next())?,
    };
    Some(((last.at.0 as f64 - at) / 1000.0).max(0.0))
}

/// When the end passed `next`, in milliseconds: between the looks before and after, in proportion.
fn interpolated(series: &[Point], next: i64) -> Option<f64> {
    let between = series
        .windows(2)
        .find(|pair| pair[0].ends.end <= next && next < pair[1].ends.end)?;
    let (before, after) = (between[0], between[1]);
    let share = (next - before.ends.end) as f64 / (after.ends.end - before.ends.end) as f64;
    Some(before.at.0 as f64 + share * (after.at.0 - before.at.0) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::kafka::Boundaries;
    use schemas::Timestamp;

    fn series(committed: i64, ends: &[(i64, i64)]) -> Vec<Point> {
        let point = |&(at, end): &(i64, i64)| Point {
            at: Timestamp(at * 1000),
            committed: Some(committed),
            ends: Boundaries {
                earliest: 0,
                stable: end,
                end,
            },
        };
        ends.iter().map(point).collect()
    }

    #[test]
    fn an_age_is_read_or_interpolated_and_never_guessed() {
        use FirstWaiting::{AppendedAt, Nothing, Unknown};
        let looks = [(100, 0), (110, 100), (120, 100), (130, 200)];
        for (committed, first, seconds_old, why) in [
            (200, Unknown, Some(0.0), "nothing waits"),
            (50, Unknown, Some(25.0), "half way between 100 and 110"),
            (100, Unknown, Some(10.0), "the topic was idle until 120"),
            (0, Unknown, Some(30.0), "appended right after the first look"),
            (
                0,
                AppendedAt(Timestamp(90_000)),
                Some(40.0),
                "what was read counts",
            ),
            (
                0,
                AppendedAt(Timestamp(900_000)),
                Some(0.0),
                "a clock ahead is no negative age",
            ),
            (
                150,
                AppendedAt(Timestamp(-1)),
                Some(5.0),
                "no timestamp is not 1970",
            ),
            (199, Nothing, Some(0.0), "only a marker waits"),
        ] {
            assert_eq!(seconds(&series(committed, &looks), first), seconds_old, "{why}");
        }
        let late = series(5, &[(100, 50), (110, 60)]);
        assert_eq!(seconds(&late, Unknown), None, "older than the window");
        assert_eq!(seconds(&[], Unknown), None);
    }
}
