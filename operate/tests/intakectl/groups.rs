use crate::fixture::{FromTheStart, Pipeline};
use runtime::kafka::{ConsumerSpec, Partition};
use schemas::topics::{GROUP_NORMALISE, applications};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

/// What Kafka's own tool tells of a group: for each partition its position, end and lag.
fn as_kafka_tells(pipeline: &Pipeline, group: &str) -> BTreeMap<(String, i64), [i64; 3]> {
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/local/kafka-tool");
    let output = Command::new(tool)
        .arg("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand")
        .args(["--bootstrap-server", pipeline.brokers(), "--describe", "--group"])
        .arg(pipeline.cluster.namespace().full(group))
        .output()
        .expect("the tool runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at)?.parse::<i64>().ok();
        let topic = pipeline.cluster.namespace().strip(words.get(1)?)?;
        Some((
            (topic.to_owned(), number(2)?),
            [number(3)?, number(4)?, number(5)?],
        ))
    };
    text.lines().filter_map(row).collect()
}

fn as_we_tell(pipeline: &Pipeline, group: &str) -> BTreeMap<(String, i64), [i64; 3]> {
    let answer = pipeline.run(&["groups", "describe", group, "-o", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let described = answer.json();
    let partitions = described["partitions"].as_array().expect("a list");
    let row = |lag: &serde_json::Value| {
        let topic = lag["topic"].as_str()?.to_owned();
        let figures = [&lag["committed_offset"], &lag["end_offset"], &lag["lag"]].map(|v| v.as_i64());
        let [Some(committed), Some(end), Some(lag_of)] = figures else {
            return None;
        };
        Some(((topic, lag["partition"].as_i64()?), [committed, end, lag_of]))
    };
    partitions.iter().filter_map(row).collect()
}

#[tokio::test]
async fn every_group_has_the_figures_that_kafkas_own_tool_has() {
    let pipeline = Pipeline::ready().await;
    let (dien_bien, son_la) = (applications("dien-bien"), applications("son-la"));
    pipeline.produce(&dien_bien, "dien-bien-01", 7);
    pipeline.produce(&son_la, "son-la-01", 40);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&dien_bien, 0), 2);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&son_la, 1), 0);
    pipeline.commit("somebody-elses", Partition::new(&dien_bien, 0), 5);
    for group in [GROUP_NORMALISE, "somebody-elses"] {
        let ours = as_we_tell(&pipeline, group);
        assert_eq!(ours, as_kafka_tells(&pipeline, group), "{group}");
        assert!(ours.contains_key(&(dien_bien.clone(), 0)), "{ours:?}");
    }
    let missing = pipeline.run(&["groups", "describe", "nobody"]);
    assert_eq!((missing.code, missing.stderr.contains("groups list")), (1, true));
}

#[tokio::test]
async fn members_are_told_with_what_they_have() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("son-la");
    let spec = ConsumerSpec {
        group: "readers",
        topics: vec![topic.clone()],
        read_committed: true,
        session_timeout: Duration::from_secs(6),
    };
    let member = pipeline
        .cluster
        .consumer(&spec, FromTheStart)
        .expect("a consumer");
    let deadline = Instant::now() + Duration::from_secs(30);
    while member.owned().len() < 2 {
        assert!(Instant::now() < deadline, "no partitions");
        member.poll(Duration::from_millis(50)).expect("polled");
    }
    let described = pipeline
        .run(&["groups", "describe", "readers", "-o", "json"])
        .json();
    assert_eq!(described["state"], "Stable");
    let members = described["members"].as_array().expect("a list");
    assert_eq!(members.len(), 1);
    let client = members[0]["client_id"].as_str().expect("a client");
    assert!(client.starts_with("intake"), "{client}");
    assert_eq!(members[0]["host"], "127.0.0.1");
    let mut assigned: Vec<&str> = members[0]["assigned"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    assigned.sort_unstable();
    assert_eq!(assigned, [format!("{topic}[0]"), format!("{topic}[1]")]);
    let list = pipeline.run(&["groups", "list"]);
    assert!(list.stdout.contains("readers"), "{}", list.stdout);
}
