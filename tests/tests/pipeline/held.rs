//! What a finding holds is listed with what would release it, and is gone from the list once that has come.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE, PROVINCE, application};
use runtime::clock;
use schemas::event::{FieldVerification, VerificationFinding, VerificationRecorded};
use schemas::{Body, Field, topics};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Ground, Pipeline, Shape};

const NAME: &str = "Lường Văn Thoạn";
const PATIENCE: Duration = Duration::from_secs(60);

/// Kind and codes of what is held, the oldest first.
fn held(ground: &Ground) -> Vec<(Value, Value)> {
    let listed = ground.answer(0, &["held", "list"]);
    let one = |held: &Value| {
        let codes = held["findings"].as_array().expect("findings").iter();
        let codes = codes.filter(|finding| finding["severity"] == "hold");
        (
            held["kind"].clone(),
            codes.map(|finding| finding["code"].clone()).collect(),
        )
    };
    listed["held"]
        .as_array()
        .expect("a list")
        .iter()
        .map(one)
        .collect()
}

#[test]
fn what_is_held_is_listed_until_it_is_released() {
    let ground = Ground::new();
    ground.gate.borrow_mut().forbid(&[NAME.to_owned()].into());
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let foreign = Foreign::on(&ground);
    let id = clock::new_event_id();
    let form = |revision, born| {
        let fields = [(Field::FullName, NAME), (Field::DateOfBirth, born)];
        application(id, revision, &fields)
    };
    let verification = Body::VerificationRecorded(VerificationRecorded {
        application_id: id,
        stage: 1,
        officer: "an-officer".to_owned(),
        findings: vec![FieldVerification {
            field: Field::FullName,
            finding: VerificationFinding::Confirmed,
            value: None,
        }],
    });
    let first = foreign.event_of(1, &[], form(1, "31/02/1987"));
    let second = foreign.event_of(2, &first, verification);
    for event in [&first, &second] {
        foreign.publish(NODE, event);
    }
    let both = vec![
        (json!("application"), json!(["date.impossible"])),
        (json!("verification"), json!(["application.not-there-yet"])),
    ];
    pipeline.until("both are held", PATIENCE, |_| {
        (held(&ground) == both).then_some(())
    });
    let shown = ground.answer(0, &["held", "show", &id.to_string()]);
    let releases = &shown["held"][0]["releases"][0];
    assert_eq!(
        *releases,
        format!("a correction: revision 2 from {NODE}, with date_of_birth put right")
    );

    // Topic tools find it by an id, and show nothing of the person.
    let topic = topics::applications(PROVINCE);
    let counted = ground.answer(0, &["topics", "count", &topic]);
    assert_eq!(counted["records"], 2);
    let search = [
        "topics",
        "search",
        "enrich.normalised",
        "--field",
        "full_name",
        "--value",
        NAME,
    ];
    let found = ground.answer(0, &search);
    assert_eq!(
        found["records"].as_array().map(Vec::len),
        Some(1),
        "inside the entry's event"
    );
    assert!(!found.to_string().contains("Thoạn"), "{found}");
    let changes = ground.answer(0, &["topics", "count", topics::CHANGES]);
    let empty: i64 = changes["partitions"]
        .as_array()
        .expect("partitions")
        .iter()
        .map(|row| row["empty_offsets"].as_i64().expect("a number"))
        .sum();
    assert!(empty > 0, "match's transactions leave markers: {changes}");

    foreign.publish(NODE, &foreign.event_of(3, &second, form(2, "05/09/1987")));
    pipeline.until("nothing is held", PATIENCE, |_| {
        held(&ground).is_empty().then_some(())
    });
    pipeline.drain(3, DRAINED).assert_balanced(3);
    pipeline.stop();
}
