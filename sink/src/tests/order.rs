//! Any replay, in any order, ends in the same tables.

use super::{count, dump, load_anyway, records, register};
use crate::digest;
use crate::fixture::history::History;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::PgConnection;

#[tokio::test]
async fn a_replayed_batch_changes_nothing() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let records = records(&History::new(1, 3).steps(200));
    load_anyway(&mut conn, &records).await;
    let before = dump(&mut conn).await;
    assert_eq!(
        count(&mut conn, "SELECT count(*) FROM intake_event").await,
        200,
        "{before}"
    );
    assert_eq!(
        count(&mut conn, "SELECT count(*) FROM application").await,
        200,
        "{before}"
    );
    load_anyway(&mut conn, &records).await;
    assert_eq!(dump(&mut conn).await, before);
}

#[tokio::test]
async fn few_rows_and_many_end_in_the_same_tables() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let records = records(&History::new(12, 4).steps(3_000));
    let mut ends = Vec::new();
    for size in [records.len(), 500] {
        empty(&mut conn).await;
        // In disorder and twice, so that nothing can go straight in.
        for batch in records.rchunks(size) {
            load_anyway(&mut conn, batch).await;
            load_anyway(&mut conn, batch).await;
        }
        ends.push(dump(&mut conn).await);
    }
    assert_eq!(ends[0], ends[1]);
}

pub(super) async fn empty(conn: &mut PgConnection) {
    // A fraction of what TRUNCATE takes, for a few rows.
    const EMPTY: &str = "
        DELETE FROM resident; DELETE FROM resident_history; DELETE FROM application; DELETE FROM match_edge; DELETE FROM moved_application;
        DELETE FROM review; DELETE FROM match_rules;
        DELETE FROM intake_event; DELETE FROM event_outcome; DELETE FROM held_event; DELETE FROM node_ledger;
        DELETE FROM node; DELETE FROM node_manifest; DELETE FROM source_position; DELETE FROM dead_letter;
        DELETE FROM sink_position; DELETE FROM erasure; DELETE FROM erased; DELETE FROM dead_letter_decision";
    sqlx::raw_sql(EMPTY).execute(conn).await.expect("emptied");
}

#[test]
fn any_order_in_any_chunks_ends_in_the_same_tables() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (_database, register) = runtime.block_on(register());
    let mut conn = runtime
        .block_on(register.open_for_loading())
        .expect("a connection");
    let records = records(&History::new(2, 2).steps(60));
    let expected = runtime.block_on(async {
        load_anyway(&mut conn, &records).await;
        (
            dump(&mut conn).await,
            digest::of(&mut conn).await.expect("a digest"),
        )
    });
    let conn = std::cell::RefCell::new(conn);
    let orders = (
        Just(records.clone()).prop_shuffle(),
        5..60_usize,
        any::<prop::sample::Index>(),
    );
    TestRunner::new(Config::with_cases(12))
        .run(&orders, |(shuffled, chunk, again)| {
            let mut conn = conn.borrow_mut();
            let found = runtime.block_on(async {
                empty(&mut conn).await;
                for records in shuffled.chunks(chunk) {
                    load_anyway(&mut conn, records).await;
                }
                // Some of it comes once more.
                load_anyway(&mut conn, &shuffled[again.index(shuffled.len())..]).await;
                (
                    dump(&mut conn).await,
                    digest::of(&mut conn).await.expect("a digest"),
                )
            });
            prop_assert_eq!(&found, &expected);
            Ok(())
        })
        .expect("every order ends in the same tables");
}
