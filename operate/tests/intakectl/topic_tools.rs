//! What stands in topics: listed, counted, searched, copied; each trap of reading a bounded part of one.

use crate::fixture::Pipeline;
use crate::peek::{PERSONAL, event};
use runtime::kafka::{Header, Partition};
use schemas::codec::Event;
use schemas::topics::{CHANGES, CONTROL, MATCH_LOG, applications};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

fn told(pipeline: &Pipeline, args: &[&str]) -> Value {
    let answer = pipeline.run(&[args, &["-o", "json"]].concat());
    assert_eq!(answer.code, 0, "{args:?}: {}", answer.stderr);
    answer.json()
}

/// Three records that a transaction committed, and two that were aborted behind them: six offsets and two markers.
fn in_transactions(pipeline: &Pipeline) {
    let source = applications("dien-bien");
    let member = pipeline.member("match", &source);
    let deadline = Instant::now() + PATIENCE;
    let producer = pipeline
        .cluster
        .transactional_producer("match")
        .expect("a producer");
    producer.begin().expect("begun");
    for value in [b"1", b"2", b"3"] {
        producer.send(MATCH_LOG, b"key", value).expect("sent");
    }
    let at = Partition::new(&source, 0);
    assert!(producer.commit(&member, &at, 0).is_ok(), "committed");
    producer.begin().expect("begun");
    for value in [b"4", b"5"] {
        producer.send(MATCH_LOG, b"key", value).expect("sent");
    }
    while ends(pipeline, MATCH_LOG).end < 6 {
        assert!(Instant::now() < deadline, "the records never came");
    }
    // Whoever takes the id aborts what the one before left open.
    drop(producer);
    pipeline
        .cluster
        .transactional_producer("match")
        .expect("a producer");
}

fn ends(pipeline: &Pipeline, topic: &str) -> runtime::kafka::Boundaries {
    let offsets = pipeline.cluster.offsets().expect("a client");
    offsets
        .boundaries(&[Partition::new(topic, 0)])
        .expect("boundaries")[0]
}

#[tokio::test]
async fn a_part_that_ends_with_markers_is_read_to_its_end() {
    let pipeline = Pipeline::ready().await;
    in_transactions(&pipeline);
    let count = |bounds: &[&str]| {
        let counted = told(&pipeline, &[&["topics", "count", MATCH_LOG], bounds].concat());
        let row = &counted["partitions"][0];
        ["from_offset", "to_offset", "records", "empty_offsets"]
            .map(|key| row[key].as_i64().expect("a number"))
    };
    let stable = ends(&pipeline, MATCH_LOG).stable;
    assert_eq!(stable, 7, "3 records, a marker, 2 aborted records, a marker");
    assert_eq!(count(&[]), [0, 7, 3, 4]);
    assert_eq!(
        count(&["--from", "3", "--to", "4"]),
        [3, 4, 0, 1],
        "only a marker"
    );
    assert_eq!(count(&["--from", "4"]), [4, 7, 0, 3], "only what was aborted");
    assert_eq!(count(&["--to", "2"]), [0, 2, 2, 0]);
    assert_eq!(count(&["--from", "2", "--to", "2"]), [2, 2, 0, 0]);
    let tail = told(&pipeline, &["topics", "tail", MATCH_LOG, "-n", "2"]);
    let shown: Vec<_> = tail["records"]
        .as_array()
        .expect("records")
        .iter()
        .map(|r| r["offset"].clone())
        .collect();
    assert_eq!(shown, [json!(1), json!(2)], "the last two that hold a record");

    let file = pipeline.path("log.ndjson");
    let copied = told(
        &pipeline,
        &[
            "topics", "copy", MATCH_LOG, "--output", &file, "--reason", "case 17",
        ],
    );
    assert_eq!(copied["records"], 3, "{copied}");
    assert_eq!(std::fs::read_to_string(&file).expect("read").lines().count(), 3);
}

#[tokio::test]
async fn a_topic_without_records_is_no_trap() {
    let pipeline = Pipeline::ready().await;
    let son_la = applications("son-la");
    let list = told(&pipeline, &["topics", "list"]);
    let row = list
        .as_array()
        .expect("topics")
        .iter()
        .find(|row| row["topic"] == son_la.as_str());
    let row = row.expect("a row");
    assert_eq!(
        [
            &row["partitions"],
            &row["offsets"],
            &row["first_at"],
            &row["last_at"]
        ],
        [&json!(2), &json!(0), &Value::Null, &Value::Null]
    );
    assert_eq!(row["retention_ms"], 2_592_000_000_i64);
    assert_eq!(told(&pipeline, &["topics", "count", &son_la])["records"], 0);
    for command in ["head", "tail"] {
        assert_eq!(
            told(&pipeline, &["topics", command, &son_la])["records"],
            json!([])
        );
    }
    let described = told(&pipeline, &["topics", "describe", &son_la]);
    let partition = &described["partitions"][1];
    assert_eq!(partition["leader"], partition["in_sync"][0]);
    assert_eq!(
        [
            &partition["earliest_offset"],
            &partition["end_offset"],
            &partition["first_at"]
        ],
        [&json!(0), &json!(0), &Value::Null]
    );
    let set = described["settings"].as_array().expect("settings");
    assert!(
        set.iter()
            .any(|set| set["name"] == "message.timestamp.type" && set["by"] == "topic"),
        "{described}"
    );
    assert!(set.iter().all(|set| set["by"] != "default"), "{described}");
    let at = told(
        &pipeline,
        &["topics", "offsets", &son_la, "--at", "2026-11-24T08:00:00+07:00"],
    );
    let found = &at["partitions"][1]["found"];
    assert_eq!(
        *found,
        json!({"offset": 0, "record_at": null, "before_at": null, "verified": true})
    );
}

#[tokio::test]
async fn a_moment_stands_for_the_first_record_as_late_as_it() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 3);
    let appended = |offset: &str| {
        let report = told(&pipeline, &["peek", &topic, "--offset", offset]);
        report["records"][0]["appended_at"]
            .as_str()
            .expect("a time")
            .to_owned()
    };
    let before = appended("2");
    // Another millisecond of the broker's clock.
    let deadline = Instant::now() + PATIENCE;
    let mut last = 2;
    let after = loop {
        pipeline.produce(&topic, "dien-bien-01", 1);
        last += 1;
        let at = appended(&last.to_string());
        if at != before {
            break at;
        }
        assert!(Instant::now() < deadline, "the clock stands still");
    };
    let found = |moment: &str| {
        let told = told(&pipeline, &["topics", "offsets", &topic, "--at", moment]);
        told["partitions"][0]["found"].clone()
    };
    let at = found(&after);
    assert_eq!(
        [&at["offset"], &at["record_at"], &at["verified"]],
        [&json!(last), &json!(after), &json!(true)],
        "{at}"
    );
    let late = found("2999-01-01T00:00:00Z");
    assert_eq!(
        [
            &late["offset"],
            &late["record_at"],
            &late["before_at"],
            &late["verified"]
        ],
        [&json!(last + 1), &Value::Null, &json!(after), &json!(true)]
    );
    assert_eq!(found("1969-01-01T00:00:00Z")["offset"], 0);
    let counted = told(&pipeline, &["topics", "count", &topic, "--from", &after]);
    assert_eq!(counted["records"], 1);

    for (args, code, why) in [
        (
            &["offsets", &topic, "--at", "2026-11-24T08:00:00"][..],
            2,
            "no zone",
        ),
        (&["count", &topic, "--from", "2026-11-24 08:00"], 2, "no zone"),
        (&["count", &topic, "--to", "99"], 1, "holds offsets 0 to"),
        (
            &["count", &applications("son-la"), "--from", "0"],
            1,
            "name one with -p",
        ),
        (&["head", "intake.applications.nowhere"], 1, "no topic"),
        (&["describe", "intake.applications.nowhere"], 1, "no topic"),
        (&["tail", &topic, "-p", "4"], 1, "partitions 0 to 0"),
    ] {
        let answer = pipeline.run(&[&["topics"], args].concat());
        assert!(
            answer.code == code && answer.stderr.contains(why),
            "{args:?}: {} {}",
            answer.code,
            answer.stderr
        );
    }
    pipeline
        .cluster
        .delete_records(&[(Partition::new(&topic, 0), 2)])
        .await
        .expect("deleted");
    let gone = pipeline.run(&["topics", "count", &topic, "--from", "1"]);
    assert!(
        gone.code == 1 && gone.stderr.contains("deleted by retention"),
        "{}",
        gone.stderr
    );
    assert_eq!(
        told(&pipeline, &["topics", "count", &topic])["partitions"][0]["from_offset"],
        2
    );
}

#[tokio::test]
async fn what_was_compacted_away_ends_a_part_all_the_same() {
    let pipeline = Pipeline::ready().await;
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/local/kafka-tool");
    let altered = Command::new(tool)
        .args([
            "kafka.admin.ConfigCommand",
            "--bootstrap-server",
            pipeline.brokers(),
        ])
        .args(["--alter", "--entity-type", "topics", "--entity-name"])
        .arg(pipeline.cluster.namespace().full(CONTROL))
        .args([
            "--add-config",
            "segment.ms=1,min.cleanable.dirty.ratio=0.001,min.compaction.lag.ms=0",
        ])
        .output()
        .expect("the tool runs");
    assert!(altered.status.success(), "{altered:?}");
    // One at a time: each begins a segment of its own, and the last is in the one that is never compacted.
    for _ in 0..6 {
        pipeline.produce(CONTROL, "the same key", 1);
    }
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let counted = told(&pipeline, &["topics", "count", CONTROL, "--to", "4"]);
        if counted["partitions"][0]["records"] == 0 {
            assert_eq!(counted["partitions"][0]["empty_offsets"], 4);
            break;
        }
        assert!(Instant::now() < deadline, "nothing was compacted: {counted}");
    }
    let tail = told(&pipeline, &["topics", "tail", CONTROL, "-n", "1"]);
    assert_eq!(tail["records"][0]["offset"], 5);
}

#[tokio::test]
async fn records_are_found_by_a_value_that_is_told_nowhere() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let encoded = event().encode().expect("encodes");
    let values = [encoded.as_slice(), b"no event", encoded.as_slice()];
    pipeline.publish(&topic, "dien-bien-01", &values);
    let name = format!("{PERSONAL} full_name");
    let search = |field: &str, value: &str, more: &[&str]| {
        let args = [
            "topics", "search", &topic, "--field", field, "--value", value, "-o", "json",
        ];
        let answer = pipeline.run(&[&args[..], more].concat());
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        for text in [&answer.stdout, &answer.stderr] {
            assert!(!text.contains("Pâng"), "{text}");
        }
        let found = answer.json();
        let offsets = found["records"].as_array().expect("records").iter();
        offsets
            .map(|record| record["offset"].as_i64().expect("an offset"))
            .collect::<Vec<_>>()
    };
    assert_eq!(search("full_name", &name, &[]), [0, 2]);
    assert_eq!(search("applicant.full_name", &name, &["--from", "1"]), [2]);
    assert_eq!(search("full_name", &name, &["--limit", "1"]), [0]);
    assert!(
        search("full_name", PERSONAL, &[]).is_empty(),
        "the whole value only"
    );
    assert_eq!(
        search("application_id", &Uuid::from_u128(9).to_string(), &["--to", "2"]),
        [0]
    );
}

#[tokio::test]
async fn a_copy_is_whole_and_leaves_a_trace() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let producer = pipeline.cluster.producer().expect("a producer");
    let headers = [
        Header {
            name: "a".to_owned(),
            value: Some(b"\xff".to_vec()),
        },
        Header {
            name: "a".to_owned(),
            value: None,
        },
    ];
    // Larger than what is fetched at once.
    let large = vec![7; 900_000];
    producer
        .send_with(&topic, Some(b"k"), &large, &headers, 0)
        .expect("sent");
    producer.send_with(&topic, None, b"", &[], 0).expect("sent");
    producer.flush(Duration::from_secs(10)).expect("delivered");
    let (lines, container) = (pipeline.path("part.ndjson"), pipeline.path("part.avro"));
    let copy = |file: &str, more: &[&str]| {
        let args = [
            "topics",
            "copy",
            &topic,
            "--output",
            file,
            "-X",
            "fetch.message.max.bytes=1000",
        ];
        pipeline.run(&[&args[..], more].concat())
    };
    assert_eq!(copy(&lines, &[]).code, 2, "a reason is needed");
    assert_eq!(copy("part.txt", &["--reason", "case 17"]).code, 2);
    for file in [&lines, &container] {
        let answer = copy(file, &["--reason", "case 17"]);
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        assert!(!std::path::Path::new(&format!("{file}.part")).exists());
    }
    let again = copy(&lines, &["--reason", "case 17"]);
    assert!(
        again.code == 1 && again.stderr.contains("is there already"),
        "{}",
        again.stderr
    );

    let text = std::fs::read_to_string(&lines).expect("read");
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!([&rows[0]["key"], &rows[1]["key"]], [&json!("aw=="), &Value::Null]);
    assert_eq!(
        rows[0]["headers"],
        json!([{"name": "a", "value": "/w=="}, {"name": "a", "value": null}])
    );
    assert_eq!(rows[0]["value"].as_str().map(str::len), Some(1_200_000));
    let bytes = std::fs::read(&container).expect("read");
    let read = apache_avro::Reader::new(&bytes[..]).expect("a container");
    let values: Vec<apache_avro::types::Value> = read.collect::<Result<_, _>>().expect("records");
    assert_eq!(values.len(), 2);
    let apache_avro::types::Value::Record(fields) = &values[0] else {
        panic!("no record")
    };
    let field = |name: &str| {
        fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(field("value"), Some(apache_avro::types::Value::Bytes(large)));
    assert_eq!(field("offset"), Some(apache_avro::types::Value::Long(0)));

    let audited = told(&pipeline, &["audit", "list"]);
    let rows = audited.as_array().expect("rows");
    assert_eq!(rows.len(), 2, "{audited}");
    for row in rows {
        assert_eq!(
            [&row["action"], &row["about"], &row["reason"]],
            ["topic.copy", "intake.applications.dien-bien[0]@0-2", "case 17"]
        );
    }
}

#[tokio::test]
async fn who_follows_sees_what_comes() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("son-la");
    pipeline.produce(&topic, "son-la-01", 3);
    let mut following = pipeline.lines(&["topics", "tail", &topic, "-n", "1", "--follow", "-o", "json"]);
    assert_eq!(following.next()["offset"], 2);
    pipeline.produce(&topic, "son-la-01", 2);
    assert_eq!(
        [following.next(), following.next()].map(|line| line["offset"].clone()),
        [json!(3), json!(4)]
    );
}

#[tokio::test]
async fn what_is_there_is_compared_with_what_is_declared() {
    let pipeline = Pipeline::ready().await;
    assert_eq!(
        told(&pipeline, &["topics", "diff"]),
        json!({"same": 9, "differing": []})
    );
    let two = crate::fixture::PROVINCES;
    pipeline.write_provinces(
        &two.replace("slug = 'dien-bien'", "slug = 'lai-chau'")
            .replace("home = 'dien-bien'", "home = 'lai-chau'")
            .replace("partitions = 2", "partitions = 3"),
    );
    let differs = pipeline.run(&["topics", "diff", "-o", "json"]);
    assert_eq!(differs.code, 5, "{}", differs.stderr);
    let report = differs.json();
    let rows = report["differing"].as_array().expect("rows");
    let of = |result: &str| {
        let named = rows.iter().filter(|row| row["result"] == result);
        named
            .map(|row| row["topic"].as_str().expect("a name"))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("missing").len(), 3, "{report}");
    assert_eq!(of("differs"), ["intake.applications.son-la"]);
    assert_eq!(
        of("undeclared"),
        [
            "intake.applications.dien-bien",
            "intake.nodes.dien-bien",
            "intake.outcomes.dien-bien"
        ]
    );
    assert_eq!(report["same"], 5);
    assert!(
        told(&pipeline, &["topics", "describe", CHANGES])["partitions"]
            .as_array()
            .is_some_and(|all| all.len() == 12)
    );
}
