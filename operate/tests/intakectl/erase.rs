use crate::fixture::{Answer, Pipeline};
use schemas::match_log::{LogBody, ResidentErased};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const RESIDENT: Uuid = Uuid::from_u128(0xb);
const MERGED: Uuid = Uuid::from_u128(0xc);
const WITHDRAWN: Uuid = Uuid::from_u128(0xd);
const EMPTY: Uuid = Uuid::from_u128(0xe);

fn application(n: u128) -> Uuid {
    Uuid::from_u128(0xa0 + n)
}

/// A resident of two applications, of whom a third was taken back, and into whom another one was merged;
/// somebody whose only application was taken back at once; and one of whom nothing is left.
async fn pipeline() -> Pipeline {
    let pipeline = Pipeline::ready().await;
    let [a1, a2, a3, a4] = [1, 2, 3, 4].map(application);
    pipeline
        .sql(format!(
            "INSERT INTO sink_position VALUES ('register.changes', 0, 40, 20, 'cluster', 'register.changes');
             INSERT INTO intake_event (sequence, logged_at, matched_at, kind, application_id, outcome, resident_id) VALUES
                 (1, now(), now(), 'application', '{a1}', 'loaded', '{RESIDENT}'),
                 (2, now(), now(), 'application', '{a2}', 'loaded', '{MERGED}'),
                 (3, now(), now(), 'application', '{a3}', 'loaded', '{MERGED}'),
                 (4, now(), now(), 'withdrawal', '{a3}', 'loaded', '{MERGED}'),
                 (5, now(), now(), 'application', '{a2}', 'loaded', '{RESIDENT}'),
                 (6, now(), now(), 'application', '{a1}', 'held', NULL),
                 (7, now(), now(), 'withdrawal', '{a4}', 'held', NULL),
                 (8, now(), now(), 'application', '{a4}', 'loaded', '{WITHDRAWN}');
             INSERT INTO event_outcome VALUES (7, 8, 'loaded', NULL, '{WITHDRAWN}');
             INSERT INTO held_event VALUES (6, 'x');
             INSERT INTO application (application_id, sequence, revision, status, stage, resident_id, event_id, node_id, form_id,
                                      form_version, channel, service, captured_at, appended_at, ruleset, event)
             SELECT id::uuid, sequence, revision, status::application_status, 0, resident::uuid, gen_random_uuid(), 'n', 'f', '1',
                    'c', 's', now(), now(), '1', ''
               FROM (VALUES ('{a1}', 1, 1, 'loaded', '{RESIDENT}'), ('{a2}', 5, 2, 'loaded', '{RESIDENT}'),
                            ('{a3}', 4, 1, 'withdrawn', NULL), ('{a4}', 8, 1, 'withdrawn', NULL))
                 AS a (id, sequence, revision, status, resident);
             INSERT INTO resident (resident_id, sequence, status, redirect_to, folded_name, stage, members, provenance, last_event)
             VALUES ('{RESIDENT}', 5, 'active', NULL, 'lo van pang', 0, ARRAY['{a1}', '{a2}']::uuid[], '[]', '{a1}'),
                    ('{MERGED}', 5, 'superseded', '{RESIDENT}', '', 0, '{{}}', '[]', '{a1}'),
                    ('{WITHDRAWN}', 8, 'superseded', NULL, '', 0, '{{}}', '[]', '{a1}'),
                    ('{EMPTY}', 9, 'superseded', NULL, '', 0, '{{}}', '[]', '{a1}');
             INSERT INTO resident_history
             SELECT id::uuid, sequence, 'active', NULL, '{{\"full_name\": \"Lò Văn Pâng\"}}', 0, members::uuid[], '[]', '{a1}'
               FROM (VALUES ('{RESIDENT}', 5, '{{{a1},{a2}}}'), ('{MERGED}', 3, '{{{a2},{a3}}}'), ('{MERGED}', 4, '{{{a2}}}'),
                            ('{MERGED}', 5, '{{}}')) AS h (id, sequence, members)"
        ))
        .await;
    pipeline
}

fn erase(pipeline: &Pipeline, resident: Uuid, more: &[&str]) -> Answer {
    let id = resident.to_string();
    let args = ["register", "erase", &id, "--reason", "on request"];
    pipeline.run(&[&args[..], more].concat())
}

fn decided(pipeline: &Pipeline) -> Vec<ResidentErased> {
    let entries = pipeline.match_log().into_iter();
    let decided = entries.map(|entry| match entry {
        LogBody::ResidentErased(decided) => decided,
        other => panic!("another entry: {other:?}"),
    });
    decided.collect()
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_erased_and_leaves_everything() {
    let pipeline = pipeline().await;
    let told = erase(&pipeline, RESIDENT, &[]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    for text in [
        "would be erased",
        "on request",
        "dry run",
        "withdrawn",
        "1 earlier states, 1 held",
    ] {
        assert!(told.stdout.contains(text), "{text}: {}", told.stdout);
    }
    assert!(!told.stdout.contains("Pâng"), "a value");
    let told = erase(&pipeline, RESIDENT, &["-o", "json"]).json();
    let listed = |n: u128, revision: i32, withdrawn: bool| json!({"application_id": application(n), "revision": revision, "withdrawn": withdrawn});
    assert_eq!(
        told["applications"],
        json!([listed(1, 1, false), listed(2, 2, false), listed(3, 1, true)])
    );
    assert_eq!(
        (&told["executed"], &told["earlier_states"], &told["held_entries"]),
        (&json!(false), &json!(1), &json!(1))
    );
    let withdrawn = erase(&pipeline, WITHDRAWN, &["-o", "json"]).json();
    assert_eq!(withdrawn["applications"], json!([listed(4, 1, true)]));
    assert_eq!(decided(&pipeline), []);
}

#[tokio::test]
async fn a_resident_that_can_not_be_erased_is_refused_with_the_reason() {
    let pipeline = pipeline().await;
    for (resident, why) in [
        (Uuid::from_u128(404), "no such resident".to_owned()),
        (MERGED, format!("resident {RESIDENT} has taken its place")),
        (EMPTY, "no application of it is left".to_owned()),
    ] {
        let refused = erase(&pipeline, resident, &["--execute"]);
        assert_eq!(refused.code, 4, "{}", refused.stdout);
        assert!(refused.stdout.contains(&why), "{why}: {}", refused.stdout);
    }
    let id = RESIDENT.to_string();
    assert_eq!(
        pipeline.run(&["register", "erase", &id]).code,
        2,
        "no reason is given"
    );
    assert_eq!(decided(&pipeline), []);
    pipeline
        .sql(format!(
            "UPDATE resident SET status = 'erased' WHERE resident_id = '{RESIDENT}';
             INSERT INTO erasure VALUES (9, '{EMPTY}', '{RESIDENT}', '{{}}', '{{}}', 'a.admin', 'on request', now(), true)"
        ))
        .await;
    let again = erase(&pipeline, RESIDENT, &["--execute"]);
    assert_eq!((again.code, decided(&pipeline).len()), (0, 0), "{}", again.stdout);
    assert!(
        again.stdout.contains("erased already, at step 9, by a.admin"),
        "{}",
        again.stdout
    );
}

/// What match and the sink would do, by hand.
async fn becomes(pipeline: &Pipeline, outcome: &str, findings: &str, status: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let entry = loop {
        if let Some(decided) = decided(pipeline).pop() {
            break decided.entry_id;
        }
        assert!(Instant::now() < deadline, "nothing comes into the log");
    };
    pipeline
        .sql(format!(
            "UPDATE resident SET status = '{status}' WHERE resident_id = '{RESIDENT}';
             INSERT INTO intake_event (sequence, logged_at, matched_at, event_id, kind, outcome, findings, resident_id)
             VALUES (21, now(), now(), '{entry}', 'resident_erased', '{outcome}', '{findings}', '{RESIDENT}')"
        ))
        .await;
}

#[tokio::test]
async fn a_decision_is_an_entry_of_the_log_and_its_end_is_waited_for() {
    for (outcome, findings, status, code, told) in [
        ("recorded", "[]", "erased", 0, "the register shows it"),
        (
            "rejected",
            r#"[{"code": "erasure.stale", "field": null, "severity": "reject"}]"#,
            "active",
            4,
            "the resident changed after you looked",
        ),
    ] {
        let pipeline = Arc::new(pipeline().await);
        let running = tokio::task::spawn_blocking({
            let pipeline = Arc::clone(&pipeline);
            move || erase(&pipeline, RESIDENT, &["--execute", "--wait", "60"])
        });
        becomes(&pipeline, outcome, findings, status).await;
        let answer = running.await.expect("no panic");
        assert_eq!(answer.code, code, "{} {}", answer.stdout, answer.stderr);
        assert!(answer.stdout.contains(told), "{}", answer.stdout);
        let [decided] = &decided(&pipeline)[..] else {
            panic!("one decision is in the log")
        };
        assert_eq!(
            (decided.resident_id, decided.reason.as_str()),
            (RESIDENT, "on request")
        );
        let listed: Vec<_> = decided
            .applications
            .iter()
            .map(|at| (at.application_id, at.revision))
            .collect();
        assert_eq!(
            listed,
            [(application(1), 1), (application(2), 2), (application(3), 1)]
        );
    }
}

#[tokio::test]
async fn who_does_not_wait_is_told_where_to_look_and_who_waits_too_long_not_to_repeat_it() {
    let pipeline = pipeline().await;
    let hasty = erase(&pipeline, RESIDENT, &["--execute", "--wait", "0"]);
    assert_eq!(hasty.code, 0, "{}", hasty.stderr);
    assert!(hasty.stdout.contains("intakectl lag"), "{}", hasty.stdout);
    let late = erase(&pipeline, RESIDENT, &["--execute", "--wait", "1"]);
    assert_eq!(late.code, 1, "nobody runs match here");
    assert!(late.stderr.contains("don't repeat it"), "{}", late.stderr);
}
