//! The local stack that the tests work on, one test at a time.

use crate::until;
use runtime::settings::KafkaSettings;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Holds the turn on the PostgreSQL server; any number that no program of ours uses.
const TURN: i64 = 0x0e2e_7e57;
/// How long a test waits for those before it.
const PATIENCE: Duration = Duration::from_secs(900);

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    kafka: KafkaSettings,
    database: DatabaseSection,
}

#[derive(Deserialize)]
struct DatabaseSection {
    url: SecretString,
}

/// Where the stack is.
#[derive(Clone, Debug)]
pub struct Stack {
    pub kafka: KafkaSettings,
    /// Brokers that hold each partition.
    pub replication: i32,
    /// The database server's URL without a database.
    server: SecretString,
}

impl Stack {
    /// The stack of this folder or one above it.
    pub fn find() -> Self {
        let settings: Settings = runtime::settings::load(None)
            .expect("the local stack is found: start it with `deploy/local/stack start`");
        let url = settings.database.url.expose_secret();
        let (server, _) = url.rsplit_once('/').expect("database.url names a database");
        Self {
            kafka: settings.kafka,
            replication: 1,
            server: server.into(),
        }
    }

    /// Other servers: brokers by their addresses, PostgreSQL by its URL without a database.
    pub fn at(brokers: &str, replication: i32, server: &str) -> Self {
        let kafka = KafkaSettings {
            brokers: brokers.to_owned(),
            ..KafkaSettings::default()
        };
        Self {
            kafka,
            replication,
            server: server.into(),
        }
    }

    /// The same database server, and another Kafka.
    pub fn with_kafka(self, kafka: KafkaSettings) -> Self {
        Self { kafka, ..self }
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> SecretString {
        format!("{}/{database}", self.server.expose_secret()).into()
    }

    pub async fn connect(&self, database: &str) -> PgConnection {
        PgConnection::connect(self.url(database).expose_secret())
            .await
            .expect("the local stack's PostgreSQL answers: start it with `deploy/local/stack start`")
    }

    /// Runs one statement outside every test's database.
    pub async fn administer(&self, statement: String) {
        let mut server = self.connect("postgres").await;
        let ran = sqlx::query(&statement).execute(&mut server).await;
        ran.expect("the role may make and drop databases");
    }

    /// The folder that all tests on this stack keep their files in.
    pub fn folder(&self) -> PathBuf {
        let server = self.server.expose_secret();
        let port: String = server.chars().rev().take_while(char::is_ascii_digit).collect();
        let port: String = port.chars().rev().collect();
        std::env::temp_dir().join(format!("intake-e2e-{port}"))
    }
}

/// The right to work on the stack. Tests would take each other's processor time, so one runs after
/// the other, whichever process it is in; and what is found at the start of a turn is a leftover.
pub struct Turn {
    _held: PgConnection,
}

impl Turn {
    pub fn take(stack: &Stack, runtime: &Runtime) -> Self {
        let (mut server, started) = (runtime.block_on(stack.connect("postgres")), Instant::now());
        until("the tests before this one have ended", PATIENCE, || {
            let asked = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(TURN);
            let taken: bool = runtime
                .block_on(asked.fetch_one(&mut server))
                .expect("the server answers");
            taken.then_some(())
        });
        eprintln!("it had to wait {:?} for its turn", started.elapsed());
        Self { _held: server }
    }
}
