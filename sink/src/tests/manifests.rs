//! Manifests: the highest counter wins, and a node speaks for itself only.

use super::{count, load_anyway, register};
use runtime::kafka::{Partition, Record};
use schemas::codec::Event;
use schemas::manifest::{ClosedEpoch, NodeClaim, NodeManifest};
use schemas::{NodeId, Sha256, Timestamp, topics};
use uuid::Uuid;

fn claim(node: &str, counter: i64) -> NodeClaim {
    NodeClaim {
        node_id: NodeId::parse(node).expect("a node id"),
        province: "dien-bien".to_owned(),
        counter,
        at: Timestamp(i64::MAX), // its clock is lost
        clock_offset_ms: None,
        epoch: Uuid::from_u128(1),
        captured: 10 + counter,
        published: counter,
        head_hash: Sha256::of(b"head"),
        published_partition: Some(0),
        published_offset: Some(i64::MAX),
        spool_bytes: 1,
        software: "test 1".to_owned(),
        closed_epochs: vec![ClosedEpoch {
            epoch: Uuid::from_u128(2),
            captured: 3,
        }],
    }
}

fn record(offset: i64, key: &str, province: &str, claim: &NodeClaim) -> Record {
    let manifest = NodeManifest {
        claim: claim.encode().expect("a claim"),
        signature: Some(vec![7; 64]),
    };
    Record {
        partition: Partition::new(topics::nodes(province), 0),
        offset,
        appended_at: Timestamp(1_790_000_000_000),
        key: Some(key.as_bytes().to_vec()),
        value: manifest.encode().expect("a manifest"),
        trace: None,
        headers: Vec::new(),
    }
}

/// A node's manifest as it comes.
pub(super) fn heartbeat() -> Record {
    record(0, "node-1", "dien-bien", &claim("node-1", 1))
}

#[tokio::test]
async fn the_highest_counter_wins_and_nobody_speaks_for_another() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let newer = record(1, "node-1", "dien-bien", &claim("node-1", 5));
    load_anyway(&mut conn, std::slice::from_ref(&newer)).await;
    load_anyway(
        &mut conn,
        &[
            record(2, "node-1", "dien-bien", &claim("node-1", 4)),
            record(3, "node-2", "dien-bien", &claim("node-1", 9)),
            record(4, "node-1", "ha-noi", &claim("node-1", 9)),
        ],
    )
    .await;
    const READ: &str = "
        SELECT counter, captured, at::text, closed_epochs::text FROM node_manifest WHERE node_id = 'node-1'";
    let rows: Vec<(i64, i64, String, String)> =
        sqlx::query_as(READ).fetch_all(&mut conn).await.expect("read");
    let closed = r#"[{"epoch": "00000000-0000-0000-0000-000000000002", "captured": 3}]"#;
    assert_eq!(rows, [(5, 15, "infinity".to_owned(), closed.to_owned())]);
    const LETTERS: &str = "SELECT reason FROM dead_letter ORDER BY reason";
    let reasons: Vec<String> = sqlx::query_scalar(LETTERS)
        .fetch_all(&mut conn)
        .await
        .expect("read");
    assert_eq!(reasons, ["manifest.other-node", "manifest.other-province"]);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM node_manifest").await, 1);
}
