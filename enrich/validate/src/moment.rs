//! When a form was taken, by clocks that may be wrong.

use crate::overall;
use normalise::Date;
use rules::Thresholds;
use rules::catalogue::envelope as rule;
use schemas::event::IntakeEvent;
use schemas::{Finding, Timestamp};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// The day in Viet Nam that a form was taken: by its node's clock with the offset that is known, but not
/// after it arrived, and by the broker's clock where the node's is wrong by years.
pub(crate) fn of(
    event: &IntakeEvent,
    appended_at: Timestamp,
    limits: &Thresholds,
    findings: &mut Vec<Finding>,
) -> Option<Date> {
    let day = |moment| Date::in_viet_nam(moment).filter(|day| day.year() >= limits.first_capture);
    let arrived = day(appended_at)?;
    let captured_at = event.captured_at.plus_millis(event.clock_offset_ms.unwrap_or(0));
    let under_way = appended_at.0.saturating_sub(captured_at.0);
    if event.captured_at.0.saturating_sub(event.spooled_at.0) > limits.clock_ahead_ms {
        findings.push(overall(&rule::SPOOLED_BEFORE_CAPTURED));
    }
    if under_way < -limits.clock_ahead_ms {
        findings.push(overall(&rule::CAPTURED_IN_FUTURE));
        return Some(arrived);
    }
    let Some(captured) = day(captured_at) else {
        findings.push(overall(&rule::CAPTURED_TOO_EARLY));
        return Some(arrived);
    };
    if under_way > limits.offline_days * DAY_MS {
        findings.push(overall(&rule::LONG_OFFLINE));
    }
    Some(if captured.is_after(arrived) {
        arrived
    } else {
        captured
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::event::{Body, EventWithheld};
    use schemas::{NodeId, Sha256};

    /// 2024-07-01T00:00+07:00.
    const FIRST_OF_JULY: i64 = 1_719_766_800_000;
    const HOUR: i64 = 3_600_000;

    fn event(captured: i64, spooled: i64, offset: Option<i64>) -> IntakeEvent {
        IntakeEvent {
            event_id: Default::default(),
            node_id: NodeId::parse("dien-bien-01").expect("a node id"),
            epoch: Default::default(),
            sequence: 1,
            previous_hash: Sha256::ZERO,
            captured_at: Timestamp(captured),
            spooled_at: Timestamp(spooled),
            clock_offset_ms: offset,
            body: Body::EventWithheld(EventWithheld {
                withheld_hash: Sha256::ZERO,
                reason: "message-too-large".to_owned(),
            }),
        }
    }

    #[test]
    fn each_rule_by_an_example() {
        let (july, never) = (FIRST_OF_JULY, None::<i64>);
        for (captured, spooled, offset, appended, day, code) in [
            (july, july, never, july + HOUR, "2024-07-01", None),
            (july - 1, july, never, july + HOUR, "2024-06-30", None),
            (july - HOUR, july, Some(HOUR), july + HOUR, "2024-07-01", None),
            (july + 60_000, july + 60_000, never, july, "2024-07-01", None),
            (
                july + HOUR,
                july + HOUR,
                never,
                july,
                "2024-07-01",
                Some("envelope.captured-in-future"),
            ),
            (
                i64::MAX,
                i64::MAX,
                Some(1),
                july,
                "2024-07-01",
                Some("envelope.captured-in-future"),
            ),
            (
                0,
                HOUR,
                never,
                july,
                "2024-07-01",
                Some("envelope.captured-too-early"),
            ),
            (
                i64::MIN,
                HOUR,
                Some(-1),
                july,
                "2024-07-01",
                Some("envelope.captured-too-early"),
            ),
            (
                july - 400 * DAY_MS,
                july,
                never,
                july,
                "2023-05-28",
                Some("envelope.long-offline"),
            ),
            (
                july,
                july - HOUR,
                never,
                july + HOUR,
                "2024-07-01",
                Some("envelope.spooled-before-captured"),
            ),
        ] {
            let mut findings = Vec::new();
            let event = event(captured, spooled, offset);
            let found = of(&event, Timestamp(appended), &Thresholds::default(), &mut findings);
            assert_eq!(
                found.map(|day| day.to_string()).as_deref(),
                Some(day),
                "{captured}"
            );
            let codes: Vec<_> = findings.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(codes, code.into_iter().collect::<Vec<_>>(), "{captured}");
        }
    }

    #[test]
    fn a_broker_without_a_clock_says_nothing() {
        let mut findings = Vec::new();
        let event = event(FIRST_OF_JULY, 0, None);
        assert_eq!(
            of(&event, Timestamp(5), &Thresholds::default(), &mut findings),
            None
        );
        assert!(findings.is_empty());
    }
}
