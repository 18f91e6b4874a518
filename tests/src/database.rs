//! A database of a test's own.

use crate::stack::Stack;
use secrecy::{ExposeSecret, SecretString};
use sink::digest::{self, Digest};
use sqlx::postgres::PgRow;
use sqlx::{Decode, FromRow, PgConnection, Postgres, Type};
use std::path::Path;
use std::process::Command;
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
        self.on(async |conn| sqlx::query_scalar(query).fetch_one(conn).await)
            .unwrap_or_else(|fault| panic!("{query}: {fault}"))
    }

    /// Runs a statement.
    pub fn execute(&self, statement: &str) {
        self.on(async |conn| sqlx::raw_sql(statement).execute(conn).await)
            .unwrap_or_else(|fault| panic!("{statement}: {fault}"));
    }

    /// All rows.
    pub fn rows<T: for<'r> FromRow<'r, PgRow> + Send + Unpin>(&self, query: &str) -> Vec<T> {
        self.on(async |conn| sqlx::query_as(query).fetch_all(conn).await)
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

/// An outage.
impl Database {
    /// Lets nobody open a new connection, and breaks the open ones.
    pub fn shut_everybody_out(&self) {
        self.accept_connections(false);
        let statement = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        );
        self.runtime.block_on(self.stack.administer(statement));
    }
}

/// Backups, as an operator makes them.
impl Database {
    /// Writes the database as it is at one moment to a file; others go on writing meanwhile.
    pub fn back_up(&self, file: &Path) {
        let url = self.url();
        let args = ["--format=custom", "--dbname", url.expose_secret(), "--file"];
        run(Command::new("pg_dump").args(args).arg(file));
    }

    /// Throws the database away, whoever uses it, and puts that backup in its place.
    pub fn restore(&self, file: &Path) {
        let Self {
            name, stack, runtime, ..
        } = self;
        for statement in [
            format!("DROP DATABASE {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name}"),
        ] {
            runtime.block_on(stack.administer(statement));
        }
        let url = self.url();
        let args = ["--exit-on-error", "--dbname", url.expose_secret()];
        run(Command::new("pg_restore").args(args).arg(file));
    }
}

fn run(command: &mut Command) {
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = command
        .output()
        .unwrap_or_else(|fault| panic!("{program} doesn't run: {fault}"));
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(
        ended.status.success(),
        "{program} ended with {}: {errors}",
        ended.status
    );
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.runtime.block_on(self.stack.administer(statement));
        // Roles made for it belong to the server; with the database their rights are gone.
        let roles = format!(
            "DO $$ DECLARE role name; BEGIN
                 FOR role IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{}_') LOOP
                     EXECUTE format('DROP ROLE %I', role);
                 END LOOP;
             END $$",
            self.name
        );
        self.runtime.block_on(self.stack.administer(roles));
    }
}
