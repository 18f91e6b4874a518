//! Two owners of one partition at the same time: nothing is lost, nothing doubled, the stale one goes
//! on from where the other stands.

use super::{arrivals, count, dump, load_anyway, records, register};
use crate::fixture::cluster;
use crate::fixture::history::History;
use crate::lane::Lane;
use crate::ownership::Ownership;
use crate::register::position::{self, Span};
use crate::register::{Batch, Loaded, Register, load};
use crate::settings::Limits;
use runtime::health::Health;
use runtime::kafka::{Partition, Record};
use runtime::{Fault, Stop};
use schemas::topics;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

fn partitions() -> Vec<Partition> {
    (0..topics::CHANGES_PARTITIONS)
        .map(|number| Partition::new(topics::CHANGES, number))
        .collect()
}

pub(super) async fn positions_at_zero(register: &Register) {
    let mut conn = register.open().await.expect("a connection");
    let names = vec![topics::CHANGES.to_owned(); partitions().len()];
    position::ensure(&mut conn, &partitions(), "cluster", &names)
        .await
        .expect("positions");
}

/// A lane that owns everything from the beginning, and loads `records` in small batches.
pub(super) fn owner(
    register: &Register,
    records: &[Record],
    health: &Health,
    stop: &Stop,
) -> JoinHandle<Result<(), Fault>> {
    let cluster = cluster::namespace();
    let ownership = Ownership::new(register.clone(), cluster, Handle::current()).expect("ownership");
    let partitions = partitions();
    // One assignment for all of them: every partition has the tenure of its place in the list.
    ownership.begin(&partitions, &vec![0; partitions.len()]);
    let ownership = Arc::new(ownership);
    let mut chunks: Vec<Vec<_>> = records.chunks(7).map(arrivals).collect();
    for arrival in chunks.iter_mut().flatten() {
        arrival.tenure = ownership.tenure(&arrival.record.partition).expect("owned").number;
    }
    let (sender, inbox) = mpsc::channel(4);
    let limits = Limits {
        batch_rows: 20,
        ..Limits::default()
    };
    let lane = Lane::new(
        "lane-0",
        inbox,
        register.clone(),
        ownership,
        (limits, health.clone(), stop.clone()),
    );
    tokio::spawn(async move {
        for chunk in chunks {
            if sender.send(chunk).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(lane.run())
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
async fn two_owners_at_once_load_everything_once() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let records = records(&History::new(5, 4).steps(300));
    let (health, stop) = (Health::default(), Stop::manual());
    let owners = [
        owner(&register, &records, &health, &stop),
        owner(&register, &records, &health, &stop),
    ];
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
