use crate::fixture::Pipeline;
use runtime::kafka::Partition;
use schemas::topics::{
    CHANGES, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK, MATCH_LOG, TopicSpec, applications,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn find<'a>(lags: &'a Value, topic: &str, partition: i32) -> &'a Value {
    let lags = lags.as_array().expect("a list");
    let found = lags
        .iter()
        .find(|lag| lag["topic"] == topic && lag["partition"] == partition);
    found.unwrap_or_else(|| panic!("no {topic}[{partition}]"))
}

#[tokio::test]
async fn lag_is_kafkas_arithmetic_with_ages_and_verdicts() {
    let pipeline = Pipeline::ready().await;
    let (dien_bien, son_la) = (applications("dien-bien"), applications("son-la"));
    pipeline.produce(&dien_bien, "dien-bien-01", 5);
    pipeline.produce(&son_la, "son-la-01", 3);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&dien_bien, 0), 2);

    let answer = pipeline.run(&["lag", "-o", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let lags = answer.json();
    let behind = find(&lags, &dien_bien, 0);
    let offsets = [
        "committed_offset",
        "end_offset",
        "stable_offset",
        "earliest_offset",
        "lag",
    ]
    .map(|key| &behind[key]);
    assert_eq!(offsets, [&json!(2), &json!(5), &json!(5), &json!(0), &json!(3)]);
    assert_eq!(
        [&behind["group"], &behind["province"], &behind["verdict"]],
        ["normalise", "dien-bien", "no-active-consumers"]
    );
    let seconds = behind["lag_seconds"].as_f64().expect("an age");
    assert!((0.0..60.0).contains(&seconds), "{seconds}");

    let never: Vec<&Value> = lags
        .as_array()
        .expect("a list")
        .iter()
        .filter(|lag| lag["topic"] == son_la)
        .collect();
    assert_eq!(
        never
            .iter()
            .map(|lag| lag["lag"].as_i64().expect("a lag"))
            .sum::<i64>(),
        3
    );
    assert!(never.iter().all(|lag| lag["committed_offset"].is_null()));
    assert!(never.iter().any(|lag| lag["verdict"] == "never-committed"));
    assert_eq!(
        [
            &find(&lags, MATCH_LOG, 0)["verdict"],
            &find(&lags, MATCH_LOG, 0)["lag"]
        ],
        [&json!("empty"), &json!(0)]
    );

    let over = |args: &[&str]| pipeline.run(&[&["lag"], args].concat()).code;
    assert_eq!(over(&["--province", "dien-bien", "--threshold", "2"]), 3);
    assert_eq!(over(&["--province", "dien-bien", "--threshold", "3"]), 0);
    assert_eq!(over(&["--group", "match", "--threshold", "0"]), 0);
    assert_eq!(over(&["--province", "nowhere"]), 1);
    assert_eq!(over(&["--group", "nobody"]), 2);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&dien_bien, 0), 9);
    let lost = pipeline
        .run(&["lag", "--province", "dien-bien", "-o", "json"])
        .json();
    assert_eq!(
        find(&lost, &dien_bien, 0)["verdict"],
        "losing-data",
        "a position beyond the end"
    );
}

#[tokio::test]
async fn transaction_markers_are_no_lag_and_a_hung_transaction_is_named() {
    let pipeline = Pipeline::ready().await;
    pipeline.produce(MATCH_LOG, "dien-bien-01", 1);
    let member = pipeline.member(GROUP_MATCH, MATCH_LOG);
    let producer = pipeline
        .cluster
        .transactional_producer("match")
        .expect("a producer");
    producer.begin().expect("begun");
    producer.send(CHANGES, b"key", b"1").expect("sent");
    producer
        .commit(&member, &Partition::new(MATCH_LOG, 0), 1)
        .expect("committed");

    let changes = || -> Vec<Value> {
        let lags = pipeline.run(&["lag", "-o", "json", "--group", GROUP_SINK]).json();
        let of_changes = |lag: &&Value| lag["topic"] == CHANGES && lag["end_offset"] != 0;
        lags.as_array()
            .expect("a list")
            .iter()
            .filter(of_changes)
            .cloned()
            .collect()
    };
    let [unread] = changes().try_into().expect("one partition with a record");
    assert_eq!(
        [&unread["lag"], &unread["verdict"]],
        [&json!(2), &json!("never-committed")],
        "record and marker"
    );
    let number = unread["partition"].as_i64().expect("a number") as i32;
    pipeline.commit(GROUP_SINK, Partition::new(CHANGES, number), 1);
    let [read] = changes().try_into().expect("one partition");
    assert_eq!(
        [&read["lag"], &read["lag_seconds"]],
        [&json!(1), &json!(0.0)],
        "only a marker waits: {read}"
    );
    assert_eq!(read["verdict"], "caught-up");

    producer.begin().expect("begun");
    producer.send(CHANGES, b"key", b"2").expect("sent");
    let deadline = Instant::now() + Duration::from_secs(8);
    pipeline.commit(GROUP_SINK, Partition::new(CHANGES, number), 2);
    let open = loop {
        let [lag] = changes().try_into().expect("one partition");
        if lag["end_offset"] == 3 || Instant::now() > deadline {
            break lag;
        }
    };
    assert_eq!(
        [&open["stable_offset"], &open["verdict"]],
        [&json!(2), &json!("hung-transaction")],
        "{open}"
    );
    assert!(
        open["lag_seconds"].is_null(),
        "what an open transaction hides has no known age"
    );
}

#[tokio::test]
async fn a_watch_tells_again_and_again_what_waits_now() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 5);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&topic, 0), 2);
    let mut watch = pipeline.lines(&["lag", "--watch", "1", "--province", "dien-bien"]);
    let waits = |records: &'static str| {
        move |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.first() == Some(&"dien-bien") && words.get(1) == Some(&records)
        }
    };
    watch.until(waits("3"));
    pipeline.produce(&topic, "dien-bien-01", 4);
    watch.until(waits("7"));
    pipeline.commit(GROUP_NORMALISE, Partition::new(&topic, 0), 9);
    watch.until(waits("0"));
}

#[tokio::test]
async fn topics_that_come_and_go_do_not_fail_a_look_at_the_others() {
    let pipeline = Pipeline::ready().await;
    let name = "comes-and-goes".to_owned();
    let spec = TopicSpec {
        name: name.clone(),
        partitions: 20,
        compacted: false,
        retention_ms: 3_600_000,
        max_message_bytes: 1 << 20,
    };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime");
            while !over.load(Ordering::Relaxed) {
                let made = runtime.block_on(pipeline.cluster.create_topics(
                    std::slice::from_ref(&spec),
                    1,
                    false,
                ));
                made.expect("made");
                let gone = runtime.block_on(pipeline.cluster.delete_topics(std::slice::from_ref(&name)));
                gone.expect("deleted");
                // Not all the time, or there would be no moment to look in.
                std::thread::park_timeout(Duration::from_millis(400));
            }
        });
        let answers: Vec<_> = (0..8).map(|_| pipeline.run(&["lag", "-o", "json"])).collect();
        over.store(true, Ordering::Relaxed);
        for answer in answers {
            assert_eq!(answer.code, 0, "{}", answer.stderr);
        }
    });
}
