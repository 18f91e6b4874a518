//! Each cause, made for real on a test's own topics and register, and named within 30 seconds.

use crate::fixture::Pipeline;
use runtime::kafka::Partition;
use schemas::topics::{CHANGES, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK, MATCH_LOG, applications};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(30);

/// The kinds that are named, once there is one or all is well.
fn explained(pipeline: &Pipeline, province: &str) -> Vec<Value> {
    let started = Instant::now();
    let answer = pipeline.run(&["lag", "--province", province, "--explain", "-o", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(started.elapsed() < WITHIN, "it took {:?}", started.elapsed());
    let causes = answer.json()["causes"].as_array().expect("a list").clone();
    for cause in &causes {
        assert!(
            cause["evidence"].as_str().is_some_and(|text| !text.is_empty()),
            "{cause}"
        );
        let next: Vec<&str> = cause["next"].as_str().expect("text").split(' ').collect();
        if let ["intakectl", command @ ..] = next.as_slice() {
            let parsed = pipeline.run(&[command, &["--help"]].concat());
            assert_eq!(parsed.code, 0, "{cause}: {}", parsed.stderr);
        } else {
            assert!(!next.concat().is_empty(), "{cause}");
        }
    }
    causes
}

fn named(causes: &[Value]) -> Vec<(&str, &str)> {
    causes
        .iter()
        .map(|cause| {
            (
                cause["kind"].as_str().expect("a kind"),
                cause["about"].as_str().expect("about"),
            )
        })
        .collect()
}

/// Runs `work` while `tend` is called again and again beside it.
fn beside<T>(mut tend: impl FnMut() + Send, work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let over = &over;
        scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                tend();
            }
        });
        struct End<'a>(&'a AtomicBool);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let _end = End(over);
        work()
    })
}

#[tokio::test]
async fn nobody_reads() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 5);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&topic, 0), 2);
    let causes = explained(&pipeline, "dien-bien");
    assert_eq!(
        named(&causes),
        [("dead-consumer", "group normalise")],
        "{causes:?}"
    );
    assert!(explained(&pipeline, "son-la").is_empty(), "nothing waits there");
}

#[tokio::test]
async fn a_record_that_its_worker_cannot_pass() {
    let pipeline = Pipeline::ready().await;
    pipeline.produce(MATCH_LOG, "dien-bien-01", 5);
    pipeline.commit(GROUP_MATCH, Partition::new(MATCH_LOG, 0), 2);
    let stuck = pipeline.member(GROUP_MATCH, MATCH_LOG);
    let causes = beside(
        || {
            stuck.poll(Duration::from_millis(100)).expect("polled");
        },
        || explained(&pipeline, "dien-bien"),
    );
    assert_eq!(named(&causes), [("poison-record", "group match")], "{causes:?}");
    assert!(
        causes[0]["next"]
            .as_str()
            .is_some_and(|next| next.contains("--offset 2")),
        "{causes:?}"
    );
}

#[tokio::test]
async fn a_group_that_does_nothing_but_share_out() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("son-la");
    pipeline.produce(&topic, "son-la-01", 20);
    for partition in 0..2 {
        pipeline.commit(GROUP_NORMALISE, Partition::new(&topic, partition), 0);
    }
    let stays = pipeline.member(GROUP_NORMALISE, &topic);
    let polled = || {
        stays.poll(Duration::from_millis(50)).expect("polled");
    };
    let joins_and_leaves = || drop(pipeline.member(GROUP_NORMALISE, &topic));
    let causes = beside(polled, || {
        beside(joins_and_leaves, || explained(&pipeline, "son-la"))
    });
    assert_eq!(
        named(&causes),
        [("rebalance-loop", "group normalise")],
        "{causes:?}"
    );
}

#[tokio::test]
async fn more_comes_in_than_is_taken() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let partition = Partition::new(&topic, 0);
    pipeline.produce(&topic, "dien-bien-01", 200);
    let reader = pipeline.member(GROUP_NORMALISE, &topic);
    let mut next = 0;
    let causes = beside(
        || {
            pipeline.produce(&topic, "dien-bien-01", 40);
            let until = Instant::now() + Duration::from_millis(200);
            while Instant::now() < until {
                reader.poll(Duration::from_millis(20)).expect("polled");
            }
            next += 5;
            reader
                .commit_and_wait(&[(partition.clone(), next)])
                .expect("committed");
        },
        || {
            // What has waited for less than 5 s is on its way.
            let deadline = Instant::now() + WITHIN;
            let growing = || {
                let lags = pipeline
                    .run(&["lag", "--group", GROUP_NORMALISE, "-o", "json"])
                    .json();
                let lags = lags.as_array().expect("a list");
                lags.iter().any(|lag| lag["verdict"] == "growing")
            };
            while !growing() {
                assert!(Instant::now() < deadline, "the lag doesn't grow");
            }
            explained(&pipeline, "dien-bien")
        },
    );
    assert_eq!(named(&causes), [("burst", "group normalise")], "{causes:?}");
}

#[tokio::test]
async fn a_transaction_that_hangs() {
    let pipeline = Pipeline::ready().await;
    let producer = pipeline
        .cluster
        .transactional_producer("match")
        .expect("a producer");
    producer.begin().expect("begun");
    let deadline = Instant::now() + WITHIN;
    producer.send(CHANGES, b"key", b"1").expect("sent");
    let number = loop {
        let offsets = pipeline.cluster.offsets().expect("a client");
        let partitions = offsets.partitions(&[CHANGES.to_owned()]).expect("partitions");
        let ends = offsets.boundaries(&partitions).expect("boundaries");
        if let Some(at) = ends.iter().position(|ends| ends.end > 0) {
            break at as i32;
        }
        assert!(Instant::now() < deadline, "the record never came");
    };
    pipeline.commit(GROUP_SINK, Partition::new(CHANGES, number), 0);
    let causes = explained(&pipeline, "dien-bien");
    assert_eq!(named(&causes), [("hung-transaction", "group sink")], "{causes:?}");
}

#[tokio::test]
async fn a_node_that_fell_silent() {
    let pipeline = Pipeline::ready().await;
    let manifest = |node: &str, age: &str, published: i64| {
        format!(
            "INSERT INTO node_manifest (province, node_id, counter, at, appended_at, epoch, captured, published,
                 head_hash, spool_bytes, software, closed_epochs, claim)
             VALUES ('dien-bien', '{node}', 1, now(), now() - interval '{age}', gen_random_uuid(), 9, {published},
                 '', 0, 'test', '[]', '')"
        )
    };
    pipeline.sql(manifest("dien-bien-01", "2 minutes", 4)).await;
    pipeline.sql(manifest("dien-bien-02", "2 minutes", 9)).await;
    pipeline.sql(manifest("dien-bien-03", "-1 minutes", 9)).await;
    let causes = explained(&pipeline, "dien-bien");
    assert_eq!(named(&causes), [("silent-node", "dien-bien-01")], "{causes:?}");
    let nodes = pipeline.run(&["node", "list", "-o", "json"]).json();
    assert_eq!(
        (&nodes[0]["pending"], &nodes[2]["pending"]),
        (&5.into(), &0.into())
    );
    assert!(
        nodes[0]["silent_seconds"]
            .as_f64()
            .is_some_and(|seconds| seconds >= 120.0)
    );
}

#[tokio::test]
async fn no_cause_is_named_under_a_steady_load() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let reader = pipeline.member(GROUP_NORMALISE, &topic);
    let partition = Partition::new(&topic, 0);
    let (mut turn, mut next) = (0, 0);
    let causes = beside(
        || {
            if turn % 5 == 0 {
                pipeline.produce(&topic, "dien-bien-01", 3);
            }
            turn += 1;
            if let Some(record) = reader.poll(Duration::from_millis(50)).expect("polled") {
                next = record.offset + 1;
                reader
                    .commit_and_wait(&[(partition.clone(), next)])
                    .expect("committed");
            }
        },
        || explained(&pipeline, "dien-bien"),
    );
    assert_eq!(named(&causes), [], "{causes:?}");
}
