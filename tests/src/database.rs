//! A database of a test's own.

use crate::stack::Stack;
use secrecy::SecretString;
use sink::digest::{self, Digest};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Decode, FromRow, PgConnection, Postgres, Type};
use std::rc::Rc;
use tokio::runtime::Runtime;

/// A database with the register's schema, dropped at the end.
pub struct Database {
    name: String,
    stack: Stack,
    runtime: Rc<Runtime>,
}

impl Database {
    pub(crate) fn create(stack: &Stack, runtime: &Rc<Runtime>, name: &str) -> Self {
        let database = Self {
            name: name.to_owned(),
            stack: stack.clone(),
            runtime: Rc::clone(runtime),
        };
        runtime.block_on(async {
            stack.administer(format!("CREATE DATABASE {name}")).await;
            let register = sink::Register::new(&database.url()).expect("a database URL");
            register.migrate().await.expect("the migrations apply");
        });
        database
    }

    /// Its URL.
    pub fn url(&self) -> SecretString {
        self.stack.url(&self.name)
    }

    fn on<T>(&self, work: impl AsyncFnOnce(&mut PgConnection) -> T) -> T {
        self.runtime.block_on(async {
            let mut conn = self.stack.connect(&self.name).await;
            work(&mut conn).await
        })
    }

    /// One value.
    pub fn value<T>(&self, query: &str) -> T
    where
        T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
    {
        self.on(async |conn| sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(conn).await)
            .unwrap_or_else(|fault| panic!("{query}: {fault}"))
    }

    /// All rows.
    pub fn rows<T: for<'r> FromRow<'r, PgRow> + Send + Unpin>(&self, query: &str) -> Vec<T> {
        self.on(async |conn| sqlx::query_as(AssertSqlSafe(query)).fetch_all(conn).await)
            .unwrap_or_else(|fault| panic!("{query}: {fault}"))
    }

    /// The digest of what the register says.
    pub fn digest(&self) -> Digest {
        self.on(async |conn| digest::of(conn).await).expect("a digest")
    }

    /// Breaks every connection that others have to it; how many there were.
    pub fn break_connections(&self) -> i64 {
        self.value(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    }

    /// Lets nobody open a new connection, or everybody again. Open ones stay.
    pub fn accept_connections(&self, accepted: bool) {
        let statement = format!("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {accepted}", self.name);
        self.runtime.block_on(self.stack.administer(statement));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.runtime.block_on(self.stack.administer(statement));
    }
}
