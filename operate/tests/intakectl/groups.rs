use crate::fixture::Pipeline;
use runtime::kafka::Partition;
use schemas::topics::{GROUP_NORMALISE, applications};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

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
    let told = pipeline.run(&["groups", "describe", GROUP_NORMALISE]).stdout;
    assert!(
        told.starts_with("normalise is Empty, nobody reads: start `intake-enrich normalise`"),
        "{told}"
    );
    let missing = pipeline.run(&["groups", "describe", "nobody"]);
    assert_eq!((missing.code, missing.stderr.contains("groups list")), (1, true));
}

#[tokio::test]
async fn members_are_told_with_what_they_have() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("son-la");
    let _member = pipeline.member("readers", &topic);
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

/// What Kafka's own tool tells of the ends of a topic's partitions.
fn ends_as_kafka_tells(pipeline: &Pipeline, topic: &str) -> BTreeMap<i64, i64> {
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/local/kafka-tool");
    let output = Command::new(tool)
        .arg("org.apache.kafka.tools.GetOffsetShell")
        .args(["--bootstrap-server", pipeline.brokers(), "--topic"])
        .arg(pipeline.cluster.namespace().full(topic))
        .output()
        .expect("the tool runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let row = |line: &str| {
        let (rest, offset) = line.rsplit_once(':')?;
        let (_, partition) = rest.rsplit_once(':')?;
        Some((partition.parse().ok()?, offset.parse().ok()?))
    };
    text.lines().filter_map(row).collect()
}

fn ends_as_we_tell(pipeline: &Pipeline, topic: &str) -> BTreeMap<i64, i64> {
    let told = pipeline.run(&["topics", "offsets", topic, "-o", "json"]).json();
    let rows = told["partitions"].as_array().expect("a list").iter();
    rows.filter_map(|row| Some((row["partition"].as_i64()?, row["end_offset"].as_i64()?)))
        .collect()
}

/// Figures that only grow: what another tool tells in between lies between what we tell before and after.
#[tokio::test]
async fn under_load_kafkas_own_tools_have_figures_between_two_of_ours() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let partition = Partition::new(&topic, 0);
    let key = (topic.clone(), 0);
    pipeline.produce(&topic, "dien-bien-01", 100);
    pipeline.commit(GROUP_NORMALISE, partition.clone(), 1);
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let member = pipeline.member(GROUP_NORMALISE, &topic);
            let mut next = 1;
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                pipeline.produce(&topic, "dien-bien-01", 20);
                member.poll(Duration::from_millis(1)).expect("polled");
                next += 10;
                member
                    .commit_and_wait(&[(partition.clone(), next)])
                    .expect("committed");
            }
        });
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let first = as_we_tell(&pipeline, GROUP_NORMALISE)[&key];
            for _ in 0..3 {
                let before = as_we_tell(&pipeline, GROUP_NORMALISE)[&key];
                let [committed, end, lag] = as_kafka_tells(&pipeline, GROUP_NORMALISE)[&key];
                let ends = ends_as_kafka_tells(&pipeline, &topic)[&0];
                let after = as_we_tell(&pipeline, GROUP_NORMALISE)[&key];
                assert!(
                    (before[0]..=after[0]).contains(&committed),
                    "{before:?} {committed} {after:?}"
                );
                assert!(
                    (before[1]..=after[1]).contains(&end),
                    "{before:?} {end} {after:?}"
                );
                assert!((end..=after[1]).contains(&ends), "{end} {ends} {after:?}");
                assert_eq!(lag, end - committed);
                for ours in [before, after] {
                    assert_eq!(ours[2], ours[1] - ours[0]);
                }
            }
            let last = as_we_tell(&pipeline, GROUP_NORMALISE)[&key];
            assert!(
                first[0] < last[0] && first[1] < last[1],
                "there was a load: {first:?} {last:?}"
            );
        }));
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        if let Err(panic) = ended {
            std::panic::resume_unwind(panic);
        }
    });
    assert_eq!(
        as_we_tell(&pipeline, GROUP_NORMALISE),
        as_kafka_tells(&pipeline, GROUP_NORMALISE)
    );
    assert_eq!(
        ends_as_we_tell(&pipeline, &topic),
        ends_as_kafka_tells(&pipeline, &topic)
    );
}
