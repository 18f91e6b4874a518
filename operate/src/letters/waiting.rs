//! How many dead letters wait for a decision, and since when.

use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

/// Those of one stage and reason.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Waiting {
    pub(crate) stage: String,
    pub(crate) reason: String,
    pub(crate) count: i64,
    pub(crate) oldest_seconds: f64,
}

const WAITING: &str = "
    SELECT stage::text AS stage, reason, count(*) AS count,
           extract(epoch FROM clock_timestamp() - min(at))::float8 AS oldest_seconds
      FROM dead_letter_state
     WHERE NOT settled
     GROUP BY stage, reason
     ORDER BY stage, reason";

/// All that wait, by stage and reason.
///
/// # Errors
/// As the database has it.
pub(crate) async fn waiting(conn: &mut PgConnection) -> Result<Vec<Waiting>, DatabaseFault> {
    Ok(sqlx::query_as(WAITING).fetch_all(conn).await?)
}
