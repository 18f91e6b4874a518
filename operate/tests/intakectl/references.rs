//! `intakectl register check` on a register that is sound, and with each reference broken by hand.

use crate::fixture::Pipeline;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Ids of one kind: `id('a', 1)` is the first application.
fn id(kind: char, number: u32) -> String {
    let kind = u32::from(kind);
    format!("{kind:08x}-0000-4000-8000-{number:012}")
}

/// `a1`, `r1`, `e1` in a statement become ids of applications, residents and events.
fn with_ids(statements: &str) -> String {
    let mut text = statements.to_owned();
    for kind in ['a', 'r', 'e'] {
        for number in [99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] {
            text = text.replace(&format!("'{kind}{number}'"), &format!("'{}'", id(kind, number)));
        }
    }
    text
}

/// Two people become one, one application waits and is corrected, another is withdrawn, a verification
/// waits for an application that never came, and somebody is erased.
const SOUND: &str = "
    INSERT INTO sink_position VALUES ('register.changes', 0, 40, 20, 'cluster', 'register.changes');
    INSERT INTO intake_event (sequence, logged_at, matched_at, event_id, kind, application_id, outcome, resident_id) VALUES
        (1, now(), now(), 'e1', 'application', 'a1', 'loaded', 'r1'),
        (2, now(), now(), 'e2', 'application', 'a2', 'loaded', 'r1'),
        (3, now(), now(), 'e3', 'application', 'a3', 'loaded', 'r3'),
        (4, now(), now(), 'e4', 'verification', 'a3', 'loaded', 'r3'),
        (5, now(), now(), 'e5', 'application', 'a4', 'held', NULL),
        (6, now(), now(), 'e6', 'verification', 'a9', 'held', NULL),
        (7, now(), now(), 'e7', 'application', 'a4', 'loaded', 'r7'),
        (8, now(), now(), 'e8', 'application', 'a3', 'loaded', 'r1'),
        (9, now(), now(), 'e9', 'withdrawal', 'a2', 'loaded', NULL),
        (11, now(), now(), 'e10', 'application', 'a10', 'loaded', 'r10'),
        (12, now(), now(), 'e11', 'resident_erased', NULL, 'recorded', 'r10');
    INSERT INTO erasure VALUES (12, 'e11', 'r10', ARRAY['a10']::uuid[], '{}', 'a.admin', 'on request', now(), true);
    INSERT INTO erased VALUES ('r10', 12), ('a10', 12);
    INSERT INTO event_outcome VALUES (5, 7, 'rejected', NULL, NULL);
    INSERT INTO held_event VALUES (6, '');
    INSERT INTO application (application_id, sequence, revision, status, stage, resident_id, event_id, node_id, form_id,
                             form_version, channel, service, captured_at, appended_at, ruleset, event)
    SELECT id::uuid, sequence, 1, status::application_status, 0, resident::uuid, event::uuid, 'n', 'f', '1', 'c', 's',
           now(), now(), '1', ''
      FROM (VALUES ('a1', 1, 'loaded', 'r1', 'e1'), ('a2', 9, 'withdrawn', NULL, 'e2'), ('a3', 8, 'loaded', 'r1', 'e8'),
                   ('a4', 7, 'loaded', 'r7', 'e7'), ('a10', 12, 'erased', 'r10', 'e10')) AS a (id, sequence, status, resident, event);
    INSERT INTO resident (resident_id, sequence, status, redirect_to, folded_name, stage, members, provenance, last_event)
    VALUES ('r1', 9, 'active', NULL, '', 0, ARRAY['a1', 'a3']::uuid[], '[]', 'e9'),
           ('r3', 8, 'superseded', 'r1', '', 0, '{}', '[]', 'e8'),
           ('r7', 7, 'active', NULL, '', 0, ARRAY['a4']::uuid[], '[]', 'e7'),
           ('r10', 12, 'erased', NULL, '', 0, ARRAY['a10']::uuid[], '[]', 'e11');
    INSERT INTO resident_history
    SELECT id::uuid, sequence, 'active', NULL, '{}', 0, '{}', '[]', event::uuid
      FROM (VALUES ('r1', 2, 'e2'), ('r3', 4, 'e4'), ('r1', 8, 'e8'), ('r3', 8, 'e8'), ('r1', 9, 'e9'),
                   ('r10', 12, 'e11'))
        AS h (id, sequence, event);
    INSERT INTO match_edge VALUES ('a1', 'a2', 9, 'rule', 1, false), ('a1', 'a3', 8, 'rule', 1, true);
    INSERT INTO review VALUES ('a1', 'a3', 8, 'open', 1, 8)";

const EMPTY: &str = "
    TRUNCATE sink_position, intake_event, event_outcome, held_event, application, resident, resident_history, match_edge, review,
             erasure, erased, identity_number;";

async fn sound(pipeline: &Pipeline) {
    pipeline.sql(format!("{EMPTY}{}", with_ids(SOUND))).await;
}

const CHECK: [&str; 6] = ["register", "check", "--wait", "0", "-o", "json"];

/// The broken references: each with the ids and names of its examples.
fn broken(report: &Value) -> Vec<(String, Vec<(String, Value)>)> {
    let references = report["references"].as_array().expect("references").iter();
    let broken = references
        .filter(|reference| reference["count"] != 0)
        .map(|reference| {
            let examples = reference["examples"].as_array().expect("examples").iter();
            let examples = examples.map(|example| (text(&example["id"]), example["names"].clone()));
            (text(&reference["reference"]), examples.collect())
        });
    broken.collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// A statement, and what is broken after it: reference, id, and the id that it names.
type Breakage = (
    &'static str,
    &'static [(&'static str, &'static str, Option<&'static str>)],
);

const BREAKAGES: [Breakage; 22] = [
    (
        "UPDATE application SET resident_id = 'r99' WHERE application_id = 'a1'",
        &[
            ("application.resident_id", "'a1'", Some("'r99'")),
            ("resident.members", "'r1'", Some("'a1'")),
        ],
    ),
    (
        "UPDATE application SET resident_id = NULL WHERE application_id = 'a1'",
        &[
            ("application.resident_id", "'a1'", None),
            ("resident.members", "'r1'", Some("'a1'")),
        ],
    ),
    (
        "UPDATE resident SET members = ARRAY['a1']::uuid[] WHERE resident_id = 'r1'",
        &[("application.resident_id", "'a3'", Some("'r1'"))],
    ),
    (
        "UPDATE resident SET members = members || 'a99'::uuid WHERE resident_id = 'r1'",
        &[("resident.members", "'r1'", Some("'a99'"))],
    ),
    (
        "UPDATE resident SET redirect_to = 'r99' WHERE resident_id = 'r3'",
        &[("resident.redirect_to", "'r3'", Some("'r99'"))],
    ),
    (
        "UPDATE resident SET redirect_to = 'r3' WHERE resident_id = 'r3'",
        &[("resident.redirect_to in a circle", "'r3'", Some("'r3'"))],
    ),
    (
        "UPDATE resident SET redirect_to = 'r3' WHERE resident_id = 'r1'",
        &[
            ("resident.redirect_to in a circle", "'r1'", Some("'r3'")),
            ("resident.redirect_to in a circle", "'r3'", Some("'r1'")),
        ],
    ),
    (
        "UPDATE resident SET last_event = 'e99' WHERE resident_id = 'r7'",
        &[("resident.last_event", "'r7'", Some("'e99'"))],
    ),
    (
        "UPDATE resident_history SET last_event = 'e99' WHERE sequence = 2",
        &[("resident_history.last_event", "'r1' at step 2", Some("'e99'"))],
    ),
    (
        "UPDATE resident_history SET resident_id = 'r99' WHERE sequence = 2",
        &[("resident_history.resident_id", "'r99' at step 2", Some("'r99'"))],
    ),
    (
        "UPDATE application SET event_id = 'e9' WHERE application_id = 'a1'",
        &[("application.event_id", "'a1'", Some("'e9'"))],
    ),
    (
        "UPDATE match_edge SET right_id = 'a99' WHERE right_id = 'a3'",
        &[("match_edge.left_id, right_id", "'a1' - 'a99'", Some("'a99'"))],
    ),
    (
        "UPDATE review SET right_id = 'a99'",
        &[("review.left_id, right_id", "'a1' - 'a99'", Some("'a99'"))],
    ),
    (
        "UPDATE intake_event SET application_id = 'a99' WHERE sequence = 4",
        &[("intake_event.application_id", "4", Some("'a99'"))],
    ),
    (
        "UPDATE intake_event SET resident_id = 'r99' WHERE sequence = 3",
        &[("intake_event.resident_id", "3", Some("'r99'"))],
    ),
    (
        "UPDATE intake_event SET resident_id = NULL WHERE sequence = 4",
        &[("intake_event.resident_id", "4", None)],
    ),
    (
        "UPDATE event_outcome SET sequence = 15",
        &[("event_outcome.event_sequence, sequence", "5", Some("15"))],
    ),
    (
        "DELETE FROM intake_event WHERE sequence = 6",
        &[("held_event.event_sequence", "6", Some("6"))],
    ),
    (
        "UPDATE erasure SET entry_id = 'e99'",
        &[("erasure.entry_id", "12", Some("'e99'"))],
    ),
    (
        "INSERT INTO identity_number VALUES ('a99', 'personal', '011087001234')",
        &[("identity_number.application_id", "'a99'", Some("'a99'"))],
    ),
    (
        "DELETE FROM erasure",
        &[
            ("erased.id", "'a10'", Some("12")),
            ("erased.id", "'r10'", Some("12")),
        ],
    ),
    (
        "UPDATE resident SET status = 'active' WHERE resident_id = 'r10'",
        &[("erased.id", "'r10'", Some("12"))],
    ),
];

#[tokio::test]
async fn each_reference_that_is_broken_is_named() {
    let pipeline = Pipeline::ready().await;
    sound(&pipeline).await;
    let clean = pipeline.run(&CHECK);
    assert_eq!(clean.code, 0, "{} {}", clean.stdout, clean.stderr);
    let clean = clean.json();
    assert_eq!((&clean["sound"], &clean["step"]), (&json!(true), &json!(20)));
    assert_eq!(clean["references"].as_array().map(Vec::len), Some(17));

    let mut named = std::collections::BTreeSet::new();
    for (breaking, expected) in BREAKAGES {
        sound(&pipeline).await;
        pipeline.sql(with_ids(breaking)).await;
        let answer = pipeline.run(&CHECK);
        assert_eq!(answer.code, 5, "{breaking}: {}", answer.stderr);
        let found: Vec<(String, String, Value)> = broken(&answer.json())
            .into_iter()
            .flat_map(|(reference, examples)| {
                examples
                    .into_iter()
                    .map(move |(id, names)| (reference.clone(), id, names))
            })
            .collect();
        let plain = |text: &str| with_ids(text).replace('\'', "");
        let expected: Vec<(String, String, Value)> = expected
            .iter()
            .map(|(reference, id, names)| (reference.to_string(), plain(id), json!(names.map(plain))))
            .collect();
        assert_eq!(found, expected, "{breaking}");
        named.extend(found.into_iter().map(|(reference, ..)| reference));
    }
    assert_eq!(named.len(), 17, "every reference was broken once");
}

#[tokio::test]
async fn a_few_are_named_all_are_counted_and_newer_ones_wait() {
    let pipeline = Pipeline::ready().await;
    sound(&pipeline).await;
    let edges = |step: i64, many: i64| {
        format!(
            "INSERT INTO match_edge SELECT gen_random_uuid(), '{}', {step}, 'rule', 1, true FROM generate_series(1, {many})",
            id('a', 1)
        )
    };
    pipeline.sql(edges(21, 30)).await; // the highest step that is loaded is 20
    assert_eq!(pipeline.run(&CHECK).code, 0);
    pipeline.sql(edges(20, 2345)).await;
    let answer = pipeline.run(&CHECK);
    assert_eq!(answer.code, 5);
    let edges = &answer.json()["references"][8];
    assert_eq!(edges["count"], 2345);
    assert_eq!(edges["examples"].as_array().map(Vec::len), Some(20));
    let table = pipeline.run(&["register", "check", "--wait", "0"]).stdout;
    assert!(table.contains("and 2 325 more"), "{table}");
    assert!(table.contains("intakectl lag"), "{table}");
}

#[tokio::test]
async fn what_is_on_its_way_is_waited_for() {
    let pipeline = Arc::new(Pipeline::ready().await);
    sound(&pipeline).await;
    pipeline.sql("DELETE FROM intake_event WHERE sequence = 6").await;
    let mut conn = pipeline.connect().await;
    // The first look has its snapshot, and waits here; only a second one sees what comes now.
    for statement in ["BEGIN", "LOCK TABLE held_event IN ACCESS EXCLUSIVE MODE"] {
        sqlx::query(statement).execute(&mut conn).await.expect("locked");
    }
    let checking = tokio::task::spawn_blocking({
        let pipeline = Arc::clone(&pipeline);
        move || pipeline.run(&["register", "check", "--wait", "60", "-o", "json"])
    });
    until_it_waits(&pipeline).await;
    const EVENT: &str = "
        INSERT INTO intake_event (sequence, logged_at, matched_at, kind, outcome)
        VALUES (6, now(), now(), 'verification', 'held')";
    pipeline.sql(EVENT).await;
    sqlx::query("COMMIT").execute(&mut conn).await.expect("let go");
    let answer = checking.await.expect("no panic");
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    assert!(answer.stderr.contains("looking again"), "{}", answer.stderr);
}

async fn until_it_waits(pipeline: &Pipeline) {
    const WAITS: &str = "
        SELECT EXISTS (SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%held_event%')";
    let mut conn = pipeline.connect().await;
    let deadline = Instant::now() + Duration::from_secs(30);
    while !sqlx::query_scalar::<_, bool>(WAITS)
        .fetch_one(&mut conn)
        .await
        .expect("asked")
    {
        assert!(Instant::now() < deadline, "the check never came to held_event");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
