//! Loading against a real PostgreSQL, each test in a database of its own.

mod counters;
mod environment;
mod erasing;
mod feed;
mod guarded;
mod lanes;
mod line;
mod manifests;
mod migrations;
mod numbers;
mod order;
mod owners;
mod poison;
mod roles;
mod round_trip;
mod schema;
mod states;
mod views;

use crate::arrival::Arrival;
use crate::fixture::database::Database;
use crate::fixture::history::Keyed;
use crate::register::position::{self, Span};
use crate::register::{Batch, Loaded, Register, load};
use runtime::kafka::{Partition, Record};
use schemas::{Timestamp, topics};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};

/// An empty register in a database of its own.
async fn register() -> (Database, Register) {
    let database = Database::create().await;
    let register = Register::new(&database.url()).expect("a URL");
    register.migrate().await.expect("migrated");
    (database, register)
}

/// Changes as records of `register.changes`.
fn records(changes: &[Keyed]) -> Vec<Record> {
    let mut next: HashMap<i32, i64> = HashMap::new();
    let record = |change: &Keyed| {
        let number = partition_of(&change.key);
        let offset = next.entry(number).or_default();
        *offset += 1;
        Record {
            partition: Partition::new(topics::CHANGES, number),
            offset: *offset - 1,
            appended_at: Timestamp(1_790_000_500_000),
            key: Some(change.key.clone()),
            value: change.encode(),
            trace: None,
            headers: Vec::new(),
        }
    };
    changes.iter().map(record).collect()
}

fn partition_of(key: &[u8]) -> i32 {
    key.iter().map(|byte| i32::from(*byte)).sum::<i32>() % topics::CHANGES_PARTITIONS
}

fn arrivals(records: &[Record]) -> Vec<Arrival> {
    records
        .iter()
        .map(|record| Arrival::of(record.clone(), 1))
        .collect()
}

/// Loads records wherever the positions stand, as after a position was set back.
async fn load_anyway(conn: &mut PgConnection, records: &[Record]) {
    let arrivals = arrivals(records);
    let partitions: Vec<Partition> = arrivals
        .iter()
        .map(|arrival| arrival.record.partition.clone())
        .collect();
    let names = vec![topics::CHANGES.to_owned(); partitions.len()];
    let ensured = position::ensure(&mut *conn, &partitions[..1], "cluster", &names[..1]).await;
    ensured.expect("a position");
    let stored = position::read(&mut *conn, &partitions[..1]).await.expect("read");
    let (partition, stored) = stored.into_iter().next().expect("one");
    let span = Span {
        expected: stored.next_offset,
        next: stored.next_offset + 1,
        sequence: 0,
    };
    let batch = Batch {
        arrivals,
        spans: BTreeMap::from([(partition, span)]),
    };
    assert!(matches!(
        load(conn, &batch).await.expect("loaded"),
        Loaded::Committed(_)
    ));
}

/// All that the tables hold, but for positions and times of loading.
async fn dump(conn: &mut PgConnection) -> String {
    let mut dump = String::new();
    for (table, columns) in [
        ("resident", "t.*"),
        ("resident_history", "t.*"),
        ("application", "t.*"),
        ("match_edge", "t.*"),
        ("review", "t.*"),
        ("match_rules", "t.*"),
        ("moved_application", "t.*"),
        (
            "intake_event",
            "t.sequence, t.hash, t.node_id, t.outcome, t.findings, t.resident_id, t.matched_at",
        ),
        ("event_outcome", "t.*"),
        ("held_event", "t.*"),
        ("node_ledger", "t.*"),
        ("node", "t.*"),
        ("node_manifest", "t.*"),
        ("erasure", "t.*"),
        ("identity_number", "t.*"),
        ("dead_letter_decision", "t.*"),
        ("erased", "t.*"),
        ("source_position", "t.*"),
        (
            "dead_letter",
            "t.stage, t.topic, t.partition, t.record_offset, t.value, t.reason, t.sqlstate, t.sequence",
        ),
    ] {
        let query = format!(
            "SELECT concat(count(*), ' ', md5(string_agg(ROW({columns})::text, ' ' ORDER BY ROW({columns})::text))) \
               FROM {table} t"
        );
        let line: String = sqlx::query_scalar(&query)
            .fetch_one(&mut *conn)
            .await
            .expect("dumped");
        dump.push_str(&format!("{table} {line}\n"));
    }
    dump
}

async fn count(conn: &mut PgConnection, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(conn).await.expect("a count")
}
