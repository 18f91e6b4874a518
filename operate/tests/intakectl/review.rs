use crate::fixture::{Answer, Pipeline};
use crate::people::*;
use schemas::match_log::{Decision, LogBody, ReviewDecided};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Two residents whose only applications are one digit apart, and wait for a person; and two who wait longer.
async fn pipeline() -> Pipeline {
    let pipeline = Pipeline::ready().await;
    pipeline.applies(1, 1, &person(NAME, NUMBER)).await;
    pipeline.applies(2, 2, &person(NAME, MISTYPED)).await;
    pipeline.applies(3, 3, &person("Lò Thị Ón", "")).await;
    pipeline.applies(4, 4, &person("Lò Thị Ón", "")).await;
    pipeline.weighed(1, 2, 31_415).await;
    pipeline.weighed(3, 4, 9_500).await;
    pipeline.reviewed(1, 2, "open", 31_415).await;
    pipeline.reviewed(3, 4, "open", 9_500).await;
    pipeline
        .sql(
            "UPDATE review SET opened = 4 WHERE weight_millibits = 9500;
             UPDATE intake_event SET matched_at = now() - interval '7 days' WHERE sequence = 4;
             INSERT INTO node_ledger (node_id, epoch, sequence, province, received, loaded, rejected, held, copies, conflicts, broken_links)
             VALUES ('dien-bien-01', gen_random_uuid(), 1, 'dien-bien', '{}', 0, 0, 0, 0, 0, 0)",
        )
        .await;
    pipeline
}

fn decide(pipeline: &Pipeline, left: u128, right: u128, more: &[&str]) -> Answer {
    let (left, right) = (application(left).to_string(), application(right).to_string());
    let args = ["review", "decide", &left, &right];
    pipeline.run(&[&args[..], more, &["--reason", "paper seen"]].concat())
}

fn decisions(pipeline: &Pipeline) -> Vec<ReviewDecided> {
    let entries = pipeline.match_log().into_iter();
    let decided = entries.map(|entry| match entry {
        LogBody::ReviewDecided(decided) => decided,
        other => panic!("another entry: {other:?}"),
    });
    decided.collect()
}

#[tokio::test]
async fn what_waits_is_listed_masked_by_weight_age_and_impact() {
    let pipeline = pipeline().await;
    let answer = pipeline.run(&["review", "list", "-o", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(!answer.stdout.contains("Pâng"), "a value is not masked");
    let listed = answer.json();
    let reviews = listed["reviews"].as_array().expect("reviews");
    assert_eq!((&listed["open"], reviews.len()), (&json!(2), 2));
    // min(9.5, 10) + log2(1 + 7) + log2(2) before min(31.415, 10) + log2(1) + log2(2).
    let priorities: Vec<f64> = reviews
        .iter()
        .map(|review| review["priority"].as_f64().expect("a figure"))
        .collect();
    assert!(
        (priorities[0] - 13.5).abs() < 0.01 && (priorities[1] - 11.0).abs() < 0.01,
        "{priorities:?}"
    );
    let left = &reviews[1]["left"];
    assert_eq!(
        (
            &left["application_id"],
            &left["resident_id"],
            &left["sequence"],
            &left["full_name"],
            &left["province"]
        ),
        (
            &json!(application(1)),
            &json!(resident(1)),
            &json!(1),
            &json!("L•••"),
            &json!("dien-bien")
        )
    );
    let one = pipeline.run(&["review", "list", "--limit", "1", "--province", "dien-bien"]);
    let next = format!(
        "1 of 2 that wait, the most urgent first: by weight, age, applications\n\
         the first: intakectl review show {} {}\n",
        reviews[0]["left"]["application_id"].as_str().expect("an id"),
        reviews[0]["right"]["application_id"].as_str().expect("an id")
    );
    assert!(one.stdout.contains(&next), "{}", one.stdout);
    let (left, right) = (application(1).to_string(), application(2).to_string());
    for args in [
        &["review", "list"][..],
        &["review", "show", &left, &right],
        &["resident", "show", "--application", &left],
        &["match", "curve"],
    ] {
        for line in pipeline.on_terminal(80, args) {
            // A command that is broken can't be copied.
            let fits = line.chars().count() <= 80 || line.contains("intakectl review");
            assert!(fits, "{args:?}: {line}");
        }
    }
    let elsewhere = ["review", "list", "--province", "son-la"];
    let none = pipeline.run(&elsewhere);
    assert!(
        none.stdout
            .contains("none of the 2 pairs that wait is of this province"),
        "{}",
        none.stdout
    );
    let none = pipeline.run(&[&elsewhere[..], &["-o", "json"]].concat()).json();
    assert_eq!(none["reviews"], json!([]));
    assert!(
        pipeline
            .run(&["review", "list", "--unmask", "--reason", "case 2026-17"])
            .stdout
            .contains(NAME)
    );
}

#[tokio::test]
async fn a_pair_is_shown_with_the_command_that_decides_on_what_is_seen() {
    let pipeline = pipeline().await;
    let (left, right) = (application(1).to_string(), application(2).to_string());
    let shown = pipeline.run(&["review", "show", &right, &left]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    for text in [
        "review open, opened at step 2",
        "personal_number",
        "one digit",
        &format!(
            "intakectl review decide {right} {left} same|different --reason '…' --based-on {}@2 --based-on {}@1 --execute",
            resident(2),
            resident(1)
        ),
    ] {
        assert!(shown.stdout.contains(text), "{text}: {}", shown.stdout);
    }
    assert!(!shown.stdout.contains("Pâng"), "a value is not masked");
    let json = pipeline
        .run(&["review", "show", &left, &right, "-o", "json"])
        .json();
    assert_eq!(
        (&json["review"]["review_status"], &json["verdict"]["what"]),
        (&json!("open"), &json!("apart"))
    );
    let resident_shown = pipeline
        .run(&["resident", "show", &resident(1).to_string()])
        .stdout;
    assert!(
        resident_shown.contains("reviews") && resident_shown.contains("+31.41"),
        "{resident_shown}"
    );
    let application_shown = pipeline.run(&["application", "show", &left]).stdout;
    assert!(application_shown.contains("compared with"), "{application_shown}");
}

/// What match and the sink would do, by hand.
async fn becomes(pipeline: &Pipeline, outcome: &str, findings: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let entry = loop {
        if let Some(decided) = decisions(pipeline).pop() {
            break decided.entry_id;
        }
        assert!(Instant::now() < deadline, "nothing comes into the log");
    };
    pipeline
        .sql(format!(
            "INSERT INTO intake_event (sequence, logged_at, matched_at, event_id, kind, outcome, findings)
             VALUES (5, now(), now(), '{entry}', 'review_decided', '{outcome}', '{findings}');
             UPDATE review SET status = 'same', sequence = 5 WHERE '{outcome}' = 'recorded' AND weight_millibits = 31415"
        ))
        .await;
}

#[tokio::test]
async fn a_decision_is_an_entry_of_the_log_and_its_end_is_waited_for() {
    for (outcome, findings, code, told) in [
        ("recorded", "[]", 0, "the register shows it"),
        (
            "rejected",
            r#"[{"code": "review.stale", "field": null, "severity": "reject"}]"#,
            4,
            "Show it again",
        ),
    ] {
        let pipeline = Arc::new(pipeline().await);
        let dry = decide(&pipeline, 1, 2, &["same"]);
        assert_eq!((dry.code, decisions(&pipeline).len()), (0, 0), "{}", dry.stderr);
        assert!(
            dry.stdout.contains("dry run") && dry.stdout.contains("one person"),
            "{}",
            dry.stdout
        );
        let running = tokio::task::spawn_blocking({
            let pipeline = Arc::clone(&pipeline);
            move || decide(&pipeline, 2, 1, &["same", "--execute", "--wait", "60"])
        });
        becomes(&pipeline, outcome, findings).await;
        let answer = running.await.expect("no panic");
        assert_eq!(answer.code, code, "{} {}", answer.stdout, answer.stderr);
        assert!(answer.stdout.contains(told), "{}", answer.stdout);
        let [decided] = &decisions(&pipeline)[..] else {
            panic!("one decision is in the log")
        };
        assert_eq!(
            (decided.decision, decided.reason.as_str()),
            (Decision::Same, "paper seen")
        );
        let pairs: Vec<_> = decided.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        assert_eq!(pairs, [(application(2), application(1))]);
        let seen: Vec<_> = decided
            .based_on
            .iter()
            .map(|seen| (seen.resident_id, seen.sequence))
            .collect();
        assert_eq!(seen, [(resident(1), 1), (resident(2), 2)]);
        if code == 0 {
            let again = decide(&pipeline, 1, 2, &["same", "--execute"]);
            assert!(again.stdout.contains("like that already"), "{}", again.stdout);
            assert_eq!((again.code, decisions(&pipeline).len()), (0, 1));
        }
    }
}

#[tokio::test]
async fn what_can_not_be_decided_is_refused_before_it_is_in_the_log() {
    let pipeline = pipeline().await;
    let [one, two] = [1, 2].map(resident);
    let (now, before) = (format!("{one}@1"), format!("{two}@1"));
    for (right, more, code, why) in [
        (
            2,
            &["same", "--based-on", &now, "--based-on", &before][..],
            4,
            "is at step 2 now",
        ),
        (2, &["same", "--based-on", &now], 4, "Show it again"),
        (1, &["same"], 4, "twice"),
        (9, &["different"], 4, "no application"),
        (2, &["perhaps"], 2, ""),
        (2, &["same", "--based-on", "x"], 2, ""),
    ] {
        let refused = decide(&pipeline, 1, right, &[more, &["--execute"]].concat());
        assert_eq!(
            refused.code, code,
            "{more:?}: {} {}",
            refused.stdout, refused.stderr
        );
        assert!(refused.stdout.contains(why), "{why}: {}", refused.stdout);
    }
    let alone = application(1).to_string();
    let split = ["review", "split", &alone, "--reason", "another"];
    assert_eq!(pipeline.run(&split).code, 1, "it is alone");
    assert_eq!(decisions(&pipeline), []);
}

#[tokio::test]
async fn an_application_is_split_off_from_all_others_of_its_resident() {
    let pipeline = pipeline().await;
    pipeline.applies(5, 1, &person(NAME, NUMBER)).await;
    pipeline.applies(6, 1, &person(NAME, NUMBER)).await;
    let id = application(5).to_string();
    let split = [
        "review",
        "split",
        &id,
        "--reason",
        "his brother's",
        "--execute",
        "--wait",
        "0",
        "-o",
        "json",
    ];
    let done = pipeline.run(&split);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(
        (&done.json()["executed"], &done.json()["already"]),
        (&json!(true), &json!(false))
    );
    let [decided] = &decisions(&pipeline)[..] else {
        panic!("one decision is in the log")
    };
    let pairs: Vec<_> = decided.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
    assert_eq!(
        pairs,
        [(application(5), application(1)), (application(5), application(6))]
    );
    let seen: Vec<_> = decided
        .based_on
        .iter()
        .map(|seen| (seen.resident_id, seen.sequence))
        .collect();
    assert_eq!(
        (decided.decision, seen),
        (Decision::Different, vec![(resident(1), 6)])
    );
}

#[tokio::test]
async fn where_it_takes_two_one_proposes_and_another_approves() {
    let pipeline = pipeline().await;
    let prefix = pipeline.role_prefix();
    let made = pipeline.run(&["register", "roles", "--prefix", &prefix, "--execute"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    for login in ["first", "second"] {
        pipeline
            .sql(format!(
                "CREATE ROLE {prefix}{login} LOGIN IN ROLE {prefix}reviewer"
            ))
            .await;
    }
    let (first, second) = (format!("{prefix}first"), format!("{prefix}second"));
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("settings.toml");
    std::fs::write(&config, "[review]\nsecond_person = true\n").expect("written");
    let config = config.to_string_lossy();

    let (left, right) = (application(1).to_string(), application(2).to_string());
    let args = [
        "review",
        "decide",
        &left,
        &right,
        "same",
        "--reason",
        "paper seen",
        "--execute",
        "--config",
        &config,
    ];
    let seen = pipeline.run_as(&first, &["review", "show", &left, &right]);
    assert_eq!(seen.code, 0, "{}", seen.stderr);
    let proposed = pipeline.run_as(&first, &args);
    assert_eq!(proposed.code, 0, "{}", proposed.stderr);
    assert!(
        proposed.stdout.contains("nothing is decided yet"),
        "{}",
        proposed.stdout
    );
    assert_eq!(decisions(&pipeline), []);
    let waiting = pipeline
        .run_as(&second, &["review", "proposals", "-o", "json"])
        .json();
    assert_eq!(waiting[0]["proposed_by"], first.as_str());
    let id = waiting[0]["proposal_id"].as_str().expect("an id").to_owned();
    let listed = pipeline.run_as(&second, &["review", "proposals", "--limit", "1"]);
    let next = format!(
        "1 of 1 that wait for a second person, the oldest first\nthe first: intakectl review approve {id}\n"
    );
    assert!(listed.stdout.contains(&next), "{}", listed.stdout);

    let approve = ["review", "approve", &id, "--execute", "--wait", "0"];
    let own = pipeline.run_as(&first, &approve);
    assert_eq!((own.code, decisions(&pipeline).len()), (4, 0), "{}", own.stdout);
    let dry = pipeline.run_as(&second, &approve[..3]);
    assert!(dry.stdout.contains("dry run"), "{}", dry.stdout);
    let approved = pipeline.run_as(&second, &approve);
    assert_eq!(approved.code, 0, "{}", approved.stderr);
    // Handed on again, it is the same entry, which match carries out once.
    assert_eq!(pipeline.run_as(&second, &approve).code, 0);
    let decided = decisions(&pipeline);
    assert_eq!(decided.len(), 2);
    for decided in &decided {
        assert_eq!(decided.entry_id.to_string(), id);
        assert_eq!(decided.by, format!("{first}, approved by {second}"));
    }
    assert_eq!(
        pipeline
            .run_as(&second, &["review", "proposals", "-o", "json"])
            .json(),
        json!([])
    );
    assert_eq!(pipeline.run_as(&second, &["review", "approve", &left]).code, 1);
}
