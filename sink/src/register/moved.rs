//! `moved_application`: where applications have been that others' events moved.

use super::table::Written;
use crate::fault::DatabaseFault;
use sqlx::PgConnection;
use uuid::Uuid;

const KEEP: &str = "
    INSERT INTO moved_application (application_id, resident_id)
    SELECT * FROM UNNEST($1::uuid[], $2::uuid[])
    ON CONFLICT DO NOTHING";

/// Keeps which application came to which resident, sorted.
pub(crate) async fn keep(conn: &mut PgConnection, rows: &[(Uuid, Uuid)]) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let (applications, residents): (Vec<Uuid>, Vec<Uuid>) = rows.iter().copied().unzip();
    let query = sqlx::query(KEEP).bind(applications).bind(residents);
    let changed = query.execute(conn).await?.rows_affected();
    Ok(Written::of(rows.len(), changed))
}
