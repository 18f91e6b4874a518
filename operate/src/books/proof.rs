//! The proof of the ledgers: every event's own row, and the row of the application it brought.

use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the events' own rows say of one series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub(super) struct Counted {
    pub(super) loaded: i64,
    pub(super) rejected: i64,
    pub(super) held: i64,
    /// Applications that count as loaded although no row has them at that revision or a later one.
    pub(super) unproven: i64,
}

#[derive(FromRow)]
struct CountedRow {
    node_id: String,
    epoch: Uuid,
    #[sqlx(flatten)]
    counted: Counted,
}

const COUNT: &str = "
    SELECT e.node_id, e.epoch,
           count(*) FILTER (WHERE e.outcome = 'loaded') AS loaded,
           count(*) FILTER (WHERE e.outcome = 'rejected') AS rejected,
           count(*) FILTER (WHERE e.outcome = 'held') AS held,
           count(*) FILTER (WHERE e.outcome = 'loaded' AND e.kind = 'application' AND e.sequence <= $1
                              AND (a.application_id IS NULL OR a.revision < e.revision)) AS unproven
      FROM event_outcome_current AS e
      LEFT JOIN application AS a ON a.application_id = e.application_id
     WHERE e.node_id IS NOT NULL AND e.epoch IS NOT NULL
     GROUP BY e.node_id, e.epoch";

/// Counts every event's row, up to `step` (a step of match) where rows are held against each other.
pub(super) async fn count(
    conn: &mut PgConnection,
    step: i64,
) -> Result<BTreeMap<(String, Uuid), Counted>, DatabaseFault> {
    let rows: Vec<CountedRow> = sqlx::query_as(COUNT).bind(step).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.node_id, row.epoch), row.counted))
        .collect())
}

const WITHOUT_RESIDENT: &str = "
    SELECT count(*)
      FROM application AS a
     WHERE a.status = 'loaded' AND a.sequence <= $1
       AND NOT EXISTS (SELECT FROM resident AS r WHERE r.resident_id = a.resident_id)";

/// Applications that count as loaded although the register doesn't have their resident.
pub(super) async fn without_resident(conn: &mut PgConnection, step: i64) -> Result<i64, DatabaseFault> {
    Ok(sqlx::query_scalar(WITHOUT_RESIDENT)
        .bind(step)
        .fetch_one(conn)
        .await?)
}
