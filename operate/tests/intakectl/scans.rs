use crate::fixture::Pipeline;
use sqlx::PgConnection;
use std::time::{Duration, Instant};

/// A hundred days of a thousand events each, from midnight to midnight in Viet Nam.
const EVENTS: &str = "
    INSERT INTO intake_event (sequence, appended_at, logged_at, matched_at, province, node_id, epoch, node_sequence, kind,
                              outcome)
    SELECT n, at, at, at, 'dien-bien', 'dien-bien-01', '00000000-0000-0000-0000-00000000000e', n, 'verification', 'loaded'
      FROM generate_series(1, 100000) AS n,
           LATERAL (SELECT timestamptz '2026-07-31 17:00:00Z' + (n - 1) * interval '86.4 s' AS at) AS day;
    INSERT INTO node_ledger VALUES
        ('dien-bien-01', '00000000-0000-0000-0000-00000000000e', 100000, 'dien-bien', '{[1,100001)}', 100000, 0, 0, 0, 0, 0,
         now());
    INSERT INTO node SELECT 'dien-bien-' || n, n, 'dien-bien', NULL, false, 'a.admin', NULL FROM generate_series(1, 25) AS n";

/// How often the events' table was read from end to end, and how many of its rows were read by an index.
async fn reads(conn: &mut PgConnection) -> (i64, i64) {
    const READS: &str =
        "SELECT seq_scan, idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'intake_event'";
    others_have_ended(conn).await;
    sqlx::query_as(READS).fetch_one(conn).await.expect("read")
}

/// What a connection has counted is there when it has ended.
async fn others_have_ended(conn: &mut PgConnection) {
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND backend_type = 'client backend'
                             AND pid <> pg_backend_pid()";
    let deadline = Instant::now() + Duration::from_secs(10);
    while sqlx::query_scalar::<_, i64>(OTHERS)
        .fetch_one(&mut *conn)
        .await
        .expect("read")
        > 0
    {
        assert!(Instant::now() < deadline, "a connection doesn't end");
    }
}

#[tokio::test]
async fn quick_books_and_those_of_a_day_never_read_all_events() {
    let pipeline = Pipeline::ready().await;
    pipeline.sql(EVENTS).await;
    pipeline.sql("VACUUM ANALYZE").await; // as autovacuum does, which also summarises the index by time
    pipeline.loaded().await;
    let mut conn = pipeline.connect().await;
    for (args, most, received) in [
        (&["reconcile", "--quick"][..], 1_000, 100_000),
        (&["reconcile", "--quick", "--day", "2026-10-15"], 20_000, 1_000),
        (&["reconcile", "--day", "2026-10-15"], 100_000, 1_000),
    ] {
        let (scans, rows) = reads(&mut conn).await;
        let answer = pipeline.run(&[args, &["--wait", "1", "-o", "json"]].concat());
        assert_eq!(answer.code, 0, "{} {}", answer.stdout, answer.stderr);
        assert_eq!(answer.json()["totals"]["received"], received);
        let (scans_then, rows_then) = reads(&mut conn).await;
        assert_eq!(scans_then, scans, "{args:?}");
        assert!(rows_then - rows <= most, "{args:?}: {} rows", rows_then - rows);
    }
    let (scans, rows) = reads(&mut conn).await;
    let latency = pipeline
        .run(&["latency", "--day", "2026-10-15", "-o", "json"])
        .json();
    assert_eq!(latency["all"]["events"], 1_000);
    let (scans_then, rows_then) = reads(&mut conn).await;
    assert!(scans_then == scans && rows_then - rows <= 20_000, "latency");
    assert_eq!(pipeline.run(&["reconcile", "--wait", "1"]).code, 0);
    assert!(reads(&mut conn).await.0 > scans, "the whole proof reads them all");
}
