//! How fast records come and go, and when the rest will be gone.

use crate::window::Point;
use serde::Serialize;

/// The shortest window that a rate is told of, in seconds: less is noise.
const SHORTEST: f64 = 0.5;

/// Rates over a window. None where the window is too short, or a position went back in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rates {
    /// Records a second that were appended.
    pub rate_in: Option<f64>,
    /// Records a second that the group passed.
    pub rate_out: Option<f64>,
    /// By how many records a second the lag grows; negative when it shrinks.
    pub velocity: Option<f64>,
    /// Seconds until nothing waits, at these rates; only while the lag shrinks.
    pub eta_seconds: Option<f64>,
}

impl Rates {
    pub(crate) fn of(series: &[Point]) -> Self {
        let (Some(first), Some(last)) = (series.first(), series.last()) else {
            return Self::default();
        };
        let seconds = (last.at.0 - first.at.0) as f64 / 1000.0;
        if seconds < SHORTEST {
            return Self::default();
        }
        // An end that went back is another topic under the same name, a position that did is a reset.
        let forward = |from: i64, to: i64| (to >= from).then(|| (to - from) as f64 / seconds);
        let rate_in = forward(first.ends.end, last.ends.end);
        let rate_out = match (first.committed, last.committed) {
            (Some(from), Some(to))
                if series
                    .windows(2)
                    .all(|pair| pair[0].committed <= pair[1].committed) =>
            {
                forward(from, to)
            }
            _ => None,
        };
        let velocity = rate_in
            .zip(rate_out)
            .map(|(arriving, leaving)| arriving - leaving);
        let shrinking = velocity.filter(|velocity| *velocity < 0.0 && last.lag() > 0);
        Self {
            rate_in,
            rate_out,
            velocity,
            eta_seconds: shrinking.map(|velocity| last.lag() as f64 / -velocity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::kafka::Boundaries;
    use schemas::Timestamp;

    fn rates(points: &[(i64, i64, i64)]) -> Rates {
        let point = |&(at, committed, end): &(i64, i64, i64)| Point {
            at: Timestamp(at * 1000),
            committed: Some(committed),
            ends: Boundaries {
                earliest: 0,
                stable: end,
                end,
            },
        };
        Rates::of(&points.iter().map(point).collect::<Vec<_>>())
    }

    #[test]
    fn there_is_an_end_in_sight_only_while_lag_shrinks() {
        let told = |rates: Rates| (rates.rate_in, rates.rate_out, rates.velocity, rates.eta_seconds);
        for (points, expected) in [
            (
                &[(0, 0, 100), (10, 50, 110)][..],
                (Some(1.0), Some(5.0), Some(-4.0), Some(15.0)),
            ),
            (
                &[(0, 0, 100), (10, 10, 200)],
                (Some(10.0), Some(1.0), Some(9.0), None),
            ),
            (&[(0, 5, 5), (10, 5, 5)], (Some(0.0), Some(0.0), Some(0.0), None)),
            (&[(0, 0, 5)], (None, None, None, None)),
            (
                &[(0, 90, 100), (5, 10, 100), (10, 95, 100)],
                (Some(0.0), None, None, None),
            ),
            (&[(0, 90, 100), (10, 10, 20)], (None, None, None, None)),
        ] {
            assert_eq!(told(rates(points)), expected, "{points:?}");
        }
    }
}
