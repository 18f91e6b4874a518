use crate::fixture::Pipeline;
use serde_json::Value;
use std::collections::BTreeMap;

/// The state of each check but those about this machine's disks.
fn states(report: &Value) -> BTreeMap<String, String> {
    let findings = report["findings"].as_array().expect("findings");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    findings
        .iter()
        .map(|finding| (text(&finding["check"]), text(&finding["state"])))
        .filter(|(check, _)| check != "room on this machine")
        .collect()
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_told_with_evidence_and_a_remedy() {
    let pipeline = Pipeline::ready().await;
    let looked = pipeline.run(&["doctor", "-o", "json"]);
    assert_eq!(looked.code, 1, "no worker runs: {}", looked.stderr);
    let healthy = states(&looked.json());
    for (check, state) in [
        ("Kafka answers", "ok"),
        ("topics as declared", "ok"),
        ("groups' offsets are kept", "ok"),
        ("normalise runs", "bad"),
        ("a matcher runs", "bad"),
        ("a sink runs", "bad"),
        ("match's position", "ok"),
        ("the register answers", "ok"),
        ("the register's schema", "ok"),
        ("clocks", "ok"),
        ("the sink's positions", "ok"),
        ("dead letters", "ok"),
        ("silent nodes", "ok"),
    ] {
        assert_eq!(
            healthy.get(check).map(String::as_str),
            Some(state),
            "{check}: {healthy:?}"
        );
    }

    pipeline
        .cluster
        .delete_topics(&["intake.control".to_owned()])
        .await
        .expect("deleted");
    pipeline
        .sql(
            "INSERT INTO sink_position VALUES ('register.changes', 0, 99, 0, 'another', 'register.changes');
             INSERT INTO dead_letter (stage, topic, partition, record_offset, reason, value)
             VALUES ('sink', 'register.changes', 0, 1, 'test', '\\x00');
             INSERT INTO node_manifest (province, node_id, counter, at, appended_at, epoch, captured, published,
                                        head_hash, spool_bytes, software, closed_epochs, claim)
             VALUES ('dien-bien', 'dien-bien-01', 1, now(), now() - interval '3 days', gen_random_uuid(), 1, 1,
                     '\\x00', 1, 'test', '[]', '\\x00')",
        )
        .await;
    let report = pipeline.run(&["doctor", "-o", "json"]).json();
    let ill = states(&report);
    for (check, state) in [
        ("topics as declared", "bad"),
        ("the sink's positions", "bad"),
        ("dead letters", "bad"),
        ("silent nodes", "warning"),
    ] {
        assert_eq!(
            ill.get(check).map(String::as_str),
            Some(state),
            "{check}: {report}"
        );
    }
    let findings = report["findings"].as_array().expect("findings");
    for finding in findings.iter().filter(|finding| finding["state"] != "ok") {
        assert_ne!(finding["remedy"], "", "{finding}");
    }
    let of = |check: &str| {
        findings
            .iter()
            .find(|finding| finding["check"] == check)
            .expect("a check")
    };
    assert!(
        of("topics as declared")["evidence"]
            .to_string()
            .contains("intake.control is missing")
    );
    assert!(
        of("silent nodes")["evidence"]
            .to_string()
            .contains("dien-bien-01")
    );
}

#[tokio::test]
async fn servers_that_do_not_answer_are_findings() {
    let pipeline = Pipeline::empty().await;
    let answer = pipeline.run_nowhere(&["doctor"]);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    for text in [
        "BAD",
        "Kafka answers",
        "the register answers",
        "intakectl context show",
    ] {
        assert!(answer.stdout.contains(text), "{text}: {}", answer.stdout);
    }
}
