//! What an event shows only beside what came before it, one story for each rule.

use crate::log::*;
use crate::operator::*;
use resolve::{Outputs, Resolver};
use rules::catalogue;
use schemas::event::Body;
use schemas::finding::OutcomeKind::Loaded;
use schemas::{Field, IntakeEvent, Severity};

const NODE: &str = "dien-bien-01";
const DAY: i64 = 24 * 3600 * 1000;

fn form() -> Body {
    application(1, 1, &person("Lò Văn Pâng", "05/09/1987", ""))
}

fn stage(stage: i32) -> Body {
    verification(1, stage, Field::FullName, "Lò Văn Pâng")
}

/// What was found of the last event by rules of this table. It is loaded, counted, and its node is told.
#[track_caller]
fn noted(log: &Log) -> Vec<String> {
    let outputs = apply(&mut Resolver::default(), log, 0);
    let Outputs { settled, notices, .. } = outputs.last().expect("an event");
    assert_eq!(settled.outcome, Loaded);
    assert_eq!(notices[0].1.findings, settled.findings);
    let mut codes = Vec::new();
    for finding in &settled.findings {
        let rule = catalogue::find(&finding.code).expect("a rule of the catalogue");
        assert_eq!(
            (finding.severity, rule.severity),
            (Severity::Note, Severity::Note)
        );
        codes.push(finding.code.clone());
    }
    codes
}

/// The last event of a node that operate adds and, where it says so, retires before.
#[track_caller]
fn noted_of(
    province: &str,
    retired: bool,
    delay_ms: i64,
    alter: impl FnOnce(&mut IntakeEvent),
) -> Vec<String> {
    let mut log = Log::default();
    add_node(&mut log, NODE, province);
    log.delay_ms = delay_ms;
    if retired {
        retire_node(&mut log, NODE);
    }
    log.push(Node::new(NODE).altered(form(), alter));
    noted(&log)
}

#[test]
fn a_node_publishes_to_the_province_it_is_registered_in() {
    assert!(noted_of("dien-bien", false, 0, |_| {}).is_empty());
    assert_eq!(noted_of("lai-chau", false, 0, |_| {}), ["history.other-province"]);
}

#[test]
fn a_node_captures_from_thirty_days_before_its_registration_on() {
    let earliest = LOGGED_AT - 30 * DAY;
    for (captured_at, offset, found) in [
        (earliest, None, false),
        (earliest - 1, None, true),
        (earliest - 1, Some(1), false),
        (i64::MIN, Some(-1), true),
    ] {
        let codes = noted_of("dien-bien", false, 0, |event| {
            event.captured_at.0 = captured_at;
            event.clock_offset_ms = offset;
        });
        let expected: &[&str] = if found {
            &["history.before-registration"]
        } else {
            &[]
        };
        assert_eq!(codes, expected, "{captured_at}");
    }
}

#[test]
fn the_first_registration_counts() {
    let mut log = Log::default();
    add_node(&mut log, NODE, "dien-bien");
    add_node(&mut log, NODE, "dien-bien");
    let first = LOGGED_AT - 30 * DAY;
    log.push(Node::new(NODE).altered(form(), |event| event.captured_at.0 = first));
    assert!(noted(&log).is_empty());
}

#[test]
fn nothing_is_said_of_a_node_nobody_registered() {
    let mut log = Log::default();
    log.push(Node::new(NODE).altered(form(), |event| event.captured_at.0 = i64::MIN));
    assert!(noted(&log).is_empty());
}

#[test]
fn a_retired_node_sends_and_captures_nothing() {
    // It is added by the first entry and retired by the second.
    let retired_at = LOGGED_AT + 1;
    assert!(
        noted_of("dien-bien", true, 0, |_| {}).is_empty(),
        "it arrived before"
    );
    assert_eq!(
        noted_of("dien-bien", true, LOGGED_AT, |event| event.captured_at.0 =
            retired_at),
        ["history.after-retirement"]
    );
    assert_eq!(
        noted_of("dien-bien", true, LOGGED_AT, |event| event.captured_at.0 =
            retired_at + 1),
        ["history.captured-after-retirement"]
    );
}

#[test]
fn a_retired_node_that_is_added_again_is_in_use() {
    let mut log = Log::default();
    add_node(&mut log, NODE, "dien-bien");
    log.delay_ms = LOGGED_AT;
    retire_node(&mut log, NODE);
    add_node(&mut log, NODE, "dien-bien");
    log.push(Node::new(NODE).event(form()));
    assert!(noted(&log).is_empty());
}

#[test]
fn an_id_is_for_one_event() {
    let (mut first, mut second) = (Node::new(NODE), Node::new("dien-bien-02"));
    let mut log = Log::default();
    let event = first.altered(form(), |event| event.event_id = id(7));
    log.push(event.clone());
    log.push(event);
    log.push(second.altered(stage(1), |event| event.event_id = id(8)));
    assert!(noted(&log).is_empty(), "a copy is no second event");
    log.push(second.altered(withdrawal(1), |event| event.event_id = id(7)));
    assert_eq!(noted(&log), ["history.event-id-repeated"]);
}

#[test]
fn stages_follow_each_other() {
    for (stages, found) in [
        (&[1][..], None),
        (&[1, 2, 3], None),
        (&[2], Some("history.stage-skipped")),
        (&[1, 3], Some("history.stage-skipped")),
        (&[1, 1], Some("history.stage-repeated")),
        (&[1, 2, 1], Some("history.stage-lower")),
    ] {
        let (mut node, mut log) = (Node::new(NODE), Log::default());
        log.push(node.event(form()));
        for &number in stages {
            log.push(node.event(stage(number)));
        }
        let found: Vec<&str> = found.into_iter().collect();
        assert_eq!(noted(&log), found, "{stages:?}");
    }
}

#[test]
fn a_stage_that_waited_is_noted_when_it_takes_effect() {
    let (mut node, mut log) = (Node::new(NODE), Log::default());
    log.push(node.event(stage(2)));
    log.push(node.event(form()));
    let outputs = apply(&mut Resolver::default(), &log, 0);
    let released = &outputs[1].settled.released[0];
    assert_eq!(released.outcome, Loaded);
    assert_eq!(released.findings[0].code, "history.stage-skipped");
}
