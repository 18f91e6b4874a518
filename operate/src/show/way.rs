//! An event's way through the stages, with the time between them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// One stage of an event's way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Stage {
    pub(super) stage: &'static str,
    /// None where it isn't known. The node's times are corrected by its own clock offset.
    pub(super) at: Option<DateTime<Utc>>,
    /// Seconds since the stage before that is known; negative when the node's clock was ahead.
    pub(super) seconds: Option<f64>,
}

/// When an event came to each stage, the node's clock as it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) captured: Option<DateTime<Utc>>,
    pub(super) spooled: Option<DateTime<Utc>>,
    pub(super) clock_offset_ms: Option<i64>,
    pub(super) appended: Option<DateTime<Utc>>,
    pub(super) normalised: Option<DateTime<Utc>>,
    pub(super) matched: Option<DateTime<Utc>>,
    pub(super) loaded: Option<DateTime<Utc>>,
}

/// The stages in order, each with the seconds since the one before.
pub(super) fn stages(times: &Times) -> Vec<Stage> {
    let offset = TimeDelta::try_milliseconds(times.clock_offset_ms.unwrap_or(0)).unwrap_or_default();
    let corrected = |at: Option<DateTime<Utc>>| at.and_then(|at| at.checked_add_signed(offset));
    let mut before: Option<DateTime<Utc>> = None;
    let all = [
        ("captured", corrected(times.captured)),
        ("spooled", corrected(times.spooled)),
        ("published", times.appended),
        ("normalised", times.normalised),
        ("matched", times.matched),
        ("loaded", times.loaded),
    ];
    all.into_iter()
        .map(|(stage, at)| {
            let between = before.zip(at).map(|(before, at)| at - before);
            before = at.or(before);
            Stage {
                stage,
                at,
                seconds: between.map(|between| between.num_milliseconds() as f64 / 1000.0),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_with_what_lies_between() {
        let at = |ms| DateTime::from_timestamp_millis(ms);
        let stages = stages(&Times {
            captured: at(1_000),
            spooled: at(1_250),
            clock_offset_ms: Some(-500),
            appended: at(4_000),
            normalised: None,
            matched: at(4_100),
            loaded: at(4_080),
        });
        let told: Vec<_> = stages
            .iter()
            .map(|stage| (stage.stage, stage.at, stage.seconds))
            .collect();
        assert_eq!(
            told,
            [
                ("captured", at(500), None),
                ("spooled", at(750), Some(0.25)),
                ("published", at(4_000), Some(3.25)),
                ("normalised", None, None),
                ("matched", at(4_100), Some(0.1)),
                ("loaded", at(4_080), Some(-0.02)),
            ]
        );
    }
}
