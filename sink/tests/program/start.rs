//! The real `intake-sink` at its start, when the database isn't as it should be.

use crate::fixture::database::Database;
use crate::process::{Process, limit_connections};
use sink::Register;

/// A namespace without topics.
fn namespace(database: &Database) -> String {
    database.name.replace('_', "-")
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_waited_for() {
    let database = Database::create().await;
    let register = Register::new(&database.url()).expect("a URL");
    register.migrate().await.expect("migrated");
    let mut conn = database.connect().await;
    limit_connections(&mut conn, &database, 0).await;
    let sink = Process::start(&database, &namespace(&database), &[]);
    sink.until("/readyz", "SQLSTATE 53300").await;
    sink.until("/metrics", "intake_sink_retries_total{remedy=\"saturated\"} 2")
        .await;
    limit_connections(&mut conn, &database, -1).await;
    // No topics are there, so what it waits for now is the group.
    sink.until("/readyz", "\r\n\r\nkafka: ").await;
}

#[tokio::test]
async fn another_versions_schema_ends_it_with_what_to_do() {
    let database = Database::create().await;
    let (code, log) = Process::start(&database, &namespace(&database), &[]).ended();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("run `intake-sink migrate`"), "{log}");

    let register = Register::new(&database.url()).expect("a URL");
    register.migrate().await.expect("migrated");
    const NEWER: &str = "INSERT INTO _sqlx_migrations SELECT 9999, 'newer', now(), true, '', 0";
    sqlx::query(NEWER)
        .execute(&mut database.connect().await)
        .await
        .expect("inserted");
    let (code, log) = Process::start(&database, &namespace(&database), &[]).ended();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("run the newer intake-sink"), "{log}");
}
