//! A broken environment is waited for: no dead letter, nothing lost, and readiness says so.

use super::owners::{owner, positions_at_zero};
use super::{count, records, register};
use crate::fixture::history::History;
use crate::register::Register;
use runtime::Stop;
use runtime::health::Health;
use sqlx::PgConnection;
use std::time::{Duration, Instant};

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn loads_through(breaking: &'static str, mending: Option<&'static str>) {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let records = records(&History::new(6, 4).steps(400));
    let (health, stop) = (Health::default(), Stop::manual());
    let mut conn = register.open().await.expect("a connection");
    let loading = owner(&register, &records, &health, &stop);
    until("some of it is loaded", async || events(&mut conn).await > 0).await;
    sqlx::query(breaking).execute(&mut conn).await.expect("broken");
    if let Some(mending) = mending {
        until("readiness says why", async || {
            health.why_not().is_some_and(|why| why.contains("SQLSTATE"))
        })
        .await;
        sqlx::query(mending).execute(&mut conn).await.expect("mended");
    }
    loading.await.expect("no panic").expect("loaded in the end");
    assert_eq!(health.why_not(), None);
    assert_all_is_there(&register).await;
}

async fn events(conn: &mut PgConnection) -> i64 {
    count(conn, "SELECT count(*) FROM intake_event").await
}

async fn assert_all_is_there(register: &Register) {
    let mut conn = register.open().await.expect("a connection");
    assert_eq!(events(&mut conn).await, 400);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM application").await, 400);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM dead_letter").await, 0);
}

#[tokio::test]
async fn an_ended_connection_is_made_anew() {
    const END: &str = "
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    loads_through(END, None).await;
}

#[tokio::test]
async fn a_revoked_grant_is_waited_for() {
    loads_through(
        "REVOKE INSERT ON intake_event FROM CURRENT_USER",
        Some("GRANT INSERT ON intake_event TO CURRENT_USER"),
    )
    .await;
}

#[tokio::test]
async fn a_renamed_column_stops_the_sink() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let mut conn = register.open().await.expect("a connection");
    let rename = "ALTER TABLE intake_event RENAME COLUMN ruleset TO rules";
    sqlx::query(rename).execute(&mut conn).await.expect("renamed");
    let records = records(&History::new(7, 4).steps(10));
    let loading = owner(&register, &records, &Health::default(), &Stop::manual());
    let fault = loading.await.expect("no panic").expect_err("stopped");
    assert_eq!(fault.remedy(), runtime::Remedy::Fatal, "{fault}");
    assert!(fault.to_string().contains("SQLSTATE 42703"), "{fault}");
    assert_eq!(count(&mut conn, "SELECT count(*) FROM dead_letter").await, 0);
}
