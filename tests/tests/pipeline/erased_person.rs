//! Somebody is erased, and neither a later event, a restart, a rebuild nor an older backup brings them back.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE, application};
use runtime::clock;
use schemas::codec::Event;
use schemas::event::{FieldVerification, VerificationFinding, VerificationRecorded};
use schemas::match_log::{ApplicationAt, LogBody, MatchLogEntry, ResidentErased};
use schemas::{Body, Field, Personal, topics};
use std::time::Duration;
use tests::{Database, Ground, Numbers, Pipeline, Shape, Worker};
use uuid::Uuid;

const NAME: &str = "Vi Thanh Tam";
const NUMBER: &str = "011087001234";
const PATIENCE: Duration = Duration::from_secs(30);

/// A form of the person.
fn form(id: Uuid, revision: i32, name: &str, born: &str) -> Body {
    let fields = [
        (Field::FullName, name),
        (Field::DateOfBirth, born),
        (Field::Sex, "Nam"),
        (Field::PersonalNumber, NUMBER),
    ];
    application(id, revision, &fields)
}

fn verification(id: Uuid) -> Body {
    Body::VerificationRecorded(VerificationRecorded {
        application_id: id,
        stage: 1,
        officer: "011-234".to_owned(),
        findings: vec![FieldVerification {
            field: Field::FullName,
            finding: VerificationFinding::Corrected,
            value: Some(Personal::new(NAME.to_owned())),
        }],
    })
}

/// The rows in which the person's name stands, as text, folded, or in bytes.
fn rows_with_the_name(register: &Database) -> i64 {
    let tables = [
        "resident",
        "resident_history",
        "application",
        "held_event",
        "dead_letter",
    ];
    let rows = tables.iter().map(|table| {
        register.value::<i64>(&format!(
            "SELECT count(*) FROM {table} AS t
              WHERE strpos(lower(t::text), lower('{NAME}')) > 0
                 OR strpos(t::text, encode('{NAME}', 'hex')) > 0"
        ))
    });
    rows.sum()
}

/// What the snapshots hold.
fn snapshots(ground: &Ground) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(ground.snapshots()).expect("the folder is there");
    let files = entries.flatten().map(|entry| entry.path());
    let snapshots = files.filter(|path| path.extension().is_some_and(|ending| ending == "snapshot"));
    // One may be pruned while it is looked at.
    snapshots.filter_map(|path| std::fs::read(path).ok()).collect()
}

#[test]
fn an_erased_person_comes_back_by_no_way() {
    let ground = Ground::new();
    let personal = [NAME, NUMBER, "05/09/1987"].map(str::to_owned);
    ground.gate.borrow_mut().forbid(&personal.into());
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let (foreign, register) = (Foreign::on(&ground), &ground.site.database);
    let [first, second, other] = [(); 3].map(|()| clock::new_event_id());
    let mut series: Vec<Vec<u8>> = Vec::new();
    let mut publish = |body: Body| {
        let before = series.last().cloned().unwrap_or_default();
        let event = foreign.event_of(series.len() as i64 + 1, &before, body);
        foreign.publish(NODE, &event);
        series.push(event.clone());
        event
    };

    let original = publish(form(first, 1, NAME, "05/09/1987"));
    publish(form(second, 1, NAME, "05/09/1987"));
    publish(verification(first));
    publish(form(first, 2, NAME, "31/04/1987"));
    pipeline.drain(4, DRAINED).assert_balanced(4);
    assert!(
        rows_with_the_name(register) >= 5,
        "residents, states, forms, the one that waits"
    );
    let backup = ground.folder.join("before.dump");
    register.back_up(&backup);

    let resident: Uuid = register.value("SELECT resident_id FROM resident WHERE cardinality(members) = 2");
    let id = resident.to_string();
    let erase = ["register", "erase", &id, "--reason", "on request"];
    let dry = ground.intakectl(&erase);
    assert!(
        dry.status.success() && rows_with_the_name(register) > 0,
        "{dry:?}"
    );
    let done = ground.intakectl(&[&erase[..], &["--execute"]].concat());
    assert!(done.status.success(), "{done:?}");
    assert_eq!(rows_with_the_name(register), 0);
    pipeline.until("no snapshot holds the name any more", PATIENCE, |_| {
        let files = snapshots(&ground);
        let holds = |file: &Vec<u8>| file.windows(NAME.len()).any(|bytes| bytes == NAME.as_bytes());
        (files.len() == 1 && !files.iter().any(holds)).then_some(())
    });

    // A matcher that knows it from the register alone refuses what comes later.
    pipeline.worker(Worker::Match, 0).kill();
    pipeline.worker(Worker::Match, 0).start();
    publish(form(first, 3, NAME, "05/09/1987"));
    publish(form(other, 1, "Vi Thi Hoa", "05/09/1987"));
    foreign.publish(NODE, &original);
    let books = pipeline.drain(6, DRAINED);
    let expected = Numbers {
        captured: 6,
        received: 6,
        loaded: 4,
        rejected: 2,
        ..Numbers::default()
    };
    assert_eq!((books.totals, books.exit_code), (expected, Some(0)), "{books:?}");
    let reasons: Vec<(i64, String)> = register.rows(
        "SELECT node_sequence, findings->0->>'code' FROM event_outcome_current WHERE outcome = 'rejected' ORDER BY 1",
    );
    assert_eq!(
        reasons,
        [4, 5].map(|sequence| (sequence, "application.erased".to_owned()))
    );
    assert_eq!(rows_with_the_name(register), 0);
    let anew: Uuid = register.value("SELECT resident_id FROM resident WHERE status = 'active'");
    assert_ne!(anew, resident, "who applies again is somebody new");

    decide_on_an_older_revision(&ground, anew, other);
    pipeline.until("the decision is refused", PATIENCE, |_| {
        let refused = "SELECT count(*) FROM erasure WHERE NOT carried_out";
        (register.value::<i64>(refused) == 1).then_some(())
    });
    let standing = format!("SELECT status::text FROM resident WHERE resident_id = '{anew}'");
    assert_eq!(register.value::<String>(&standing), "active");

    let rebuild = ground.rebuild();
    rebuild.assert_equal();
    assert_eq!(rows_with_the_name(&rebuild.site.database), 0);
    drop(rebuild);

    // The topics reach back behind the backup, so the erasure comes again.
    let (step, digest) = (ground.site.last_step(), register.digest());
    pipeline.worker(Worker::Sink, 0).kill();
    register.restore(&backup);
    assert!(rows_with_the_name(register) > 0, "as it was before");
    pipeline.worker(Worker::Sink, 0).start();
    pipeline.until("the register has caught up", DRAINED, |_| {
        (ground.site.last_step() == step && register.digest() == digest).then_some(())
    });
    assert_eq!(rows_with_the_name(register), 0);
    for command in [&["register", "check"][..], &["reconcile"]] {
        let proved = ground.intakectl(command);
        assert!(proved.status.success(), "{proved:?}");
    }
    pipeline.stop();
    for (values, told) in [
        (
            "UPDATE resident_history SET golden = '{\"sex\": \"M\"}' WHERE resident_id IN (SELECT id FROM erased)",
            "states of an erased resident or application have values",
        ),
        (
            "UPDATE held_event SET entry = 'x' WHERE entry = ''",
            "the entry of an erased application's event is there",
        ),
        (
            "UPDATE application SET village = 'x' WHERE status = 'erased'",
            "it is erased, and its row has values",
        ),
    ] {
        let changed: Vec<(i32,)> = register.rows(&format!("{values} RETURNING 1"));
        assert!(!changed.is_empty(), "{values}");
        let books = ground.intakectl(&["reconcile", "-o", "json"]);
        let text = String::from_utf8_lossy(&books.stdout);
        assert!(
            books.status.code() == Some(5) && text.contains(told),
            "{told}: {text}"
        );
    }
}

/// What somebody decides who looked before the last correction.
fn decide_on_an_older_revision(ground: &Ground, resident_id: Uuid, application_id: Uuid) {
    let decided = ResidentErased {
        entry_id: clock::new_event_id(),
        at: clock::now(),
        by: "a.admin".to_owned(),
        resident_id,
        applications: vec![ApplicationAt {
            application_id,
            revision: 0,
        }],
        reason: "on request".to_owned(),
    };
    let entry = MatchLogEntry {
        body: LogBody::ResidentErased(decided),
    };
    let producer = ground.site.cluster.producer().expect("a producer");
    let bytes = entry.encode().expect("fits");
    producer
        .send(topics::MATCH_LOG, b"decision", &bytes, 0)
        .expect("taken");
    producer.flush(Duration::from_secs(10)).expect("acknowledged");
}
