//! What to call a group's lag in a partition.
//!
//! The rules follow Burrow's: a window of samples is judged, never a number against a threshold. Where
//! Burrow waits for a whole window without a zero, these ask for the age of what waits, so that a small
//! steady flow is caught up though its lag is rarely 0.

use crate::rate::Rates;
use crate::window::{FirstWaiting, Point};
use serde::Serialize;

/// A position that stands still for so many seconds with records behind it is stalled. A sink's batch,
/// a match restart and a rebalance end within it on a healthy system.
pub const STALL: f64 = 10.0;
/// An honest transaction of match ends well within so many seconds.
pub const TRANSACTION: f64 = 3.0;
/// What waits less than so many seconds is on its way.
const FRESH: f64 = 5.0;
/// Records that retention takes within so many seconds are as good as lost: too late to add workers.
const LAST_CALL: f64 = 600.0;

/// What to call a partition's lag, the least bad first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is nothing in the partition, and never was anything read.
    Empty,
    /// Nothing waits, or nothing waits for longer than the stage takes.
    CaughtUp,
    /// Records wait, fewer and fewer of them.
    Draining,
    /// Records wait; whether they get fewer isn't known yet, or they stay as many.
    Behind,
    /// Records wait, and more and more of them.
    Growing,
    /// Records wait, and the group never committed a position.
    NeverCommitted,
    /// Everything that can be read was read, but an open transaction hides the rest.
    HungTransaction,
    /// Records wait, and no member of the group has the partition.
    NoActiveConsumers,
    /// Records wait, a member has the partition, and its position stands still.
    Stalled,
    /// Records were deleted before they were read or soon will be, or the topic was made anew.
    LosingData,
}

impl Verdict {
    /// All of them, the least bad first.
    pub const ALL: [Self; 10] = [
        Self::Empty,
        Self::CaughtUp,
        Self::Draining,
        Self::Behind,
        Self::Growing,
        Self::NeverCommitted,
        Self::HungTransaction,
        Self::NoActiveConsumers,
        Self::Stalled,
        Self::LosingData,
    ];

    /// Its name, as JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::CaughtUp => "caught-up",
            Self::Draining => "draining",
            Self::Behind => "behind",
            Self::Growing => "growing",
            Self::NeverCommitted => "never-committed",
            Self::HungTransaction => "hung-transaction",
            Self::NoActiveConsumers => "no-active-consumers",
            Self::Stalled => "stalled",
            Self::LosingData => "losing-data",
        }
    }

    /// Someone must act: it doesn't heal by waiting.
    pub const fn is_bad(self) -> bool {
        matches!(
            self,
            Self::NeverCommitted
                | Self::HungTransaction
                | Self::NoActiveConsumers
                | Self::Stalled
                | Self::LosingData
        )
    }
}

/// What is judged besides the series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) first: FirstWaiting,
    pub(crate) lag_seconds: Option<f64>,
    pub(crate) rates: Rates,
    /// A member has the partition, or the group is just sharing it out.
    pub(crate) consumed: bool,
    pub(crate) retention_margin: Option<f64>,
}

pub(crate) fn of(series: &[Point], facts: &Facts) -> Verdict {
    let Some(last) = series.last() else {
        return Verdict::Empty;
    };
    let ends = last.ends;
    match last.committed {
        Some(next) if next < ends.earliest || next > ends.end => return Verdict::LosingData,
        None if ends.earliest == ends.end => return Verdict::Empty,
        None => return Verdict::NeverCommitted,
        Some(_) => {}
    }
    let only_markers = facts.first == FirstWaiting::Nothing && ends.stable == ends.end;
    if last.lag() == 0 || only_markers {
        return Verdict::CaughtUp;
    }
    if facts.retention_margin.is_some_and(|margin| margin < LAST_CALL) {
        return Verdict::LosingData;
    }
    if last.waits_for_a_transaction() {
        return if unstable_for(series) >= TRANSACTION {
            Verdict::HungTransaction
        } else {
            Verdict::CaughtUp
        };
    }
    if !facts.consumed && still_for(series) >= moving_window(series) {
        return Verdict::NoActiveConsumers;
    }
    if waited_still_for(series) >= STALL {
        return Verdict::Stalled;
    }
    if facts.lag_seconds.is_some_and(|age| age < FRESH) {
        return Verdict::CaughtUp;
    }
    match facts.rates.velocity {
        Some(velocity) if velocity < 0.0 => Verdict::Draining,
        Some(velocity) if velocity > 0.0 => Verdict::Growing,
        _ => Verdict::Behind,
    }
}

/// Seconds for which the stable end has stood before the same end of readable records.
pub(crate) fn unstable_for(series: &[Point]) -> f64 {
    since(series, |point, last| {
        point.ends.stable == last.ends.stable && point.ends.stable < point.ends.end
    })
}

/// Seconds for which the position has stood still.
fn still_for(series: &[Point]) -> f64 {
    since(series, |point, last| point.committed == last.committed)
}

/// Seconds for which the position has stood still with something readable behind it.
pub(crate) fn waited_still_for(series: &[Point]) -> f64 {
    since(series, |point, last| {
        point.committed == last.committed && point.next() < point.ends.stable
    })
}

/// A group without members that moves all the same (it assigns its partitions itself) has a consumer:
/// how long a position must have stood still to say that it hasn't, as far as the window goes.
fn moving_window(series: &[Point]) -> f64 {
    since(series, |_, _| true).min(FRESH)
}

fn since(series: &[Point], holds: impl Fn(&Point, &Point) -> bool) -> f64 {
    let Some(last) = series.last() else { return 0.0 };
    let unbroken = series.iter().rev().take_while(|point| holds(point, last)).last();
    unbroken.map_or(0.0, |first| (last.at.0 - first.at.0) as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::kafka::Boundaries;
    use schemas::Timestamp;

    /// Points as (second, committed, stable, end).
    fn judged(points: &[(i64, i64, i64, i64)], change: impl Fn(&mut Facts)) -> Verdict {
        let point = |&(at, committed, stable, end): &(i64, i64, i64, i64)| Point {
            at: Timestamp(at * 1000),
            committed: Some(committed),
            ends: Boundaries {
                earliest: 2,
                stable,
                end,
            },
        };
        let series: Vec<Point> = points.iter().map(point).collect();
        let mut facts = Facts {
            first: FirstWaiting::Unknown,
            lag_seconds: Some(60.0),
            rates: Rates::of(&series),
            consumed: true,
            retention_margin: None,
        };
        change(&mut facts);
        of(&series, &facts)
    }

    #[test]
    fn a_window_has_one_verdict() {
        let as_is = |_: &mut Facts| {};
        for (points, verdict) in [
            (&[(0, 9, 9, 9)][..], Verdict::CaughtUp),
            (&[(0, 5, 9, 9)], Verdict::Behind),
            (&[(0, 5, 99, 99), (5, 50, 99, 99)], Verdict::Draining),
            (&[(0, 5, 99, 99), (5, 50, 200, 200)], Verdict::Growing),
            (&[(0, 5, 99, 99), (5, 5, 200, 200)], Verdict::Growing),
            (&[(0, 5, 99, 99), (11, 5, 200, 200)], Verdict::Stalled),
            (&[(0, 5, 5, 5), (11, 5, 200, 200)], Verdict::Growing),
            (&[(0, 9, 9, 12), (2, 9, 9, 12)], Verdict::CaughtUp),
            (&[(0, 9, 9, 12), (4, 9, 9, 15)], Verdict::HungTransaction),
            (&[(0, 9, 9, 12), (4, 9, 12, 15)], Verdict::Growing),
            (&[(0, 1, 9, 9)], Verdict::LosingData),
            (&[(0, 12, 9, 9)], Verdict::LosingData),
        ] {
            assert_eq!(judged(points, as_is), verdict, "{points:?}");
        }
    }

    #[test]
    fn what_else_is_known_counts() {
        let fresh = |facts: &mut Facts| facts.lag_seconds = Some(1.0);
        assert_eq!(judged(&[(0, 5, 9, 9), (5, 8, 12, 12)], fresh), Verdict::CaughtUp);
        let alone = |facts: &mut Facts| facts.consumed = false;
        assert_eq!(judged(&[(0, 5, 9, 9)], alone), Verdict::NoActiveConsumers);
        let moving = [(0, 5, 99, 99), (3, 50, 99, 99)];
        assert_eq!(judged(&moving, alone), Verdict::Draining, "it assigns by itself");
        let marker = |facts: &mut Facts| facts.first = FirstWaiting::Nothing;
        assert_eq!(judged(&[(0, 8, 9, 9)], marker), Verdict::CaughtUp);
        let late = |facts: &mut Facts| facts.retention_margin = Some(30.0);
        assert_eq!(judged(&moving, late), Verdict::LosingData);
    }

    #[test]
    fn names_are_in_order() {
        assert!(Verdict::ALL.is_sorted());
        assert_eq!(Verdict::ALL.last().map(|v| v.name()), Some("losing-data"));
    }
}
