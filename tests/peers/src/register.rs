//! The table that all load, asked over one connection at little cost to who is being measured.

use anyhow::Result;
use bench::residents::FIRST_LATER;
use secrecy::ExposeSecret;
use sqlx::{Connection, FromRow, PgConnection};
use tests::Database;
use tokio::runtime::Runtime;

/// A column of `resident`.
#[derive(FromRow)]
pub struct Column {
    pub name: String,
    /// As PostgreSQL names it.
    pub type_name: String,
    pub not_null: bool,
}

/// When rows of one kind were committed, in milliseconds since 1970.
#[derive(FromRow)]
pub struct Commits {
    pub first: i64,
    pub last: i64,
    pub rows: i64,
    /// Rows of the commits after the first one.
    pub rows_after_first: i64,
}

pub struct Register {
    runtime: Runtime,
    conn: PgConnection,
}

impl Register {
    pub fn connect(database: &Database) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let url = database.url();
        let conn = runtime.block_on(PgConnection::connect(url.expose_secret()))?;
        Ok(Self { runtime, conn })
    }

    pub fn columns(&mut self) -> Result<Vec<Column>> {
        const COLUMNS: &str = "
            SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type_name, attnotnull AS not_null
              FROM pg_attribute WHERE attrelid = 'resident'::regclass AND attnum > 0 AND NOT attisdropped
             ORDER BY attnum";
        let asked = sqlx::query_as(COLUMNS).fetch_all(&mut self.conn);
        Ok(self.runtime.block_on(asked)?)
    }

    /// Rows written so far, those of broken transactions too, as each connection reports it about once a
    /// second.
    pub fn written(&mut self) -> Result<i64> {
        const WRITTEN: &str =
            "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'resident'";
        let asked = sqlx::query_scalar(WRITTEN).fetch_one(&mut self.conn);
        Ok(self.runtime.block_on(asked)?)
    }

    /// How many rows are in their first, or in a later state. Reads the whole table.
    pub fn count(&mut self, later: bool) -> Result<i64> {
        const COUNT: &str = "SELECT count(*) FROM resident WHERE (sequence >= $1) = $2";
        let asked = sqlx::query_scalar(COUNT).bind(FIRST_LATER).bind(later);
        Ok(self.runtime.block_on(asked.fetch_one(&mut self.conn))?)
    }

    /// When these rows were committed.
    pub fn commits(&mut self, later: bool) -> Result<Commits> {
        const COMMITS: &str = "
            WITH commits AS (
                SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::bigint AS at, count(*) AS rows
                  FROM resident WHERE (sequence >= $1) = $2 GROUP BY 1)
            SELECT min(at) AS first, max(at) AS last, sum(rows)::bigint AS rows,
                   COALESCE(sum(rows) FILTER (WHERE at > (SELECT min(at) FROM commits)), 0)::bigint AS rows_after_first
              FROM commits";
        let asked = sqlx::query_as(COMMITS).bind(FIRST_LATER).bind(later);
        Ok(self.runtime.block_on(asked.fetch_one(&mut self.conn))?)
    }

    /// What all rows say, as one number.
    pub fn fingerprint(&mut self) -> Result<String> {
        const FINGERPRINT: &str = "SELECT sum(hashtextextended(resident::text, 0))::text FROM resident";
        let asked = sqlx::query_scalar(FINGERPRINT).fetch_one(&mut self.conn);
        Ok(self.runtime.block_on(asked)?)
    }

    /// What autovacuum would do sooner or later, now.
    pub fn tidy(&mut self) -> Result<()> {
        let tidied = sqlx::query("VACUUM (ANALYZE) resident").execute(&mut self.conn);
        self.runtime.block_on(tidied)?;
        Ok(())
    }
}
