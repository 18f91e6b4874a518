use crate::fixture::Pipeline;
use schemas::topics::applications;

#[tokio::test]
async fn positions_are_skipped_only_with_execute_and_never_by_mistake() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 4);
    let skip = |to: &str, more: &[&str]| {
        let args = [
            "control",
            "skip",
            &topic,
            "-p",
            "0",
            "--from",
            "1",
            "--to",
            to,
            "--reason",
            "lost in a test",
        ];
        pipeline.run(&[&args[..], more].concat())
    };
    let listed = || pipeline.run(&["control", "list", "-o", "json"]).json();
    assert_eq!(listed(), serde_json::json!([]));
    for (to, more, code, why) in [
        ("9", &["--execute"][..], 4, "ends at 4"),
        ("3", &["--execute"], 4, "may still be there"),
        ("1", &["--execute", "--lose-records"], 4, "--from must be lower"),
        ("3", &["--lose-records"], 0, "dry run"),
    ] {
        let answer = skip(to, more);
        assert_eq!(
            (answer.code, answer.stdout.contains(why)),
            (code, true),
            "{}",
            answer.stdout
        );
    }
    assert_eq!(listed(), serde_json::json!([]));
    assert_eq!(skip("3", &["--lose-records", "--execute"]).code, 0);
    let controls = listed();
    let told = ["kind", "topic", "partition", "from", "to", "reason"].map(|key| controls[0][key].clone());
    let expected: [serde_json::Value; 6] = [
        "skipped".into(),
        topic.into(),
        0.into(),
        1.into(),
        3.into(),
        "lost in a test".into(),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        pipeline
            .run(&[
                "control",
                "skip",
                "enrich.normalised",
                "-p",
                "0",
                "--from",
                "0",
                "--to",
                "1",
                "--reason",
                "x"
            ])
            .code,
        4
    );
}

#[tokio::test]
async fn one_record_is_quarantined_and_only_one_that_is_there() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 4);
    let quarantine = |topic: &str, offset: &str, more: &[&str]| {
        let args = [
            "quarantine",
            topic,
            "-p",
            "0",
            "--offset",
            offset,
            "--reason",
            "a worker ends at it",
        ];
        pipeline.run(&[&args[..], more].concat())
    };
    for (topic, offset, more, code, why) in [
        (topic.as_str(), "4", &["--execute"][..], 4, "ends at 4"),
        ("enrich.normalised", "0", &["--execute"], 4, "no province's topic"),
        (topic.as_str(), "3", &[], 0, "dry run"),
        (topic.as_str(), "3", &["--execute"], 0, "entry 0"),
    ] {
        let answer = quarantine(topic, offset, more);
        assert_eq!(
            (answer.code, answer.stdout.contains(why)),
            (code, true),
            "{}",
            answer.stdout
        );
    }
    let controls = pipeline.run(&["control", "list", "-o", "json"]).json();
    assert_eq!(
        ["kind", "from", "to"].map(|key| controls[0][key].clone()),
        [serde_json::json!("quarantined"), 3.into(), 4.into()]
    );
}
