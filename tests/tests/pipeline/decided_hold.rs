//! What the rules hold, a person lets in or refuses: once, in order, and its node hears of it.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE, PROVINCE, application};
use runtime::clock;
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use schemas::{Field, topics};
use serde_json::Value;
use tests::{Ground, Pipeline, Shape, Worker};
use uuid::Uuid;

const NAMES: [&str; 3] = ["Vi Thanh Tâm", "Quàng Thị Hặc", "Giàng A Páo"];

#[test]
fn a_held_application_is_let_in_or_refused_by_a_person() {
    let ground = Ground::new();
    ground.gate.borrow_mut().forbid(&NAMES.map(str::to_owned).into());
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let foreign = Foreign::on(&ground);
    let ids: [Uuid; 3] = [(); 3].map(|()| clock::new_event_id());
    let mut before = Vec::new();
    let mut publish = |place: usize, id: Uuid, revision: i32, born: &str| {
        let fields = [
            (
                Field::FullName,
                NAMES[ids.iter().position(|one| *one == id).expect("one of them")],
            ),
            (Field::DateOfBirth, born),
        ];
        let event = foreign.event_of(place as i64, &before, application(id, revision, &fields));
        before.clone_from(&event);
        foreign.publish(NODE, &event);
    };
    for (place, id) in ids.iter().enumerate() {
        publish(place + 1, *id, 1, "31/04/1950");
    }
    pipeline.drain(3, DRAINED);
    let [first, second, third] = ids.map(|id| id.to_string());
    let shown = ground.answer(0, &["held", "show", &first]).to_string();
    assert!(shown.contains("held decide"), "{shown}");

    let load = ["held", "decide", &first, "load", "--reason", "the paper says so"];
    assert_eq!(ground.answer(0, &load)["executed"], false);
    let done = ground.answer(0, &[&load[..], &["--execute"]].concat());
    assert_eq!(
        (&done["in_register"], &done["refused"]),
        (&true.into(), &Value::Null),
        "{done}"
    );
    let again = ground.intakectl(&[&load[..], &["--execute"]].concat());
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("isn't held"),
        "{again:?}"
    );
    let reject = [
        "held",
        "decide",
        &second,
        "reject",
        "--reason",
        "a form of a training",
        "--execute",
    ];
    ground.answer(0, &reject);

    // The third is corrected before the decision about it comes to match: the correction stays.
    pipeline.worker(Worker::Match, 0).kill();
    let late = [
        "held",
        "decide",
        &third,
        "load",
        "--reason",
        "the paper says so",
        "--wait",
        "0",
        "--execute",
    ];
    publish(4, ids[2], 2, "05/09/1987");
    pipeline.until("the correction is in the log", DRAINED, |_| {
        (ground.site.records(topics::MATCH_LOG).len() == 6).then_some(())
    });
    ground.answer(0, &late);
    pipeline.worker(Worker::Match, 0).start();
    pipeline.drain(4, DRAINED).assert_balanced(4);

    let register = &ground.site.database;
    let rows: Vec<(String, i32)> =
        register.rows("SELECT status::text, revision FROM application ORDER BY appended_at, application_id");
    assert!(
        rows.contains(&("rejected".to_owned(), 1)) && rows.contains(&("loaded".to_owned(), 2)),
        "{rows:?}"
    );
    let residents: i64 = register.value("SELECT count(*) FROM resident WHERE cardinality(members) = 1");
    assert_eq!(residents, 2);
    let refused: i64 = register.value(
        "SELECT count(*) FROM intake_event WHERE kind = 'application_reprocessed' AND findings @> '[{\"code\": \"reprocess.superseded\"}]'",
    );
    assert_eq!(refused, 1);
    let notices = ground.site.records(&topics::outcomes(PROVINCE));
    let notices = notices
        .iter()
        .map(|record| OutcomeNotice::decode(&record.value).expect("a notice"));
    let decided: Vec<(Option<Uuid>, OutcomeKind)> = notices
        .filter(|notice| {
            notice
                .findings
                .iter()
                .any(|found| found.code == "application.reprocessed")
        })
        .map(|notice| (notice.application_id, notice.outcome))
        .collect();
    assert_eq!(
        decided,
        [
            (Some(ids[0]), OutcomeKind::Loaded),
            (Some(ids[1]), OutcomeKind::Rejected)
        ]
    );
    let audited = ground.answer(0, &["audit", "list"]).to_string();
    assert_eq!(audited.matches("held.decide").count(), 3, "{audited}");

    // Two corrections of it are held while it is in force: the newer is refused, and the other let in.
    publish(5, ids[2], 3, "31/04/1950");
    publish(6, ids[2], 4, "30/02/1950");
    pipeline.drain(6, DRAINED);
    let shown = ground.answer(0, &["held", "show", &third]).to_string();
    assert!(
        shown.contains("load --revision 3") && shown.contains("load --revision 4"),
        "{shown}"
    );
    for (what, revision, left) in [("reject", 4, 2), ("load", 3, 3)] {
        let decide = ["held", "decide", &third, what, "--reason", "the paper says so"];
        assert_eq!(ground.answer(0, &decide)["revision"], revision);
        let done = ground.answer(0, &[&decide[..], &["--execute"]].concat());
        assert_eq!(
            (&done["revision"], &done["in_register"], &done["refused"]),
            (&revision.into(), &true.into(), &Value::Null),
            "{done}"
        );
        let row: Vec<(String, i32)> = register.rows(&format!(
            "SELECT status::text, revision FROM application WHERE application_id = '{third}'"
        ));
        assert_eq!(row, [("loaded".to_owned(), left)]);
    }
    let noted: bool = register.value(&format!(
        "SELECT findings @> '[{{\"code\": \"date.impossible\", \"severity\": \"note\"}}]' FROM application
          WHERE application_id = '{third}'"
    ));
    assert!(noted, "what it was held for is noted");
    pipeline.drain(6, DRAINED).assert_balanced(6);
    ground.rebuild().assert_equal();
    pipeline.stop();
}
