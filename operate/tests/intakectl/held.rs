//! What is held: listed, counted, and why.

use crate::fixture::Pipeline;
use serde_json::{Value, json};
use uuid::Uuid;

fn told(pipeline: &Pipeline, args: &[&str]) -> Value {
    let answer = pipeline.run(&[args, &["-o", "json"]].concat());
    assert_eq!(answer.code, 0, "{args:?}: {}", answer.stderr);
    answer.json()
}

fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

/// A form that is held, its verification, one that was held and is not any more, one that became held later.
async fn events(pipeline: &Pipeline) {
    let event = |sequence: i64,
                 kind: &str,
                 province: &str,
                 application: u128,
                 outcome: &str,
                 findings: &str,
                 age: &str| {
        format!(
            "INSERT INTO intake_event (sequence, logged_at, matched_at, province, node_id, kind, application_id, revision,
                                       ruleset, outcome, findings)
             VALUES ({sequence}, now(), now() - interval '{age}', '{province}', '{province}-01', '{kind}', '{}', 1, 'vn-1.9',
                     '{outcome}', {findings});",
            id(application)
        )
    };
    let held = r#"'[{"code": "date.impossible", "field": "date_of_birth", "severity": "hold"},
                    {"code": "name.short", "field": "full_name", "severity": "note"}]'"#;
    let waits = r#"'[{"code": "application.not-there-yet", "field": null, "severity": "hold"}]'"#;
    let statements = [
        event(1, "application", "dien-bien", 1, "held", held, "9 days"),
        event(2, "verification", "dien-bien", 1, "held", waits, "1 day"),
        event(3, "application", "son-la", 3, "held", held, "8 days"),
        "INSERT INTO event_outcome (event_sequence, sequence, outcome) VALUES (3, 5, 'rejected');".to_owned(),
        event(4, "application", "son-la", 4, "loaded", "NULL", "8 days"),
        format!(
            "INSERT INTO event_outcome (event_sequence, sequence, outcome, findings) VALUES (4, 6, 'held', {held});"
        ),
    ];
    pipeline.sql(statements.concat()).await;
}

#[tokio::test]
async fn what_is_held_is_listed_by_reason_province_and_age() {
    let pipeline = Pipeline::ready().await;
    assert_eq!(told(&pipeline, &["held", "list"])["held"], json!([]));
    events(&pipeline).await;
    let steps = |more: &[&str]| {
        let listed = told(&pipeline, &[&["held", "list"], more].concat());
        let held = listed["held"].as_array().expect("a list").iter();
        held.map(|one| one["sequence"].as_i64().expect("a step"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        steps(&[]),
        [1, 2, 4],
        "3 was settled otherwise since, 4 is held since"
    );
    assert_eq!(steps(&["--reason-code", "date.impossible"]), [1, 4]);
    assert!(
        steps(&["--reason-code", "name.short"]).is_empty(),
        "a note holds nothing"
    );
    assert_eq!(steps(&["--province", "son-la"]), [4]);
    assert_eq!(steps(&["--node", "dien-bien-01", "--older-than", "7"]), [1]);
    assert_eq!(steps(&["--limit", "1"]), [1]);
    let groups = told(&pipeline, &["held", "group"]);
    let counts: Vec<_> = groups["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|g| (&g["value"], &g["count"]))
        .collect();
    assert_eq!(
        counts,
        [
            (&json!("date.impossible"), &json!(2)),
            (&json!("application.not-there-yet"), &json!(1))
        ]
    );
    let table = pipeline.run(&["held", "list", "--reason-code", "date.impossible"]);
    assert!(
        table
            .stdout
            .contains("intakectl replay plan --reason-code date.impossible --held"),
        "{}",
        table.stdout
    );
    let nowhere = pipeline.run(&["held", "list", "--province", "nowhere"]);
    assert_eq!(nowhere.code, 1, "{}", nowhere.stdout);
}

#[tokio::test]
async fn why_it_waits_is_told_in_both_languages_with_what_releases_it() {
    let pipeline = Pipeline::ready().await;
    events(&pipeline).await;
    let shown = told(&pipeline, &["held", "show", &id(1)]);
    let [form, verification] = &shown["held"].as_array().expect("two")[..] else {
        panic!("{shown}")
    };
    let rule = rules::catalogue::find("date.impossible").expect("a rule");
    assert_eq!(
        [&form["told"][0]["vi"], &form["told"][0]["en"]],
        [rule.vi, rule.en]
    );
    let ways: Vec<&str> = form["releases"]
        .as_array()
        .expect("ways")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(
        ways,
        [
            "a correction: revision 2 from dien-bien-01, with date_of_birth put right",
            "a withdrawal",
            "other rules or thresholds, that do not hold by date.impossible: `intakectl replay plan --reason-code \
             date.impossible --held`"
        ]
    );
    assert_ne!(verification["told"][0]["vi"], "");
    assert_eq!(
        verification["releases"],
        json!(["its application: no form of it has come yet"])
    );
    let table = pipeline.run(&["held", "show", &id(1)]).stdout;
    assert!(
        table.contains(rule.vi) && table.contains("revision 2 from dien-bien-01"),
        "{table}"
    );
    let none = pipeline.run(&["held", "show", &id(3)]);
    assert!(
        none.code == 1 && none.stderr.contains("nothing of application"),
        "{}",
        none.stderr
    );
}
