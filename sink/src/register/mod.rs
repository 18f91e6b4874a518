//! The register's tables: each file holds one with its SQL.

pub(crate) mod application;
mod arrays;
mod copy;
pub(crate) mod dead_letter;
pub(crate) mod document;
pub(crate) mod edge;
pub(crate) mod erasure;
pub(crate) mod event;
pub(crate) mod indexes;
pub(crate) mod ledger;
pub(crate) mod letter;
mod load;
mod migration;
pub(crate) mod moved;
pub(crate) mod node;
pub(crate) mod number;
pub(crate) mod position;
pub(crate) mod resident;
pub(crate) mod review;
mod table;

pub(crate) use load::{Batch, Loaded, load};
pub use migration::MIGRATOR;
use table::Table;
pub use table::Written;

use crate::fault::DatabaseFault;
use runtime::Fault;
use schemas::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::str::FromStr;

/// The tables that rows are copied into.
pub(crate) fn copied() -> [&'static Table; 5] {
    [
        &resident::TABLE,
        &resident::HISTORY,
        &number::TABLE,
        &application::TABLE,
        &event::TABLE,
    ]
}

/// The central database. Cheap to clone; holds no connection. Its tables lie in the first schema of
/// the connection's search path.
#[derive(Clone, Debug)]
pub struct Register {
    options: PgConnectOptions,
}

impl Register {
    /// A register by its URL, `postgres://user:password@host:port/database`.
    ///
    /// # Errors
    /// Fatal when the URL can't be understood. The text doesn't repeat it.
    pub fn new(url: &SecretString) -> Result<Self, Fault> {
        let options = PgConnectOptions::from_str(url.expose_secret()).map_err(DatabaseFault::from)?;
        let quiet = tracing::log::LevelFilter::Off; // statements are ours; what they cost is a metric
        // So that whoever looks at the server's sessions sees whose each is.
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(std::path::Path::file_name);
        Ok(Self {
            options: options
                .application_name(&program.unwrap_or_default().to_string_lossy())
                .log_statements(quiet)
                .log_slow_statements(quiet, Default::default()),
        })
    }

    /// A register by its URL, once it answers and its schema is this version's.
    ///
    /// # Errors
    /// As [`Self::new`] and [`Self::check`].
    pub async fn connect(url: &SecretString) -> Result<Self, Fault> {
        let register = Self::new(url)?;
        register.check().await?;
        Ok(register)
    }

    /// The tables of another schema of the same database, and of no other.
    #[must_use]
    pub fn in_schema(&self, schema: &str) -> Self {
        Self {
            options: self.options.clone().options([("search_path", schema)]),
        }
    }

    /// The same with the rights of a group role, which owns what is made.
    #[must_use]
    pub fn acting_as(&self, role: &str) -> Self {
        Self {
            options: self.options.clone().options([("role", role)]),
        }
    }

    /// A new connection. The caller owns its transactions.
    ///
    /// # Errors
    /// Transient when the server can't be reached or doesn't let us in.
    pub async fn open(&self) -> Result<PgConnection, DatabaseFault> {
        self.options.connect().await.map_err(DatabaseFault::of_connecting)
    }

    /// A new connection that says under this name what our program waits for, to whoever looks at the server's sessions.
    pub(crate) async fn open_as(&self, name: &str) -> Result<PgConnection, DatabaseFault> {
        let named = Self {
            options: self.options.clone().application_name(name),
        };
        named.open().await
    }

    /// A new connection with what loading needs.
    pub(crate) async fn open_for_loading(&self) -> Result<PgConnection, DatabaseFault> {
        let mut conn = self.open().await?;
        for setting in [
            // Room to sort a batch in memory.
            "SET work_mem = '64MB'",
            // A frozen sink must not hold its positions' rows against the one that took its partitions.
            "SET idle_in_transaction_session_timeout = '60s'",
            // Nor one that is gone: the server looks for us while it works, and while it waits.
            "SET client_connection_check_interval = '5s'",
            "SET tcp_keepalives_idle = 20",
            "SET tcp_keepalives_interval = 10",
            "SET tcp_keepalives_count = 3",
        ] {
            sqlx::query(setting).execute(&mut conn).await?;
        }
        for table in copied() {
            table.prepare(&mut conn).await?;
        }
        Ok(conn)
    }
}

/// A moment as PostgreSQL reads it; infinite outside the years 1 to 9999.
pub(crate) fn moment(at: Timestamp) -> String {
    match at.to_utc() {
        Some(_) => at.to_string(),
        None if at.0 < 0 => "-infinity".to_owned(),
        None => "infinity".to_owned(),
    }
}

/// A verification stage as it is stored. One out of range stays out of range.
pub(crate) fn stage(stage: i32) -> i16 {
    i16::try_from(stage).unwrap_or(i16::MAX)
}
