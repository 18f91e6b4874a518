use crate::fixture::{PROVINCES, Pipeline};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn results(report: &Value) -> BTreeMap<String, usize> {
    let mut results = BTreeMap::new();
    for topic in report["topics"].as_array().expect("topics") {
        *results
            .entry(topic["result"].as_str().expect("a result").to_owned())
            .or_default() += 1;
    }
    results
}

#[tokio::test]
async fn topics_are_made_once_and_compared_ever_after() {
    let pipeline = Pipeline::empty().await;
    let apply = |args: &[&str]| pipeline.run(&[&["topics", "apply", "-o", "json"], args].concat());
    for (args, code, expected) in [
        (&[][..], 0, [("missing", 9)]),
        (&["--execute"], 0, [("created", 9)]),
        (&["--execute"], 0, [("unchanged", 9)]),
        (&[], 0, [("unchanged", 9)]),
    ] {
        let answer = apply(args);
        assert_eq!(answer.code, code, "{}", answer.stderr);
        assert_eq!(
            results(&answer.json()),
            expected.map(|(result, count)| (result.to_owned(), count)).into()
        );
    }
    pipeline.write_provinces(&PROVINCES.replace("partitions = 2", "partitions = 3"));
    let answer = apply(&["--execute"]);
    assert_eq!(answer.code, 4, "what differs is refused");
    let report = answer.json();
    let differing = report["topics"]
        .as_array()
        .expect("topics")
        .iter()
        .find(|topic| topic["result"] == "differs");
    assert_eq!(
        differing.map(|topic| (topic["topic"].as_str(), topic["differences"][0].as_str())),
        Some((
            Some("intake.applications.son-la"),
            Some("partitions: 2, declared 3")
        ))
    );
}

#[tokio::test]
async fn what_is_declared_no_more_is_deleted_once_it_was_told_twice() {
    let pipeline = Pipeline::ready().await;
    let topics = ["applications", "nodes", "outcomes"].map(|kind| format!("intake.{kind}.son-la"));
    pipeline.produce(&topics[2], "son-la-01", 2);
    let alone = PROVINCES.split("[[province]]").take(2).collect::<Vec<_>>();
    pipeline.write_provinces(&alone.join("[[province]]"));
    let delete = |more: &[&str]| {
        let args = ["topics", "apply", "--delete", "--reason", "case 17", "-o", "json"];
        pipeline.run(&[&args[..], more].concat())
    };
    let became = |answer: &Value| -> Vec<String> {
        let of = |name: &String| {
            let topics = answer["topics"].as_array().expect("topics");
            let topic = topics.iter().find(|topic| topic["topic"] == **name);
            topic
                .map_or("gone", |topic| topic["result"].as_str().expect("a result"))
                .to_owned()
        };
        topics.iter().map(of).collect()
    };
    let is_there = || pipeline.cluster.describe_topics();

    let dry = delete(&[]);
    assert_eq!(
        (dry.code, became(&dry.json())),
        (4, ["undeclared", "undeclared", "stays"].map(String::from).into())
    );
    let once = delete(&["--execute"]);
    assert_eq!(
        (once.code, became(&once.json())),
        (4, ["stays"; 3].map(String::from).into())
    );
    let declared = delete(&["--execute", "--confirm", "intake.nodes.dien-bien"]);
    assert!(
        declared.code == 1 && declared.stderr.contains("is declared"),
        "{}",
        declared.stderr
    );
    assert_eq!(
        is_there().await.expect("described").len(),
        9,
        "nothing is deleted so far"
    );
    let listed = pipeline.run(&["audit", "list", "-o", "json"]).json();
    assert_eq!(listed, serde_json::json!([]));

    // One that holds records goes when that is told as well; what isn't named stays.
    let twice = delete(&["--execute", "--confirm", &topics[1]]);
    assert_eq!(became(&twice.json()), ["stays", "deleted", "stays"]);
    let told = [
        "--execute",
        "--with-records",
        "--confirm",
        &topics[0],
        "--confirm",
        &topics[2],
    ];
    let last = delete(&told);
    assert_eq!(
        (last.code, became(&last.json())),
        (0, ["deleted", "gone", "deleted"].map(String::from).into())
    );
    let audited = pipeline.run(&["audit", "list", "-o", "json"]).json();
    let about: Vec<_> = audited
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["about"])
        .collect();
    assert!(
        about.contains(&&Value::from(topics[1].clone())) && about.len() == 2,
        "{audited}"
    );
    until_gone(&pipeline).await;
}

/// A broker forgets a topic a moment after it is deleted.
async fn until_gone(pipeline: &Pipeline) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while pipeline.cluster.describe_topics().await.expect("described").len() > 6 {
        assert!(Instant::now() < deadline, "the topics are still there");
    }
}

#[tokio::test]
async fn a_topic_that_had_applications_is_never_deleted() {
    let pipeline = Pipeline::ready().await;
    let topic = "intake.applications.son-la";
    pipeline.produce(topic, "son-la-01", 1);
    let alone = PROVINCES.split("[[province]]").take(2).collect::<Vec<_>>();
    pipeline.write_provinces(&alone.join("[[province]]"));
    let answer = pipeline.run(&[
        "topics",
        "apply",
        "--delete",
        "--with-records",
        "--confirm",
        topic,
        "--reason",
        "case 17",
        "--execute",
    ]);
    assert!(
        answer.code == 4 && answer.stdout.contains("match would pass new ones as known"),
        "{}{}",
        answer.stdout,
        answer.stderr
    );
}

#[tokio::test]
async fn the_register_is_migrated_once() {
    let pipeline = Pipeline::empty().await;
    for (args, expected) in [
        (&["register", "migrate", "-o", "json"][..], "pending"),
        (&["register", "migrate", "-o", "json", "--execute"], "applied"),
        (&["register", "migrate", "-o", "json", "--execute"], "unchanged"),
    ] {
        let report = pipeline.run(args).json();
        let migrations = report["migrations"].as_array().expect("migrations");
        assert!(
            !migrations.is_empty() && migrations.iter().all(|m| m["result"] == expected),
            "{report}"
        );
    }
    let digest = pipeline.run(&["register", "digest", "-o", "json"]);
    assert_eq!(digest.code, 0, "{}", digest.stderr);
    assert_eq!(digest.json()["tables"][0]["rows"], 0);
}

#[tokio::test]
async fn a_register_that_was_not_migrated_is_named() {
    let pipeline = Pipeline::empty().await;
    let answer = pipeline.run(&["node", "list"]);
    assert_eq!(answer.code, 1);
    assert!(answer.stderr.contains("migrate"), "{}", answer.stderr);
}
