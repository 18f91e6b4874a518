//! Watches rows become visible, at next to no cost to the database that is being measured.

use anyhow::Result;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
use tests::Database;
use tokio::runtime::Runtime;

pub struct Visible {
    runtime: Runtime,
    conn: PgConnection,
}

impl Visible {
    pub fn connect(database: &Database) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let url = database.url();
        let conn = runtime.block_on(PgConnection::connect(url.expose_secret()))?;
        Ok(Self { runtime, conn })
    }

    /// Whether so many steps of match are there. They are counted only once the last of them is, which
    /// the index tells.
    pub fn has(&mut self, steps: i64) -> Result<bool> {
        const LAST: &str = "SELECT COALESCE(max(sequence), 0) FROM intake_event";
        const ALL: &str = "SELECT count(*) FROM intake_event";
        Ok(self.number(LAST)? >= steps && self.number(ALL)? >= steps)
    }

    fn number(&mut self, query: &'static str) -> Result<i64> {
        let asked = sqlx::query_scalar(query).fetch_one(&mut self.conn);
        Ok(self.runtime.block_on(asked)?)
    }
}
