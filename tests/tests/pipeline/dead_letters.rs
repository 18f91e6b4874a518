//! What became a dead letter comes back once what was wrong with it is mended, and is in its place as if nothing had been.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE, PROVINCE, application};
use runtime::clock;
use schemas::codec::Event;
use schemas::match_log::{DeadLetterDecided, LogBody, MatchLogEntry, Remedy};
use schemas::{Field, Header, topics};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Ground, Pipeline, Shape, Worker};

const NAMES: [&str; 3] = ["Vi Thanh Tam", "Quàng Thị Hặc", "Giàng A Páo"];
const PATIENCE: Duration = Duration::from_secs(60);

/// The headers of the record that was read anew.
fn reread(ground: &Ground) -> Vec<Header> {
    let log = ground.site.records(topics::MATCH_LOG);
    let mut entries = log
        .iter()
        .map(|record| MatchLogEntry::decode(&record.value).expect("an entry"));
    let record = entries.find_map(|entry| match entry.body {
        LogBody::DeadLetterDecided(DeadLetterDecided {
            remedy: Remedy::Reread(reread),
            ..
        }) => Some(reread.record),
        _ => None,
    });
    record.expect("a record that was read anew").headers
}

#[test]
fn what_was_refused_comes_back_once_it_can() {
    let ground = Ground::new();
    ground.gate.borrow_mut().forbid(&NAMES.map(str::to_owned).into());
    // The database refuses a resident in this story, which the sink logs as an error.
    ground.gate.borrow_mut().announce(r#""level":"ERROR""#);
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let (foreign, register) = (Foreign::on(&ground), &ground.site.database);
    let mut before = Vec::new();
    let events = [1, 2, 3].map(|place| {
        let fields = [
            (Field::FullName, NAMES[place as usize - 1]),
            (Field::DateOfBirth, "05/09/1987"),
        ];
        let event = foreign.event_of(place, &before, application(clock::new_event_id(), 1, &fields));
        before.clone_from(&event);
        event
    });

    foreign.publish(NODE, &events[0]);
    pipeline.drain(1, DRAINED).assert_balanced(1);

    // A record that its workers must not read, while they stand still.
    let topic = topics::applications(PROVINCE);
    pipeline.worker(Worker::Normalise, 0).kill();
    let headers = [Some(NAMES[1].as_bytes().to_vec()), None].map(|value| Header {
        name: "by".to_owned(),
        value,
    });
    foreign.publish_with(NODE, &events[1], &headers);
    let quarantine = [
        "quarantine",
        &topic,
        "-p",
        "0",
        "--offset",
        "1",
        "--reason",
        "a worker ends at it",
    ];
    ground.answer(0, &quarantine);
    assert_eq!(ground.answer(0, &["control", "list"]), json!([]));
    ground.answer(0, &[&quarantine[..], &["--execute"]].concat());
    pipeline.worker(Worker::Normalise, 0).start();
    // A resident that the database refuses, behind it.
    register.execute("ALTER TABLE resident ADD CONSTRAINT narrow CHECK (folded_name <> 'giang a pao')");
    foreign.publish(NODE, &events[2]);
    let waiting = |count: usize| {
        let listed = ground.answer(0, &["dead-letters", "list"]);
        let letters = listed.as_array().expect("letters").clone();
        (letters.len() == count).then_some(letters)
    };
    let letters = pipeline.until("two dead letters", PATIENCE, |_| waiting(2));
    let told = |letter: &Value| ["stage", "reason", "sqlstate", "node_id"].map(|key| letter[key].clone());
    let told: Vec<[Value; 4]> = letters.iter().map(told).collect();
    let unread = [
        json!("normalise"),
        json!("operator.quarantined"),
        Value::Null,
        json!(NODE),
    ];
    let refused = [
        json!("sink"),
        json!("database.refused"),
        json!("23514"),
        json!(NODE),
    ];
    assert!(told.contains(&unread) && told.contains(&refused), "{told:?}");
    let grouped = ground.answer(0, &["dead-letters", "group", "--by", "node"]);
    assert_eq!(
        (&grouped["groups"][0]["value"], &grouped["groups"][0]["count"]),
        (&json!(NODE), &json!(2))
    );

    // Still refused: the database hasn't changed. It is a dead letter again, and its attempts are counted.
    let redrive = ["dead-letters", "redrive", "--reason", "it can be now"];
    let dry = ground.answer(0, &redrive);
    assert_eq!(dry["executed"], false, "{dry}");
    let of_sink = [&redrive[..], &["--stage", "sink", "--execute"]].concat();
    ground.answer(0, &of_sink);
    let again = pipeline.until("the database refuses it again", PATIENCE, |_| {
        waiting(2).filter(|letters| letters.iter().all(|letter| letter["settled"] == false))
    });
    let sink = again
        .iter()
        .find(|letter| letter["stage"] == "sink")
        .expect("a letter of the sink");
    let shown = ground.answer(0, &["dead-letters", "show", &sink["id"].to_string()]);
    assert_eq!(shown["attempts_of_these_bytes"], 1, "{shown}");
    let limited = [&of_sink[..], &["--attempts", "1"]].concat();
    let limited = ground.answer(4, &limited);
    assert!(
        limited["letters"][0]["refused"]
            .as_str()
            .is_some_and(|why| why.contains("1 times")),
        "{limited}"
    );

    // Mended: both come back, killed matcher or not.
    register.execute("ALTER TABLE resident DROP CONSTRAINT narrow");
    let done = ground.answer(0, &[&redrive[..], &["--execute"]].concat());
    assert_eq!(done["in_register"], true, "{done}");
    pipeline.worker(Worker::Match, 0).kill();
    pipeline.worker(Worker::Match, 0).start();
    pipeline.until("everybody is a resident", PATIENCE, |_| {
        let residents: i64 = register.value("SELECT count(*) FROM resident WHERE cardinality(members) = 1");
        (residents == 3).then_some(())
    });
    assert!(waiting(0).is_some());
    let kept: String = register.value("SELECT headers::text FROM dead_letter WHERE headers IS NOT NULL");
    assert_eq!(
        serde_json::from_str::<Vec<Header>>(&kept).expect("headers"),
        headers
    );
    assert_eq!(reread(&ground), headers, "it came back with what it had");
    let books = pipeline.drain(3, DRAINED);
    books.assert_balanced(3);
    let check = ground.intakectl(&["register", "check"]);
    assert!(check.status.success(), "{check:?}");
    ground.rebuild().assert_equal();
    pipeline.stop();
}
