//! `node`: registrations, and `node_manifest`: each node's latest heartbeat.

use super::table::Written;
use super::{document, moment};
use crate::arrival::Manifest;
use crate::fault::DatabaseFault;
use schemas::change::NodeState;
use schemas::{NodeId, Timestamp};
use sqlx::PgConnection;

/// The last state of a registration within a batch.
pub(crate) struct NodeRow<'a> {
    pub sequence: i64,
    pub state: &'a NodeState,
}

const REGISTER: &str = "
    INSERT INTO node AS stored (node_id, sequence, province, public_key, retired, decided_by, reason)
    SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::text[], $4::bytea[], $5::boolean[], $6::text[], $7::text[])
    ON CONFLICT (node_id) DO UPDATE
       SET sequence = EXCLUDED.sequence, province = EXCLUDED.province, public_key = EXCLUDED.public_key,
           retired = EXCLUDED.retired, decided_by = EXCLUDED.decided_by, reason = EXCLUDED.reason
     WHERE stored.sequence < EXCLUDED.sequence";

/// Writes registrations, sorted by node.
pub(crate) async fn register(
    conn: &mut PgConnection,
    rows: &[NodeRow<'_>],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let changed = sqlx::query(REGISTER)
        .bind(
            rows.iter()
                .map(|row| row.state.node_id.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|row| row.sequence).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.state.province.as_deref())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.state.public_key.as_deref())
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|row| row.state.retired).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.state.by.as_str()).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.state.reason.as_deref())
                .collect::<Vec<_>>(),
        )
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}

/// The last manifest of a node within a batch.
pub(crate) struct ManifestRow<'a> {
    pub manifest: &'a Manifest,
    pub appended_at: Timestamp,
}

const BEAT: &str = "
    INSERT INTO node_manifest AS stored
           (province, node_id, counter, at, appended_at, clock_offset_ms, epoch, captured, published, head_hash,
            published_partition, published_offset, spool_bytes, software, closed_epochs, claim, signature)
    SELECT province, node_id, counter, at::timestamptz, appended_at::timestamptz, clock_offset_ms, epoch, captured,
           published, head_hash, published_partition, published_offset, spool_bytes, software,
           closed_epochs::jsonb, claim, signature
      FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::uuid[],
                  $8::bigint[], $9::bigint[], $10::bytea[], $11::integer[], $12::bigint[], $13::bigint[],
                  $14::text[], $15::text[], $16::bytea[], $17::bytea[])
        AS new (province, node_id, counter, at, appended_at, clock_offset_ms, epoch, captured, published, head_hash,
                published_partition, published_offset, spool_bytes, software, closed_epochs, claim, signature)
    ON CONFLICT (province, node_id) DO UPDATE
       SET counter = EXCLUDED.counter, at = EXCLUDED.at, appended_at = EXCLUDED.appended_at,
           clock_offset_ms = EXCLUDED.clock_offset_ms, epoch = EXCLUDED.epoch, captured = EXCLUDED.captured,
           published = EXCLUDED.published, head_hash = EXCLUDED.head_hash,
           published_partition = EXCLUDED.published_partition, published_offset = EXCLUDED.published_offset,
           spool_bytes = EXCLUDED.spool_bytes, software = EXCLUDED.software,
           closed_epochs = EXCLUDED.closed_epochs, claim = EXCLUDED.claim, signature = EXCLUDED.signature
     WHERE stored.counter < EXCLUDED.counter";

/// Writes manifests, sorted by province and node.
pub(crate) async fn beat(
    conn: &mut PgConnection,
    rows: &[ManifestRow<'_>],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let claims = || rows.iter().map(|row| &row.manifest.claim);
    let node = |id: &NodeId| id.as_str().to_owned();
    let changed = sqlx::query(BEAT)
        .bind(
            rows.iter()
                .map(|row| row.manifest.province.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(claims().map(|claim| node(&claim.node_id)).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.counter).collect::<Vec<_>>())
        .bind(claims().map(|claim| moment(claim.at)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| moment(row.appended_at)).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.clock_offset_ms).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.epoch).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.captured).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.published).collect::<Vec<_>>())
        .bind(
            claims()
                .map(|claim| claim.head_hash.0.as_slice())
                .collect::<Vec<_>>(),
        )
        .bind(
            claims()
                .map(|claim| claim.published_partition)
                .collect::<Vec<_>>(),
        )
        .bind(claims().map(|claim| claim.published_offset).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.spool_bytes).collect::<Vec<_>>())
        .bind(claims().map(|claim| claim.software.as_str()).collect::<Vec<_>>())
        .bind(
            claims()
                .map(|claim| document::text(document::of(&claim.closed_epochs)))
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.manifest.signed.claim.as_slice())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.manifest.signed.signature.as_deref())
                .collect::<Vec<_>>(),
        )
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}
