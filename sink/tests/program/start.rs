//! The real `intake-sink` at its start, when the database isn't as it should be.

use crate::fixture::database::Database;
use secrecy::ExposeSecret;
use sink::Register;
use sqlx::{AssertSqlSafe, PgConnection};
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A running `intake-sink`, ended with the test.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(database: &Database) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_intake-sink"))
            .env("INTAKE_DATABASE__URL", database.url().expose_secret())
            .env("INTAKE_HEALTH__LISTEN", address.to_string())
            .env("INTAKE_KAFKA__NAMESPACE", database.name.replace('_', "-"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("intake-sink starts");
        Self { child, address }
    }

    /// What a path answers, headers and all; none while nobody listens yet.
    async fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: sink\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        Some(answer)
    }

    async fn until(&self, path: &str, says: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let answer = self.get(path).await;
            if answer.as_ref().is_some_and(|answer| answer.contains(says)) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{path} never said {says:?}, last {answer:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its exit code and its log, when it has ended.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().expect("piped");
        stderr.read_to_string(&mut log).expect("text");
        (self.child.wait().expect("ended").code(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already, or ended now.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_waited_for() {
    let database = Database::create().await;
    let register = Register::new(&database.url()).expect("a URL");
    register.migrate().await.expect("migrated");
    let mut conn = database.connect().await;
    limit_connections(&mut conn, &database, 0).await;
    let sink = Process::start(&database);
    sink.until("/readyz", "SQLSTATE 53300").await;
    sink.until("/metrics", "intake_sink_retries_total{remedy=\"saturated\"} 2")
        .await;
    limit_connections(&mut conn, &database, -1).await;
    // No topics are there, so what it waits for now is the group.
    sink.until("/readyz", "\r\n\r\nkafka: ").await;
}

async fn limit_connections(conn: &mut PgConnection, database: &Database, most: i32) {
    let statement = format!("ALTER DATABASE {} CONNECTION LIMIT {most}", database.name);
    let altered = sqlx::query(AssertSqlSafe(statement)).execute(conn).await;
    altered.expect("altered");
}

#[tokio::test]
async fn another_versions_schema_ends_it_with_what_to_do() {
    let database = Database::create().await;
    let (code, log) = Process::start(&database).ended();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("run `intake-sink migrate`"), "{log}");

    let register = Register::new(&database.url()).expect("a URL");
    register.migrate().await.expect("migrated");
    const NEWER: &str = "INSERT INTO _sqlx_migrations SELECT 9999, 'newer', now(), true, '', 0";
    sqlx::query(NEWER)
        .execute(&mut database.connect().await)
        .await
        .expect("inserted");
    let (code, log) = Process::start(&database).ended();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("run the newer intake-sink"), "{log}");
}
