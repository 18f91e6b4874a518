use crate::fixture::Pipeline;
use chrono::{SecondsFormat, TimeDelta, Utc};
use ed25519_dalek::{Signer, SigningKey};
use schemas::codec::Event;
use schemas::manifest::{NodeClaim, NodeManifest};
use schemas::topics::applications;
use schemas::{NodeId, Sha256, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

const EPOCH: Uuid = Uuid::from_u128(0xe);

/// Enters a manifest as the sink does: `published` of `captured`, the last one at offset `offset`.
async fn beat(
    pipeline: &Pipeline,
    node: &str,
    captured: i64,
    published: i64,
    offset: i64,
    key: Option<&SigningKey>,
) {
    let claim = NodeClaim {
        node_id: NodeId::parse(node).expect("a node id"),
        province: "dien-bien".to_owned(),
        counter: 1,
        at: Timestamp(1_700_000_000_000),
        clock_offset_ms: None,
        epoch: EPOCH,
        captured,
        published,
        head_hash: Sha256::ZERO,
        published_partition: Some(0),
        published_offset: Some(offset),
        spool_bytes: 0,
        software: "test".to_owned(),
        closed_epochs: Vec::new(),
    };
    let claim = claim.encode().expect("encoded");
    let signature = key.map(|key| key.sign(&claim).to_bytes().to_vec());
    let manifest = NodeManifest { claim, signature };
    sqlx::query(
        "INSERT INTO node_manifest (province, node_id, counter, at, appended_at, epoch, captured, published, head_hash,
                                    spool_bytes, software, closed_epochs, claim, signature)
         VALUES ('dien-bien', $1, 1, now(), now(), $2, $3, $4, '', 0, 'test', '[]', $5, $6)
         ON CONFLICT (province, node_id) DO UPDATE SET claim = EXCLUDED.claim, signature = EXCLUDED.signature",
    )
    .bind(node)
    .bind(EPOCH)
    .bind(captured)
    .bind(published)
    .bind(manifest.claim)
    .bind(manifest.signature)
    .execute(&mut pipeline.connect().await)
    .await
    .expect("inserted");
}

/// Enters events of a node as the sink does: loaded verifications at these sequences and offsets.
async fn receive(pipeline: &Pipeline, node: &str, sequences: &[i64], received: &str) {
    for (at, sequence) in sequences.iter().enumerate() {
        sqlx::query(
            "INSERT INTO intake_event (sequence, partition, source_offset, logged_at, matched_at, province, node_id, epoch,
                                       node_sequence, kind, outcome)
             SELECT COALESCE(max(sequence), 0) + 1, 0, $4, now(), now(), 'dien-bien', $1, $2, $3, 'verification', 'loaded'
               FROM intake_event",
        )
        .bind(node)
        .bind(EPOCH)
        .bind(sequence)
        .bind(at as i64)
        .execute(&mut pipeline.connect().await)
        .await
        .expect("inserted");
    }
    sqlx::query(
        "INSERT INTO node_ledger VALUES ($1, $2, 9, 'dien-bien', $3::int8multirange, $4, 0, 0, 0, 0, 0, now())",
    )
    .bind(node)
    .bind(EPOCH)
    .bind(received)
    .bind(sequences.len() as i64)
    .execute(&mut pipeline.connect().await)
    .await
    .expect("inserted");
    pipeline.loaded().await;
}

async fn pass(pipeline: &Pipeline, next: i64) {
    let topic = applications("dien-bien");
    pipeline
        .sql(format!(
            "INSERT INTO source_position VALUES ('{topic}', 0, {next})
             ON CONFLICT (topic, partition) DO UPDATE SET next_offset = {next}"
        ))
        .await;
}

#[track_caller]
fn reconcile(pipeline: &Pipeline, args: &[&str], code: i32) -> Value {
    let answer = pipeline.run(&[&["reconcile", "-o", "json", "--wait", "1"], args].concat());
    assert_eq!(answer.code, code, "{} {}", answer.stdout, answer.stderr);
    answer.json()
}

#[track_caller]
fn totals(books: &Value, expected: [i64; 5]) {
    let names = ["captured", "pending", "in_transit", "missing", "received"];
    assert_eq!(
        names.map(|name| books["totals"][name].as_i64().expect("a number")),
        expected,
        "{books}"
    );
}

#[tokio::test]
async fn what_is_late_is_in_transit_until_match_has_passed_it_then_missing() {
    let pipeline = Pipeline::ready().await;
    totals(&reconcile(&pipeline, &[], 0), [0, 0, 0, 0, 0]);
    receive(&pipeline, "dien-bien-01", &[1, 2, 3], "{[1,4)}").await;
    beat(&pipeline, "dien-bien-01", 7, 5, 4, None).await;
    pipeline.produce(&applications("dien-bien"), "dien-bien-01", 5);
    pass(&pipeline, 3).await;
    let books = reconcile(&pipeline, &[], 0);
    totals(&books, [7, 2, 2, 0, 3]);
    assert_eq!([&books["balanced"], &books["settled"]], [true, false]);

    pass(&pipeline, 5).await;
    let books = reconcile(&pipeline, &["--province", "dien-bien"], 5);
    totals(&books, [7, 2, 0, 2, 3]);
    let range = json!({"node_id": "dien-bien-01", "epoch": EPOCH, "first": 4, "last": 5});
    assert_eq!(books["provinces"][0]["missing_ranges"], json!([range]));
    let table = pipeline
        .run(&["reconcile", "--wait", "1", "--node", "dien-bien-01"])
        .stdout;
    assert!(
        table.contains("dien-bien-01 epoch 00000000-0000-0000-0000-00000000000e sequence 4 to 5"),
        "{table}"
    );

    pipeline
        .sql("INSERT INTO node VALUES ('dien-bien-01', 4, 'dien-bien', NULL, true, 'a.admin', 'fell into the river')")
        .await;
    let books = reconcile(&pipeline, &[], 0);
    totals(&books, [3, 0, 0, 0, 3]);
    assert_eq!(
        [
            &books["written_off"],
            &books["provinces"][0]["nodes"][0]["retired"]
        ],
        [&json!(4), &json!(true)]
    );
}

#[tokio::test]
async fn a_hole_is_missing_until_its_positions_are_skipped() {
    let pipeline = Pipeline::ready().await;
    receive(&pipeline, "dien-bien-01", &[1, 4], "{[1,2),[4,5)}").await;
    pipeline
        .sql("UPDATE intake_event SET source_offset = 3 WHERE node_sequence = 4")
        .await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 4);
    pass(&pipeline, 4).await;
    totals(&reconcile(&pipeline, &[], 5), [4, 0, 0, 2, 2]);
    let skip = [
        "control",
        "skip",
        &topic,
        "-p",
        "0",
        "--from",
        "1",
        "--to",
        "3",
        "--reason",
        "test",
        "--lose-records",
    ];
    assert_eq!(pipeline.run(&[&skip[..], &["--execute"]].concat()).code, 0);
    let books = reconcile(&pipeline, &[], 0);
    totals(&books, [2, 0, 0, 0, 2]);
    assert_eq!(books["written_off"], 2);
}

#[tokio::test]
async fn a_forged_manifest_an_unproven_application_and_unreadable_bytes_unbalance_the_books() {
    let pipeline = Pipeline::ready().await;
    let (key, other) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[8; 32]));
    sqlx::query("INSERT INTO node VALUES ('dien-bien-01', 4, 'dien-bien', $1, false, 'a.admin', NULL)")
        .bind(key.verifying_key().to_bytes().to_vec())
        .execute(&mut pipeline.connect().await)
        .await
        .expect("inserted");
    receive(&pipeline, "dien-bien-01", &[1], "{[1,2)}").await;
    let node = |books: &Value| books["provinces"][0]["nodes"][0].clone();

    beat(&pipeline, "dien-bien-01", 1, 1, 0, Some(&key)).await;
    assert_eq!(node(&reconcile(&pipeline, &[], 0))["claim"], "verified");
    beat(&pipeline, "dien-bien-01", 9_000, 9_000, 0, Some(&other)).await;
    let books = reconcile(&pipeline, &[], 5);
    assert_eq!(
        [&node(&books)["claim"], &node(&books)["captured"]],
        [&json!("forged"), &json!(1)]
    );
    beat(&pipeline, "dien-bien-01", 1, 1, 0, Some(&key)).await;

    let application = Uuid::from_u128(0xa);
    pipeline
        .sql(format!(
            "UPDATE intake_event SET kind = 'application', application_id = '{application}', revision = 2"
        ))
        .await;
    assert_eq!(
        reconcile(&pipeline, &[], 5)["contradictions"],
        json!([{
            "table": "application",
            "what": "events of it are settled, but its row is not there, or is of an earlier revision",
            "ids": [application],
            "more": false,
        }])
    );
    reconcile(&pipeline, &["--quick"], 0);
    pipeline
        .sql("UPDATE intake_event SET kind = 'verification'")
        .await;

    let topic = applications("dien-bien");
    pipeline
        .sql(format!(
            "INSERT INTO dead_letter (stage, topic, partition, record_offset, value, reason)
             VALUES ('normalise', '{topic}', 0, 7, '', 'envelope.malformed')"
        ))
        .await;
    let books = reconcile(&pipeline, &[], 5);
    assert_eq!(
        books["undecodable"],
        json!([{"stage": "normalise", "topic": topic, "reason": "envelope.malformed", "count": 1}])
    );
    reconcile(&pipeline, &["--province", "son-la"], 0);
}

#[tokio::test]
async fn a_silent_node_is_named_with_since_when_and_unbalances_nothing() {
    let pipeline = Pipeline::ready().await;
    beat(&pipeline, "dien-bien-01", 2, 2, 1, None).await;
    receive(&pipeline, "dien-bien-01", &[1, 2], "{[1,3)}").await;
    beat(&pipeline, "dien-bien-02", 0, 0, 0, None).await;
    beat(&pipeline, "dien-bien-03", 0, 0, 0, None).await;
    let now = Utc::now();
    let since = |days| (now - TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let (long_ago, last_week) = (since(20), since(9));
    pipeline
        .sql(format!(
            "UPDATE node_manifest SET appended_at = '{long_ago}'
              WHERE node_id <> 'dien-bien-02';
             UPDATE node_manifest SET appended_at = now() - interval '3 hours' WHERE node_id = 'dien-bien-02';
             INSERT INTO intake_event (sequence, logged_at, matched_at, node_id, kind, outcome) VALUES
                 (3, '{last_week}', now(), 'son-la-01', 'node_added', 'recorded'),
                 (4, now(), now(), 'dien-bien-03', 'node_retired', 'recorded');
             INSERT INTO node VALUES
                 ('son-la-01', 3, 'son-la', NULL, false, 'a.admin', NULL),
                 ('dien-bien-03', 4, 'dien-bien', NULL, true, 'a.admin', 'stolen')"
        ))
        .await;
    pipeline.loaded().await;
    let silent = |args: &[&str]| reconcile(&pipeline, args, 0)["silent_nodes"].clone();
    let first = json!({"province": "dien-bien", "node_id": "dien-bien-01", "since": long_ago});
    let never_heard_of = json!({"province": "son-la", "node_id": "son-la-01", "since": last_week});
    assert_eq!(silent(&[]), json!([first, never_heard_of]));
    assert_eq!(
        silent(&["--quick", "--province", "son-la"]),
        json!([never_heard_of])
    );
    let names = |told: &Value| -> Vec<Value> {
        let told = told.as_array().expect("a list").iter();
        told.map(|node| node["node_id"].clone()).collect()
    };
    assert_eq!(
        names(&silent(&["--silent-after", "2"])),
        ["dien-bien-01", "dien-bien-02", "son-la-01"]
    );
    assert_eq!(silent(&["--silent-after", "87600"]), json!([]));
    assert_eq!(silent(&["--day", "2026-11-01"]), Value::Null);
    let books = reconcile(&pipeline, &[], 0);
    assert_eq!(
        [
            &books["balanced"],
            &books["problems"],
            &books["provinces"][0]["nodes"][0]["silent_since"]
        ],
        [&json!(true), &json!([]), &json!(long_ago)]
    );
    let table = pipeline.run(&["reconcile", "--wait", "1"]).stdout;
    let told = format!("silent: dien-bien-01 in dien-bien since {long_ago}\n");
    assert!(table.contains(&told), "{told}: {table}");
    assert!(table.contains("the books balance"), "{table}");
}
