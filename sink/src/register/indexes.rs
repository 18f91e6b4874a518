//! Secondary indexes, set aside while a register is filled: an entry made for each row costs several times
//! what building the whole index at once does.

use crate::fault::DatabaseFault;
use sqlx::{Connection, PgConnection};

/// Of the tables that rows go into by the million, but for what a constraint stands on.
const SECONDARY: &str = "
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
      FROM pg_index i
      JOIN pg_class t ON t.oid = i.indrelid
     WHERE t.relnamespace = current_schema()::regnamespace
       AND t.relname IN ('resident', 'resident_history', 'application', 'intake_event', 'match_edge')
       AND NOT i.indisunique
     ORDER BY 1";

/// Drops the secondary indexes of an empty register, and notes how they are built. Those that an earlier
/// bulk load has set aside stay so, and the register may have rows then. False, and nothing done, when it has rows and
/// none is set aside.
///
/// # Errors
/// Those of the database.
pub(crate) async fn set_aside(conn: &mut PgConnection) -> Result<bool, DatabaseFault> {
    const BEGUN: &str = "SELECT EXISTS (SELECT FROM set_aside_index)";
    const FILLED: &str = "SELECT EXISTS (SELECT FROM intake_event) OR EXISTS (SELECT FROM resident)";
    let mut transaction = conn.begin().await?;
    if sqlx::query_scalar(BEGUN).fetch_one(&mut *transaction).await? {
        tracing::info!("a bulk load goes on that was begun before");
        return Ok(true);
    }
    if sqlx::query_scalar(FILLED).fetch_one(&mut *transaction).await? {
        return Ok(false);
    }
    let dropped = drop_secondary(&mut transaction).await?;
    transaction.commit().await?;
    tracing::info!(indexes = dropped, "secondary indexes are set aside");
    Ok(true)
}

async fn drop_secondary(conn: &mut PgConnection) -> Result<usize, DatabaseFault> {
    let indexes: Vec<(String, String)> = sqlx::query_as(SECONDARY).fetch_all(&mut *conn).await?;
    for (name, definition) in &indexes {
        sqlx::query("INSERT INTO set_aside_index (name, definition) VALUES ($1, $2)")
            .bind(name)
            .bind(definition)
            .execute(&mut *conn)
            .await?;
        sqlx::query(&format!("DROP INDEX {name}"))
            .execute(&mut *conn)
            .await?;
    }
    Ok(indexes.len())
}

/// Builds the indexes that were set aside, one after the other; then tells the planner what the tables hold.
///
/// # Errors
/// Those of the database. What was built stays, and is not built again.
pub(crate) async fn put_back(conn: &mut PgConnection) -> Result<(), DatabaseFault> {
    const ASIDE: &str = "SELECT name, definition FROM set_aside_index ORDER BY name";
    sqlx::query("SET maintenance_work_mem = '256MB'")
        .execute(&mut *conn)
        .await?;
    let aside: Vec<(String, String)> = sqlx::query_as(ASIDE).fetch_all(&mut *conn).await?;
    for (name, definition) in &aside {
        let mut transaction = conn.begin().await?;
        sqlx::query(definition).execute(&mut *transaction).await?;
        sqlx::query("DELETE FROM set_aside_index WHERE name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        tracing::info!("index {name} is built");
    }
    sqlx::query("ANALYZE resident, resident_history, application, intake_event, match_edge")
        .execute(conn)
        .await?;
    Ok(())
}

/// How many indexes a bulk load has set aside and not built again.
pub(crate) async fn aside(conn: &mut PgConnection) -> Result<i64, DatabaseFault> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM set_aside_index")
        .fetch_one(conn)
        .await?)
}
