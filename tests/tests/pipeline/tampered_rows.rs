//! Rows of the register that somebody writes, changes or deletes by hand.

mod statements;

use crate::DRAINED;
use serde_json::{Value, json};
use statements::{TAMPERINGS, statement};
use tests::{Ground, Load, Pipeline, Shape};

/// Tables that are put back after each tampering.
const TABLES: [&str; 4] = ["application", "resident", "intake_event", "event_outcome"];

#[test]
fn a_row_changed_behind_the_pipelines_back_is_named_by_its_id() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    pipeline.register_nodes();
    let load = Load::generate(&ground, 7, 3_000);
    let sent = pipeline.send(&load);
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    ground.rebuild().assert_equal();
    pipeline.stop();

    let register = &ground.site.database;
    let run = |statement: String| register.rows::<(String,)>(&statement);
    for table in TABLES {
        run(format!("CREATE TABLE kept_{table} AS TABLE {table}"));
    }
    for tampering in TAMPERINGS {
        let named = run(statement(tampering.2));
        assert_eq!(named.len(), 1, "{tampering:?}");
        let (code, books) = reconcile(&ground, &[]);
        assert_eq!(code, Some(5), "{tampering:?}");
        assert_named(&books, tampering, &named[0].0);
        let told = books.to_string();
        assert!(
            !told.contains("Nobody") && !told.contains("example.org"),
            "a person's value: {told}"
        );
        for table in TABLES {
            run(format!("DELETE FROM {table}"));
            run(format!("INSERT INTO {table} SELECT * FROM kept_{table}"));
        }
    }
    let (code, books) = reconcile(&ground, &[]);
    assert_eq!((code, &books["contradictions"]), (Some(0), &json!([])), "{books}");

    // A day's books prove the rows of that day's events, and a node's those of its own.
    let tampering = &TAMPERINGS[0];
    let application = run(statement(tampering.2)).remove(0).0;
    let of_application = |column: &str| {
        run(format!(
            "SELECT ({column})::text FROM intake_event WHERE application_id = '{application}' LIMIT 1"
        ))
        .remove(0)
        .0
    };
    let day = of_application("(appended_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date");
    let node = of_application("node_id");
    let province = of_application("province");
    let before = of_application("(appended_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - 7");
    for narrowed in [
        &["--day", &day][..],
        &["--node", &node],
        &["--day", &day, "--province", &province, "--node", &node],
    ] {
        let (code, books) = reconcile(&ground, narrowed);
        assert_eq!(code, Some(5), "{narrowed:?}");
        assert_named(&books, tampering, &application);
    }
    let elsewhere = ground.provinces.iter().find(|other| other.slug != province);
    let elsewhere = elsewhere.expect("another province").slug.as_str();
    for narrowed in [
        &["--day", &before][..],
        &["--province", elsewhere],
        &["--quick"],
        &["--day", &day, "--quick"],
    ] {
        assert_eq!(reconcile(&ground, narrowed).0, Some(0), "{narrowed:?}");
    }
}

fn reconcile(ground: &Ground, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = ground.intakectl(&[&["reconcile", "-o", "json"], arguments].concat());
    let books = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no books: {output:?}"));
    (output.status.code(), books)
}

#[track_caller]
fn assert_named(books: &Value, tampering: &(&str, &str, &str), id: &str) {
    let (table, what, _) = *tampering;
    let contradictions = books["contradictions"].as_array().expect("a list");
    let told = contradictions
        .iter()
        .find(|told| told["table"] == table && told["what"] == what);
    let ids = told.map(|told| told["ids"].to_string()).unwrap_or_default();
    let is_named = ids.contains(&format!("\"{id}")); // perhaps with the columns that differ
    assert!(is_named, "{id} after {tampering:?}: {}", books["problems"]);
}
