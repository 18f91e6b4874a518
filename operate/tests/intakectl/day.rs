use crate::fixture::Pipeline;
use chrono::{TimeDelta, Utc};
use schemas::change::{EventKind, EventSettled};
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::topics::applications;
use schemas::{NodeId, Sha256, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

const EPOCH: Uuid = Uuid::from_u128(0xe);

/// Enters an event as the sink does.
async fn event(pipeline: &Pipeline, province: &str, node: &str, sequence: i64, at: &str, outcome: &str) {
    pipeline
        .sql(format!(
            "INSERT INTO intake_event (sequence, partition, source_offset, appended_at, logged_at, matched_at, province,
                                       node_id, epoch, node_sequence, kind, outcome)
             SELECT COALESCE(max(sequence), 0) + 1, 0, {sequence}, '{at}', now(), now(), '{province}', '{node}', '{EPOCH}',
                    {sequence}, 'verification', '{outcome}' FROM intake_event"
        ))
        .await;
}

/// Enters what the register refused: an event of dien-bien-01.
async fn dead_event(pipeline: &Pipeline, node_sequence: i64, at: Timestamp) {
    let settled = EventSettled {
        sequence: 900 + node_sequence,
        source: None,
        appended_at: Some(at),
        logged_at: at,
        province: "dien-bien".to_owned(),
        node_id: Some(NodeId::parse("dien-bien-01").expect("a node id")),
        epoch: Some(EPOCH),
        node_sequence: Some(node_sequence),
        event_id: Some(Uuid::from_u128(1)),
        hash: Some(Sha256::ZERO),
        open_link: None,
        kind: EventKind::Verification,
        application_id: None,
        revision: None,
        captured_at: None,
        spooled_at: None,
        clock_offset_ms: None,
        ruleset: String::new(),
        outcome: OutcomeKind::Loaded,
        findings: Vec::new(),
        resident_id: None,
        ledger: None,
        released: Vec::new(),
        application: None,
        refused: None,
        held_event: None,
        node: None,
        rules: None,
        letter: None,
        erasure: None,
    };
    sqlx::query(
        "INSERT INTO dead_letter (stage, topic, partition, record_offset, value, reason, sequence)
         VALUES ('sink', 'register.changes', 0, $1, $2, 'database.refused', $3)",
    )
    .bind(node_sequence)
    .bind(settled.encode().expect("encoded"))
    .bind(settled.sequence)
    .execute(&mut pipeline.connect().await)
    .await
    .expect("inserted");
}

#[track_caller]
fn reconcile(pipeline: &Pipeline, args: &[&str], code: i32) -> Value {
    let answer = pipeline.run(&[&["reconcile", "-o", "json", "--wait", "1"], args].concat());
    assert_eq!(answer.code, code, "{} {}", answer.stdout, answer.stderr);
    answer.json()
}

#[track_caller]
fn numbers(books: &Value, expected: [i64; 5]) {
    let names = ["received", "loaded", "rejected", "held", "dead_lettered"];
    assert_eq!(
        names.map(|name| books[name].as_i64().expect("a number")),
        expected,
        "{books}"
    );
    for unknown in [
        "captured",
        "pending",
        "in_transit",
        "missing",
        "written_off",
        "broken_links",
    ] {
        assert_eq!(books[unknown], Value::Null, "{unknown} of {books}");
    }
}

#[tokio::test]
async fn a_day_is_what_was_appended_from_midnight_to_midnight_in_ho_chi_minh_with_its_latest_outcome() {
    let pipeline = Pipeline::ready().await;
    let of_dien_bien = [
        (1, "2026-11-23 16:59:59.999Z", "loaded"),
        (2, "2026-11-23 17:00:00Z", "held"),
        (3, "2026-11-24 10:00:00Z", "loaded"),
        (4, "2026-11-24 16:59:59.999Z", "rejected"),
        (4, "2026-11-24 16:59:59.999Z", "copy"),
        (5, "2026-11-24 17:00:00Z", "loaded"),
    ];
    for (sequence, at, outcome) in of_dien_bien {
        event(&pipeline, "dien-bien", "dien-bien-01", sequence, at, outcome).await;
    }
    event(
        &pipeline,
        "son-la",
        "son-la-01",
        1,
        "2026-11-24 01:00:00Z",
        "loaded",
    )
    .await;
    event(
        &pipeline,
        "son-la",
        "son-la-02",
        1,
        "2026-11-24 01:00:00Z",
        "loaded",
    )
    .await;
    // The held one was settled later; what the register refused counts where it came.
    pipeline
        .sql(format!(
            "INSERT INTO event_outcome SELECT sequence, 800, 'loaded' FROM intake_event WHERE outcome = 'held';
             INSERT INTO node_ledger VALUES
                 ('dien-bien-01', '{EPOCH}', 9, 'dien-bien', '{{[1,6)}}', 4, 1, 0, 1, 0, 0, now()),
                 ('dien-bien-02', '{EPOCH}', 9, 'dien-bien', '{{}}', 0, 0, 0, 0, 0, 0, now()),
                 ('son-la-01', '{EPOCH}', 9, 'son-la', '{{[1,2)}}', 1, 0, 0, 0, 0, 0, now()),
                 ('son-la-02', '{EPOCH}', 9, 'son-la', '{{[1,2)}}', 1, 0, 0, 0, 0, 0, now())"
        ))
        .await;
    let noon = Timestamp::from(
        "2026-11-24T05:00:00Z"
            .parse::<chrono::DateTime<Utc>>()
            .expect("a moment"),
    );
    dead_event(&pipeline, 6, noon).await;
    dead_event(&pipeline, 3, noon).await; // loaded after all
    dead_event(&pipeline, 7, noon.plus_millis(86_400_000)).await;

    pipeline.loaded().await;
    let day = ["--day", "2026-11-24"];
    let books = reconcile(&pipeline, &day, 0);
    numbers(
        &books["totals"].as_object().map_or(json!({}), |totals| {
            let mut both = totals.clone();
            both.insert("written_off".to_owned(), books["written_off"].clone());
            both.insert("broken_links".to_owned(), books["broken_links"].clone());
            Value::Object(both)
        }),
        [6, 4, 1, 0, 1],
    );
    assert_eq!(
        [&books["copies"], &books["conflicts"], &books["balanced"]],
        [&json!(1), &json!(0), &json!(true)]
    );
    assert_eq!(books["day"]["from"], "2026-11-23T17:00:00Z");
    let dien_bien = &books["provinces"][0];
    numbers(dien_bien, [4, 2, 1, 0, 1]);
    numbers(&dien_bien["nodes"][0], [4, 2, 1, 0, 1]);
    numbers(&dien_bien["nodes"][1], [0, 0, 0, 0, 0]);
    assert_eq!(dien_bien["nodes"][0]["epochs"][0]["epoch"], json!(EPOCH));
    numbers(&books["provinces"][1], [2, 2, 0, 0, 0]);

    let narrowed = reconcile(
        &pipeline,
        &[&day[..], &["--province", "son-la", "--node", "son-la-02"]].concat(),
        0,
    );
    assert_eq!(narrowed["provinces"].as_array().map(Vec::len), Some(1));
    numbers(&narrowed["provinces"][0], [1, 1, 0, 0, 0]);
    let table = pipeline
        .run(&[&["reconcile", "--wait", "1"], &day[..]].concat())
        .stdout;
    let line = table
        .lines()
        .find(|line| line.contains("dien-bien-01"))
        .expect("a row of the node");
    let cells: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(
        cells,
        ["dien-bien-01", "-", "-", "-", "-", "4", "2", "1", "0", "1"],
        "{table}"
    );
    for (args, code) in [
        (&["--day", "2026-11-24", "--node", "nobody-01"][..], 1),
        (&["--day", "yesterday"], 2),
        (&["--day", "2026-11-24", "--province", "nowhere"], 2),
    ] {
        assert_eq!(
            pipeline.run(&[&["reconcile"], args].concat()).code,
            code,
            "{args:?}"
        );
    }
}

#[tokio::test]
async fn a_day_is_unbalanced_by_its_own_conflicts_and_unreadable_records_only() {
    let pipeline = Pipeline::ready().await;
    event(
        &pipeline,
        "dien-bien",
        "dien-bien-01",
        1,
        "2026-11-24 01:00:00Z",
        "conflict",
    )
    .await;
    let topic = applications("dien-bien");
    pipeline
        .sql(format!(
            "INSERT INTO intake_event (sequence, partition, source_offset, appended_at, logged_at, matched_at, province,
                                       kind, outcome)
             VALUES (2, 0, 7, '2026-11-25 01:00:00Z', now(), now(), 'dien-bien', 'undecodable', 'undecodable');
             INSERT INTO dead_letter (stage, topic, partition, record_offset, value, reason, sequence)
             VALUES ('normalise', '{topic}', 0, 7, '', 'envelope.malformed', 2)"
        ))
        .await;
    pipeline.loaded().await;
    assert_eq!(reconcile(&pipeline, &["--day", "2026-11-24"], 5)["conflicts"], 1);
    assert_eq!(
        reconcile(&pipeline, &["--day", "2026-11-25"], 5)["undecodable"],
        json!([{"stage": "normalise", "topic": topic, "reason": "envelope.malformed", "count": 1}])
    );
    reconcile(&pipeline, &["--day", "2026-11-26"], 0);
}

#[tokio::test]
async fn a_day_is_settled_when_it_is_over_and_nothing_of_it_waits() {
    let pipeline = Pipeline::ready().await;
    let settled = |day: chrono::DateTime<Utc>| {
        let local = day + TimeDelta::hours(7);
        reconcile(&pipeline, &["--day", &local.format("%Y-%m-%d").to_string()], 0)["settled"].clone()
    };
    let before = Utc::now();
    assert_eq!(settled(before + TimeDelta::days(1)), false, "it isn't over");
    assert_eq!(settled(before - TimeDelta::days(1)), true);
    // What is appended now waits, but it is none of yesterday's; of a day that ends later it may be.
    pipeline.produce(&applications("son-la"), "son-la-01", 1);
    assert_eq!(settled(before - TimeDelta::days(1)), true);
    assert_eq!(settled(Utc::now() + TimeDelta::days(1)), false);
}
