use crate::fixture::{PROVINCES, Pipeline};
use serde_json::Value;
use std::collections::BTreeMap;

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
