//! Dead letters: in another topic for other tools, in the audit, and how old they are.

use crate::fixture::Pipeline;
use runtime::kafka::{Header, Partition, Record};
use schemas::topics::TopicSpec;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const TO: &str = "vendor.letters";

/// Four letters: of normalise, of the sink, one that is too large for the topic, and one that was erased.
const LETTERS: &str = r#"
    INSERT INTO dead_letter (stage, topic, partition, record_offset, key, value, reason, sqlstate, constraint_name, at,
                             headers)
    VALUES ('normalise', 'intake.applications.son-la', 1, 7, convert_to('son-la-01', 'UTF8'), '\x4cc3b2',
            'envelope.unknown-schema', NULL, NULL, now() - interval '3 days',
            '[{"name": "by", "value": "TMOy"}, {"name": "by", "value": null}]'),
           ('sink', 'register.changes', 4, 9, NULL, '\x00ff', 'database.refused', '23514', 'narrow', now(), NULL),
           ('sink', 'register.changes', 4, 10, NULL, decode(repeat('00', 2000000), 'hex'), 'database.refused', '22001',
            NULL, now(), NULL),
           ('sink', 'register.changes', 4, 11, NULL, '', 'database.refused', NULL, NULL, now(), NULL)"#;

async fn with_topic(pipeline: &Pipeline) {
    let spec = TopicSpec {
        name: TO.to_owned(),
        partitions: 1,
        compacted: false,
        retention_ms: 3_600_000,
        max_message_bytes: 1_000_000,
    };
    pipeline
        .cluster
        .create_topics(&[spec], -1, false)
        .await
        .expect("made");
}

fn records(pipeline: &Pipeline) -> Vec<Record> {
    let partition = Partition::new(TO, 0);
    let offsets = pipeline.cluster.offsets().expect("a client");
    let end = offsets
        .boundaries(std::slice::from_ref(&partition))
        .expect("boundaries")[0]
        .end;
    let mut found = Vec::new();
    if end > 0 {
        let reader = pipeline
            .cluster
            .reader(&[(partition.clone(), 0)])
            .expect("a reader");
        let each = |record| {
            found.push(record);
            Ok(())
        };
        reader
            .read_to_end(&[(partition, end)], Duration::from_secs(10), each)
            .expect("read");
    }
    found
}

fn audited(pipeline: &Pipeline) -> Vec<[Value; 3]> {
    let listed = pipeline.run(&["audit", "list", "-o", "json"]).json();
    let rows = listed.as_array().expect("rows").iter();
    rows.map(|row| ["action", "about", "reason"].map(|key| row[key].clone()))
        .collect()
}

#[tokio::test]
async fn letters_are_exported_as_kafka_connect_writes_them() {
    let pipeline = Pipeline::ready().await;
    with_topic(&pipeline).await;
    pipeline.sql(LETTERS).await;
    let export = |more: &[&str]| {
        let args = [
            "dead-letters",
            "export",
            "--to",
            TO,
            "--reason",
            "case 17",
            "-o",
            "json",
        ];
        pipeline.run(&[&args[..], more].concat())
    };
    let dry = export(&[]);
    assert_eq!(
        (dry.code, &dry.json()["executed"]),
        (0, &json!(false)),
        "{}",
        dry.stderr
    );
    assert!(
        records(&pipeline).is_empty() && audited(&pipeline).is_empty(),
        "a dry run does nothing"
    );

    let done = export(&["--execute", "--rate", "50"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let report = done.json();
    let letters = report["letters"].as_array().expect("letters");
    let of = |key: &str| {
        letters
            .iter()
            .map(|letter| letter[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("offset"), [json!(0), json!(1), Value::Null, Value::Null]);
    let refused = of("refused");
    assert!(
        refused[2]
            .as_str()
            .is_some_and(|why| why.contains("takes 1000000 at most")),
        "{report}"
    );
    assert!(
        refused[3].as_str().is_some_and(|why| why.contains("no bytes")),
        "{report}"
    );

    let written = records(&pipeline);
    let bytes: Vec<_> = written
        .iter()
        .map(|record| (record.key.clone(), record.value.clone()))
        .collect();
    assert_eq!(
        bytes,
        [
            (Some(b"son-la-01".to_vec()), b"L\xc3\xb2".to_vec()),
            (None, vec![0, 255])
        ]
    );
    let headers = |record: &Record| {
        let header = |header: &Header| {
            let value = header.value.clone().expect("a value");
            (header.name.clone(), String::from_utf8(value).expect("text"))
        };
        record
            .headers
            .iter()
            .map(header)
            .collect::<BTreeMap<String, String>>()
    };
    let full = |name: &str| pipeline.cluster.namespace().full(name);
    let id = letters[1]["id"].to_string();
    let expected = [
        ("__connect.errors.topic", full("register.changes")),
        ("__connect.errors.partition", "4".to_owned()),
        ("__connect.errors.offset", "9".to_owned()),
        ("__connect.errors.connector.name", full("sink")),
        ("__connect.errors.task.id", "0".to_owned()),
        ("__connect.errors.stage", "TASK_PUT".to_owned()),
        ("__connect.errors.class.name", "vn.intake.sink".to_owned()),
        (
            "__connect.errors.exception.class.name",
            "database.refused".to_owned(),
        ),
        (
            "__connect.errors.exception.message",
            "database.refused (SQLSTATE 23514, constraint narrow)".to_owned(),
        ),
        ("intake.dead-letter.id", id),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(headers(&written[1]), expected);
    let by = |value: Option<&str>| Header {
        name: "by".to_owned(),
        value: value.map(|text| text.as_bytes().to_vec()),
    };
    assert_eq!(
        written[0].headers[..2],
        [by(Some("Lò")), by(None)],
        "its own first"
    );
    let stage = (written[0].headers.iter()).find(|header| header.name == "__connect.errors.stage");
    assert_eq!(
        stage.and_then(|header| header.value.as_deref()),
        Some(&b"VALUE_CONVERTER"[..])
    );
    let shown = pipeline
        .run(&["dead-letters", "show", &letters[0]["id"].to_string()])
        .stdout;
    assert!(
        shown.contains("headers   2, 7 bytes") && !shown.contains("by:") && !shown.contains("Lò"),
        "{shown}"
    );
    assert_eq!(
        audited(&pipeline),
        [[
            json!("dead-letter.export"),
            json!("intake.applications.son-la[1]@7 register.changes[4]@9"),
            json!("case 17")
        ]]
    );
    let waiting = pipeline.run(&["dead-letters", "list", "-o", "json"]).json();
    assert_eq!(
        waiting.as_array().map(Vec::len),
        Some(4),
        "exporting decides nothing"
    );

    let none = export(&["--id", &letters[3]["id"].to_string(), "--execute"]);
    assert_eq!(none.code, 4, "all are left out: {}", none.stdout);
    for (to, why) in [
        ("intake.applications.son-la", "the pipeline's own"),
        ("enrich.normalised", "the pipeline's own"),
        ("nowhere", "there is no topic"),
    ] {
        let answer = pipeline.run(&["dead-letters", "export", "--to", to, "--reason", "x", "--execute"]);
        assert!(
            answer.code == 1 && answer.stderr.contains(why),
            "{to}: {}",
            answer.stderr
        );
    }
}

#[tokio::test]
async fn what_is_decided_about_letters_is_in_the_audit() {
    let pipeline = Pipeline::ready().await;
    pipeline.sql(LETTERS).await;
    let decide = |what: &str, more: &[&str]| {
        let args = ["dead-letters", what, "--reason", "case 18", "--wait", "0"];
        let answer = pipeline.run(&[&args[..], more].concat());
        assert_eq!(answer.code, 0, "{what}: {}", answer.stderr);
    };
    decide("discard", &["--stage", "normalise"]);
    assert!(audited(&pipeline).is_empty(), "a dry run does nothing");
    decide("discard", &["--stage", "normalise", "--execute"]);
    decide("redrive", &["--reason-code", "database.refused", "--execute"]);
    let mut rows = audited(&pipeline);
    rows.sort_by_key(|row| row[0].to_string());
    assert_eq!(
        rows,
        [
            [
                json!("dead-letter.discard"),
                json!("intake.applications.son-la[1]@7"),
                json!("case 18")
            ],
            [
                json!("dead-letter.redrive"),
                json!("register.changes[4]@9 register.changes[4]@10"),
                json!("case 18")
            ]
        ]
    );
    assert_eq!(pipeline.match_log().len(), 3);
}

#[tokio::test]
async fn how_long_letters_wait_is_served_and_told_by_the_doctor() {
    let pipeline = Pipeline::ready().await;
    pipeline.sql(LETTERS).await;
    let exporter = crate::export::Exporter::of(&pipeline);
    let text = exporter.metrics();
    for line in [
        "intake_dead_letters_waiting{stage=\"normalise\",reason=\"envelope.unknown-schema\"} 1",
        "intake_dead_letters_waiting{stage=\"sink\",reason=\"database.refused\"} 3",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
    }
    let seconds = |stage: &str| -> f64 {
        let name = format!("intake_dead_letters_oldest_seconds{{stage=\"{stage}\"}} ");
        let value = text.lines().find_map(|line| line.strip_prefix(&name));
        value.expect("a figure").parse().expect("a number")
    };
    assert!((259_200.0..259_800.0).contains(&seconds("normalise")), "{text}");
    assert!(seconds("sink") < 600.0, "{text}");
    let doctor = pipeline.run(&["doctor", "-o", "json"]).json();
    let mut findings = doctor["findings"].as_array().expect("findings").iter();
    let letters = findings
        .find(|finding| finding["check"] == "dead letters")
        .expect("the check");
    assert_eq!(
        letters["evidence"],
        "the register refused 3 records; the oldest has waited 3 d 0 h"
    );
}
