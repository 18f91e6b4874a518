//! Two owners of one partition at the same time: nothing is lost, nothing doubled, the stale one goes
//! on from where the other stands.

use super::feed::{lane, positions_at_zero};
use super::{arrivals, count, dump, load_anyway, records, register};
use crate::fixture::history::History;
use crate::register::position::{self, Span};
use crate::register::{Batch, Loaded, Register, load};
use runtime::health::Health;
use runtime::kafka::{Partition, Record};
use runtime::{Fault, Remedy, Stop};
use schemas::topics;
use sqlx::Connection;
use std::collections::BTreeMap;
use tokio::task::JoinHandle;

/// An owner of everything from the beginning, with all of `records` to load.
fn owner(register: &Register, records: &[Record]) -> JoinHandle<Result<(), Fault>> {
    let (feed, loading) = lane(register, &Health::default(), &Stop::manual());
    feed.send(records);
    loading
}

#[tokio::test]
async fn a_stale_owner_writes_nothing() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let changes = records(&History::new(4, 4).steps(30));
    let partition = changes[0].partition.clone();
    let batch = |records: &[Record], expected: i64| Batch {
        arrivals: arrivals(records),
        spans: BTreeMap::from([(
            partition.clone(),
            Span {
                expected,
                next: expected + 5,
                sequence: 1,
            },
        )]),
    };
    assert!(matches!(
        load(&mut conn, &batch(&changes[..10], 0)).await,
        Ok(Loaded::Committed(_))
    ));
    let before = dump(&mut conn).await;
    assert!(matches!(
        load(&mut conn, &batch(&changes, 0)).await,
        Ok(Loaded::Superseded)
    ));
    assert_eq!(dump(&mut conn).await, before);
}

#[tokio::test]
async fn a_frozen_owner_is_cut_off_by_the_server() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let mut frozen = register.open_for_loading().await.expect("a connection");
    const LIMIT: &str = "SHOW idle_in_transaction_session_timeout";
    let limit: String = sqlx::query_scalar(LIMIT)
        .fetch_one(&mut frozen)
        .await
        .expect("a limit");
    assert_eq!(limit, "1min");
    let shorter = "SET idle_in_transaction_session_timeout = '200ms'";
    sqlx::query(shorter).execute(&mut frozen).await.expect("set");
    let spans = BTreeMap::from([(
        Partition::new(topics::CHANGES, 0),
        Span {
            expected: 0,
            next: 5,
            sequence: 1,
        },
    )]);
    let mut its_transaction = frozen.begin().await.expect("begun");
    assert_eq!(position::advance(&mut its_transaction, &spans).await, Ok(true));
    let mut next = register.open_for_loading().await.expect("a connection");
    assert_eq!(
        position::advance(&mut next, &spans).await,
        Ok(true),
        "the position was given back"
    );
    let late = position::advance(&mut its_transaction, &spans).await;
    let remedy = late.expect_err("its session is over").remedy();
    assert_eq!(remedy, Remedy::Transient);
}

#[tokio::test]
async fn two_owners_at_once_load_everything_once() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let records = records(&History::new(5, 4).steps(300));
    let owners = [owner(&register, &records), owner(&register, &records)];
    for owner in owners {
        owner.await.expect("no panic").expect("loaded");
    }
    let mut conn = register.open_for_loading().await.expect("a connection");
    assert_eq!(count(&mut conn, "SELECT count(*) FROM intake_event").await, 300);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM dead_letter").await, 0);
    let ends = count(&mut conn, "SELECT sum(next_offset)::bigint FROM sink_position").await;
    assert_eq!(ends, records.len() as i64, "every record moved its position once");
    let loaded = dump(&mut conn).await;
    load_anyway(&mut conn, &records).await;
    assert_eq!(dump(&mut conn).await, loaded, "nothing was missing");
}
