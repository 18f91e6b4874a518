//! `review`: doubtful pairs, and `match_rules`: what match links by.

use super::table::Written;
use crate::fault::DatabaseFault;
use schemas::change::{MatchRules, ReviewState};
use sqlx::PgConnection;

/// The last state of a review within a batch.
pub(crate) struct ReviewRow<'a> {
    pub sequence: i64,
    pub state: &'a ReviewState,
}

const UPSERT: &str = "
    INSERT INTO review AS stored (left_id, right_id, sequence, status, weight_millibits, opened, decided_by, reason)
    SELECT left_id, right_id, sequence, status::review_status, weight_millibits, opened, decided_by, reason
      FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
        AS new (left_id, right_id, sequence, status, weight_millibits, opened, decided_by, reason)
    ON CONFLICT (left_id, right_id) DO UPDATE
       SET sequence = EXCLUDED.sequence, status = EXCLUDED.status, weight_millibits = EXCLUDED.weight_millibits,
           opened = EXCLUDED.opened, decided_by = EXCLUDED.decided_by, reason = EXCLUDED.reason
     WHERE stored.sequence < EXCLUDED.sequence";

/// Writes reviews, sorted by their pairs.
pub(crate) async fn write(conn: &mut PgConnection, rows: &[ReviewRow<'_>]) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let states = || rows.iter().map(|row| row.state);
    let changed = sqlx::query(UPSERT)
        .bind(states().map(|state| state.left).collect::<Vec<_>>())
        .bind(states().map(|state| state.right).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sequence).collect::<Vec<_>>())
        .bind(states().map(|state| state.status.name()).collect::<Vec<_>>())
        .bind(states().map(|state| state.weight_millibits).collect::<Vec<_>>())
        .bind(states().map(|state| state.opened).collect::<Vec<_>>())
        .bind(states().map(|state| state.by.as_deref()).collect::<Vec<_>>())
        .bind(states().map(|state| state.reason.as_deref()).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}

const KEEP_RULES: &str = "
    INSERT INTO match_rules (sequence, version, weights, link, review, decided_by, reason)
    SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::text[])
    ON CONFLICT (sequence) DO NOTHING";

/// Keeps rules that were put in force, with their steps.
pub(crate) async fn keep_rules(
    conn: &mut PgConnection,
    rows: &[(i64, &MatchRules)],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let rules = || rows.iter().map(|(_, rules)| *rules);
    let changed = sqlx::query(KEEP_RULES)
        .bind(rows.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>())
        .bind(rules().map(|rules| rules.version.as_str()).collect::<Vec<_>>())
        .bind(rules().map(|rules| rules.weights.as_str()).collect::<Vec<_>>())
        .bind(rules().map(|rules| rules.link).collect::<Vec<_>>())
        .bind(rules().map(|rules| rules.review).collect::<Vec<_>>())
        .bind(rules().map(|rules| rules.by.as_str()).collect::<Vec<_>>())
        .bind(rules().map(|rules| rules.reason.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}
