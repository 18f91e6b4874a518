//! The schema's version: brought to ours by migrations, and checked before anything is loaded.

use super::Register;
use crate::fault::DatabaseFault;
use runtime::Fault;
use runtime::retry::Backoff;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// The register's schema, forward only.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// How long one who migrates waits for another. Building an index on a full table takes minutes.
const PATIENCE: Duration = Duration::from_secs(600);

impl Register {
    /// Applies the migrations that aren't applied yet, one process at a time. Those who load go on
    /// meanwhile.
    ///
    /// # Errors
    /// Transient when the server can't be reached or another migrates for more than ten minutes; fatal
    /// when a migration fails or the schema is a later version's.
    pub async fn migrate(&self) -> Result<(), Fault> {
        let mut conn = self.open().await?;
        wait_for_turn(&mut conn).await?;
        drop_unfinished_indexes(&mut conn).await?;
        let ran = run(&mut conn).await;
        // What matters is whether the migrations ran; the connection ends either way, and the turn with it.
        let _closed = conn.close().await;
        ran
    }

    /// Whether the schema is the one this version works with.
    ///
    /// # Errors
    /// Transient when the server can't be reached; fatal when a migration is missing, changed, or
    /// unknown here.
    pub async fn check(&self) -> Result<(), Fault> {
        const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
        let mut conn = self.open().await?;
        let applied: Result<Vec<i64>, DatabaseFault> = sqlx::query_scalar(APPLIED)
            .fetch_all(&mut conn)
            .await
            .map_err(DatabaseFault::from);
        let applied = match applied {
            Err(fault) if fault.state() == Some("42P01") => Vec::new(),
            other => other?,
        };
        let ours: Vec<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
        if applied == ours {
            return Ok(());
        }
        let (has, knows) = (applied.last().unwrap_or(&0), ours.last().unwrap_or(&0));
        Err(Fault::fatal(format!(
            "the register's schema is at version {has} and this intake-sink works with {knows}: {}",
            if has < knows {
                "run `intake-sink migrate`"
            } else {
                "run the newer intake-sink"
            }
        )))
    }
}

/// Runs what isn't applied yet; what gave way to writers is tried again.
async fn run(conn: &mut PgConnection) -> Result<(), Fault> {
    let (until, mut backoff) = (Instant::now() + PATIENCE, Backoff::default());
    loop {
        match MIGRATOR.run(&mut *conn).await {
            Err(MigrateError::ExecuteMigration(fault, version))
                if gave_way(&fault) && Instant::now() < until =>
            {
                tracing::info!(version, "the migration gave way to writers: trying again");
                tokio::time::sleep(backoff.next_delay()).await;
            }
            ran => return ran.map_err(migration_fault),
        }
    }
}

/// Whether a lock was not to be had in the time that the migration takes for it.
fn gave_way(fault: &sqlx::Error) -> bool {
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    fault
        .as_database_error()
        .and_then(|fault| fault.code())
        .is_some_and(|code| code == LOCK_NOT_AVAILABLE)
}

/// Waits until nobody else migrates this database.
///
/// By asking again and again: whoever waits inside a statement holds a snapshot, and an index that is
/// built concurrently waits for every snapshot older than itself, that one too.
async fn wait_for_turn(conn: &mut PgConnection) -> Result<(), Fault> {
    const TRY: &str = "SELECT pg_try_advisory_lock(hashtextextended('intake register migration', 0))";
    let (until, mut backoff) = (Instant::now() + PATIENCE, Backoff::default());
    while !sqlx::query_scalar(TRY)
        .fetch_one(&mut *conn)
        .await
        .map_err(DatabaseFault::from)?
    {
        if Instant::now() > until {
            return Err(Fault::transient(format!(
                "another process has been migrating this register for {} minutes: look for it in pg_stat_activity, \
                 and try again when it is done",
                PATIENCE.as_secs() / 60
            )));
        }
        tracing::info!("another process migrates this register: waiting for it");
        tokio::time::sleep(backoff.next_delay()).await;
    }
    Ok(())
}

/// Drops those of our indexes whose building was cut short: they are there by name, answer nothing, cost
/// every writer, and would pass for built.
async fn drop_unfinished_indexes(conn: &mut PgConnection) -> Result<(), DatabaseFault> {
    const UNFINISHED: &str = "
        SELECT c.relname::text, format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, c.relname)
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE NOT i.indisvalid AND n.nspname = current_schema()";
    let unfinished: Vec<(String, String)> = sqlx::query_as(UNFINISHED).fetch_all(&mut *conn).await?;
    let ours = |name: &str| MIGRATOR.iter().any(|migration| migration.sql.contains(name));
    for (name, drop) in unfinished {
        if ours(&name) {
            sqlx::raw_sql(&drop).execute(&mut *conn).await?;
        }
    }
    Ok(())
}

fn migration_fault(error: MigrateError) -> Fault {
    match error {
        MigrateError::Execute(error) => {
            Fault::from(DatabaseFault::from(error)).while_doing("can't migrate the register")
        }
        MigrateError::ExecuteMigration(error, version) => Fault::from(DatabaseFault::from(error))
            .while_doing(&format!("can't migrate the register to version {version}")),
        // Their texts name versions only.
        other => Fault::fatal(format!("can't migrate the register: {other}")),
    }
}
