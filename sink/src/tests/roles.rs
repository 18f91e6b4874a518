//! Each role does its work as a login that has nothing else, and is refused everything more.

use super::environment::{HalfLoaded, STEPS, assert_all_is_there};
use super::feed::positions_at_zero;
use super::guarded::{Guarded, run};
use super::{count, erasing, load_anyway, manifests, order, records, round_trip};
use crate::fixture::history::History;
use crate::{digest, restore};

#[tokio::test]
async fn each_program_works_with_its_role_alone() {
    let guarded = Guarded::create().await;
    let sink = guarded.as_member("sink");
    sink.check().await.expect("it may see the schema's version");
    positions_at_zero(&sink).await;
    let mut conn = sink.open_for_loading().await.expect("a connection");
    // Straight, guarded, put aside, with rows for every table.
    let history = records(&History::new(16, 4).steps(60));
    for records in [
        &history,
        &history,
        &round_trip::extreme_records(),
        &vec![manifests::heartbeat()],
    ] {
        load_anyway(&mut conn, records).await;
    }
    let mut owner = guarded.database.connect().await;
    for (table, rows) in [
        ("SELECT count(*) FROM intake_event", 61),
        ("SELECT count(*) FROM node_manifest", 1),
        ("SELECT count(*) FROM held_event", 1),
        ("SELECT count(*) FROM event_outcome", 1),
    ] {
        assert_eq!(count(&mut owner, table).await, rows, "{table}");
    }
    assert!(count(&mut owner, "SELECT count(*) FROM dead_letter").await > 0);
    load_anyway(&mut conn, &erasing::records_of_one_who_is_erased()).await;
    assert!(count(&mut owner, "SELECT count(*) FROM erased").await > 0);

    let matching = guarded.as_member("match");
    matching.check().await.expect("it may see the schema's version");
    let (mut restored, mut expected) = (0, 0);
    let positions = restore::read(&matching, |_| {
        restored += 1;
        Ok(())
    });
    positions.await.expect("restored");
    let all = restore::read(&guarded.register, |_| {
        expected += 1;
        Ok(())
    });
    all.await.expect("restored");
    assert_eq!(restored, expected);

    let mut auditing = guarded.as_member("auditor").open().await.expect("a connection");
    let seen = digest::of(&mut auditing).await.expect("it may see everything");
    assert_eq!(seen, digest::of(&mut owner).await.expect("a digest"));
}

/// What a role must be refused.
const FORBIDDEN: [(&str, &[&str]); 7] = [
    (
        "sink",
        &[
            "DELETE FROM resident",
            "TRUNCATE intake_event",
            "UPDATE intake_event SET outcome = 'loaded'",
            "UPDATE resident_history SET stage = 3",
            "UPDATE dead_letter SET reason = ''",
            "DELETE FROM dead_letter",
            "SELECT reason FROM dead_letter",
            "UPDATE held_event SET event_sequence = 0",
            "SELECT entry FROM held_event",
            "UPDATE erasure SET reason = ''",
            "DELETE FROM erased",
            "SELECT * FROM resident_current",
            "ALTER TABLE resident ADD remark text",
            "DROP TABLE resident",
            "CREATE TABLE remark (text text)",
        ],
    ),
    (
        "match",
        &[
            "SELECT full_name FROM resident",
            "SELECT golden FROM resident_history",
            "SELECT key FROM dead_letter",
            "SELECT * FROM node_manifest",
            "SELECT * FROM resident_masked",
            "INSERT INTO node_ledger (node_id) VALUES ('x')",
            "UPDATE sink_position SET next_offset = 0",
            "DELETE FROM application",
        ],
    ),
    (
        "operator",
        &[
            "SELECT full_name FROM resident",
            "SELECT * FROM resident_current",
            "SELECT * FROM resident_change",
            "SELECT golden FROM resident_history",
            "SELECT event FROM application",
            "SELECT verifications FROM application",
            "SELECT entry FROM held_event",
            "UPDATE sink_position SET next_offset = 0",
            "INSERT INTO node (node_id) VALUES ('x')",
            "DELETE FROM dead_letter",
        ],
    ),
    (
        "reviewer",
        &[
            "SELECT * FROM held_event",
            "SELECT * FROM dead_letter",
            "SELECT * FROM node_manifest",
            "UPDATE review SET status = 'same'",
            "INSERT INTO review (left_id) VALUES (gen_random_uuid())",
            "DELETE FROM review_proposal",
            "UPDATE review_proposal SET decision = 'same'",
            "INSERT INTO review_proposal (proposal_id, proposed_by) VALUES (gen_random_uuid(), 'another')",
            "INSERT INTO review_proposal_approval (proposal_id, proposed_by, approved_by) VALUES (gen_random_uuid(), 'a', 'b')",
            "UPDATE review_proposal_approval SET step = 0",
            "SELECT * FROM audit",
            "UPDATE audit SET reason = 'x'",
            "INSERT INTO audit (action, about, reason, result, who) VALUES ('a.b', 'x', 'x', 'x', 'another')",
        ],
    ),
    (
        "engineer",
        &[
            "UPDATE resident SET stage = 0",
            "INSERT INTO resident (resident_id) VALUES (gen_random_uuid())",
            "DELETE FROM application",
            "UPDATE replay SET plan = 'x'",
            "INSERT INTO replay (replay_id, plan, plan_hash, planned_by) VALUES (gen_random_uuid(), 'x', '', 'another')",
            "INSERT INTO replay_approval (replay_id, planned_by, diff_hash, lines, reason, approved_by)
             VALUES (gen_random_uuid(), 'a', '', '', 'x', 'another')",
            "DELETE FROM replay_step",
            "UPDATE audit SET reason = 'x'",
            "CREATE TABLE remark (text text)",
        ],
    ),
    (
        "reader",
        &[
            "SELECT resident_id FROM resident",
            "SELECT * FROM resident_current",
            "SELECT * FROM resident_change",
            "SELECT * FROM resident_history",
            "SELECT application_id FROM application",
            "SELECT * FROM intake_event",
            "SELECT * FROM dead_letter",
            "SELECT * FROM dead_letter_state",
            "SELECT * FROM node",
            "DELETE FROM open_hold",
        ],
    ),
    (
        "auditor",
        &[
            "INSERT INTO node (node_id) VALUES ('x')",
            "UPDATE resident SET stage = 0",
            "DELETE FROM audit",
            "TRUNCATE audit",
            "INSERT INTO audit (action, about, reason, result, at) VALUES ('a.b', 'x', 'x', 'x', now())",
            "DELETE FROM open_hold",
            "DELETE FROM resident_history",
            "TRUNCATE dead_letter",
            "SELECT * FROM resident FOR UPDATE",
            "CREATE TABLE remark (text text)",
        ],
    ),
];

/// What a role is there for, beside its program's own statements.
const ALLOWED: [(&str, &[&str]); 5] = [
    (
        "operator",
        &[
            "SELECT * FROM resident_masked",
            "SELECT * FROM application_outcome",
            "SELECT * FROM open_hold",
            "SELECT * FROM dead_letter",
            "SELECT * FROM node",
            "SELECT * FROM node_manifest",
            "SELECT resident_id, members FROM resident",
            "SELECT application_id, findings FROM application",
            "INSERT INTO audit (action, about, reason, result) VALUES ('replay.approve', 'x', 'case 1', 'granted')",
        ],
    ),
    (
        "reviewer",
        &[
            "SELECT * FROM review",
            "SELECT * FROM match_rules",
            "SELECT * FROM application",
            "INSERT INTO review_proposal (proposal_id, decision, left_ids, right_ids, resident_ids, sequences, reason)
             SELECT gen_random_uuid(), 'same', ARRAY[id], ARRAY[id], ARRAY[id], '{1}', 'x' FROM gen_random_uuid() AS id",
            "INSERT INTO audit (action, about, reason, result) VALUES ('resident.unmask', 'x', 'case 1', 'granted')",
        ],
    ),
    (
        "engineer",
        &[
            "SELECT * FROM application",
            "SELECT * FROM replay",
            "INSERT INTO replay (replay_id, plan, plan_hash) SELECT gen_random_uuid(), 'x', decode(repeat('00', 32), 'hex')",
            "CREATE SCHEMA replay_of_a_test",
        ],
    ),
    (
        "reader",
        &[
            "SELECT * FROM resident_masked",
            "SELECT * FROM application_outcome",
            "SELECT * FROM event_outcome_current",
            "SELECT * FROM open_hold",
        ],
    ),
    (
        "auditor",
        &[
            "SELECT * FROM resident_current",
            "SELECT * FROM resident_change",
            "SELECT * FROM resident_history",
            "SELECT * FROM application",
            "SELECT * FROM held_event",
            "SELECT * FROM dead_letter",
            "SELECT * FROM audit",
            "INSERT INTO audit (action, about, reason, result) VALUES ('resident.unmask', 'x', 'case 1', 'granted')",
        ],
    ),
];

#[tokio::test]
async fn whatever_a_role_is_not_for_is_refused() {
    let mut guarded = Guarded::create().await;
    let mut owner = guarded.database.connect().await;
    // Rights that somebody gave by hand are taken back, and a second time changes nothing.
    for excess in ["SELECT ON resident", "INSERT ON node", "DELETE ON dead_letter"] {
        run(
            &mut owner,
            &format!("GRANT {excess} TO {}", guarded.name("reader")),
        )
        .await;
    }
    guarded.grant(&mut owner).await;
    for (role, statements) in FORBIDDEN {
        let mut conn = guarded.as_member(role).open().await.expect("a connection");
        for statement in statements {
            let refused = sqlx::query(statement).execute(&mut conn).await.map_err(|error| {
                let answer = error.into_database_error().expect("the server's answer");
                answer.code().expect("a state").into_owned()
            });
            assert_eq!(refused.expect_err(statement), "42501", "{role}: {statement}");
        }
    }
    for (role, statements) in ALLOWED {
        let mut conn = guarded.as_member(role).open().await.expect("a connection");
        for statement in statements {
            let done = sqlx::query(statement).execute(&mut conn).await;
            assert!(done.is_ok(), "{role}: {statement}");
        }
    }
}

#[tokio::test]
async fn a_right_or_login_that_is_taken_away_is_waited_for() {
    let guarded = Guarded::create().await;
    let mut owner = guarded.database.connect().await;
    let (role, login) = (guarded.name("sink"), guarded.name("sink_login"));
    let records = records(&History::new(17, 4).steps(STEPS));
    for (says, breaking, mending) in [
        (
            "SQLSTATE 42501",
            format!("REVOKE {role} FROM {login}"),
            format!("GRANT {role} TO {login}"),
        ),
        (
            "SQLSTATE 28000",
            format!("ALTER ROLE {login} NOLOGIN"),
            format!("ALTER ROLE {login} LOGIN"),
        ),
        (
            "SQLSTATE 53300",
            format!("ALTER ROLE {login} CONNECTION LIMIT 0"),
            format!("ALTER ROLE {login} CONNECTION LIMIT -1"),
        ),
    ] {
        order::empty(&mut owner).await;
        positions_at_zero(&guarded.register).await;
        let half = HalfLoaded::of(&guarded.as_member("sink"), &records).await;
        run(&mut owner, &breaking).await;
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{login}'");
        run(&mut owner, &end).await;
        let waiting = half.waits(&records, says).await;
        run(&mut owner, &mending).await;
        waiting.ends(says).await;
        assert_all_is_there(&guarded.register).await;
    }
}
