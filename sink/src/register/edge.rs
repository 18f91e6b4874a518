//! `match_edge`: why two applications are the same person.

use super::table::Written;
use crate::fault::DatabaseFault;
use schemas::change::MatchEdge;
use sqlx::PgConnection;

/// The last state of an edge within a batch.
pub(crate) struct EdgeRow<'a> {
    pub sequence: i64,
    pub edge: &'a MatchEdge,
}

const UPSERT: &str = "
    INSERT INTO match_edge AS stored (left_id, right_id, sequence, rule, weight_millibits, accepted)
    SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::boolean[])
    ON CONFLICT (left_id, right_id) DO UPDATE
       SET sequence = EXCLUDED.sequence, rule = EXCLUDED.rule, weight_millibits = EXCLUDED.weight_millibits,
           accepted = EXCLUDED.accepted
     WHERE stored.sequence < EXCLUDED.sequence";

/// Writes edges, sorted by their ends.
pub(crate) async fn write(conn: &mut PgConnection, rows: &[EdgeRow<'_>]) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let changed = sqlx::query(UPSERT)
        .bind(rows.iter().map(|row| row.edge.left).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.edge.right).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sequence).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.edge.rule.as_str()).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.edge.weight_millibits)
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|row| row.edge.accepted).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}
