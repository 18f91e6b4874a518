//! A broken environment is waited for: no dead letter, nothing lost, no spin, and readiness says so.

use super::counters::Counters;
use super::feed::{Feed, lane, positions_at_zero};
use super::line::Line;
use super::order::empty;
use super::states::assert_paced;
use super::{count, records, register};
use crate::fixture::database::Database;
use crate::fixture::history::History;
use crate::register::Register;
use runtime::health::Health;
use runtime::kafka::Record;
use runtime::retry::Backoff;
use runtime::{Fault, Remedy, Stop};
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

pub(super) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(super) const STEPS: usize = 100;

/// What readiness says, and the statements that make and mend it, `@` standing for the database's
/// name. Connections that are open are ended in between, so that the lane's next one meets it.
const BREAKAGES: [(&str, &[&str], &[&str]); 5] = [
    (
        "SQLSTATE 53300",
        &["ALTER DATABASE @ CONNECTION LIMIT 0"],
        &["ALTER DATABASE @ CONNECTION LIMIT -1"],
    ),
    (
        "SQLSTATE 25006",
        &["ALTER DATABASE @ SET default_transaction_read_only = on"],
        &["ALTER DATABASE @ RESET default_transaction_read_only"],
    ),
    (
        "SQLSTATE 42501",
        &["REVOKE INSERT ON intake_event FROM CURRENT_USER"],
        &["GRANT INSERT ON intake_event TO CURRENT_USER"],
    ),
    (
        "SQLSTATE 57014",
        &["ALTER DATABASE @ SET statement_timeout = '100ms'", "BEGIN", LOCK],
        &["ROLLBACK", "ALTER DATABASE @ RESET statement_timeout"],
    ),
    (
        "SQLSTATE 55P03",
        &["ALTER DATABASE @ SET lock_timeout = '100ms'", "BEGIN", LOCK],
        &["ROLLBACK", "ALTER DATABASE @ RESET lock_timeout"],
    ),
];
const LOCK: &str = "LOCK TABLE intake_event IN EXCLUSIVE MODE";
const END: &str = "
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = CURRENT_USER AND pid <> pg_backend_pid()";

#[test]
fn waits_double_and_differ_between_sinks() {
    let waits = || {
        let mut backoff = Backoff::default();
        [(); 8].map(|()| backoff.next_delay().as_millis())
    };
    let (ours, others) = (waits(), waits());
    for (wait, least) in ours.iter().zip([100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
        assert!((least..=2 * least).contains(wait), "{wait} for {least}");
    }
    assert_ne!(ours, others);
}

#[tokio::test]
async fn every_breakage_is_waited_for() {
    let (database, register) = register().await;
    let mut conn = register.open().await.expect("a connection");
    let records = records(&History::new(6, 4).steps(STEPS));
    for (says, breaking, mending) in BREAKAGES {
        empty(&mut conn).await;
        positions_at_zero(&register).await;
        let half = HalfLoaded::of(&register, &records).await;
        run(&mut conn, &database, breaking).await;
        sqlx::query(END).execute(&mut conn).await.expect("ended");
        let waiting = half.waits(&records, says).await;
        run(&mut conn, &database, mending).await;
        waiting.ends(says).await;
        assert_all_is_there(&register).await;
    }
}

#[tokio::test]
async fn an_ended_connection_is_made_anew() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let mut conn = register.open().await.expect("a connection");
    let records = records(&History::new(6, 4).steps(STEPS));
    let half = HalfLoaded::of(&register, &records).await;
    sqlx::query(END).execute(&mut conn).await.expect("ended");
    half.feed.send(&records[records.len() / 2..]);
    half.ends("an ended connection").await;
    assert_all_is_there(&register).await;
}

#[tokio::test]
async fn a_server_that_is_out_of_reach_is_waited_for() {
    let (database, register) = register().await;
    positions_at_zero(&register).await;
    let records = records(&History::new(6, 4).steps(STEPS));
    let mut line = Line::to(database.url()).await;
    let through = Register::new(&line.url()).expect("a URL");
    let half = HalfLoaded::of(&through, &records).await;
    line.cut().await;
    let waiting = half.waits(&records, "no connection to the database").await;
    line.mend().await;
    waiting.ends("a cut line").await;
    assert_all_is_there(&register).await;
}

#[tokio::test]
async fn a_line_that_died_silently_is_given_up() {
    let (database, register) = register().await;
    positions_at_zero(&register).await;
    let records = records(&History::new(6, 4).steps(STEPS));
    let mut line = Line::to(database.url()).await;
    let through = Register::new(&line.url()).expect("a URL");
    let half = HalfLoaded::of(&through, &records).await;
    line.die();
    half.feed.send(&records[records.len() / 2..]);
    until("readiness says that no answer came", async || {
        let why = half.health.why_not();
        why.is_some_and(|why| why.contains("didn't answer in time"))
    })
    .await;
    line.mend().await;
    half.ends("a dead line").await;
    assert_all_is_there(&register).await;
}

#[tokio::test]
async fn a_renamed_column_stops_the_sink() {
    let (_database, register) = register().await;
    positions_at_zero(&register).await;
    let mut conn = register.open().await.expect("a connection");
    let records = records(&History::new(7, 4).steps(STEPS));
    let half = HalfLoaded::of(&register, &records).await;
    let rename = "ALTER TABLE intake_event RENAME COLUMN ruleset TO rules";
    sqlx::query(rename).execute(&mut conn).await.expect("renamed");
    sqlx::query(END).execute(&mut conn).await.expect("ended");
    half.feed.send(&records[records.len() / 2..]);
    let fault = half.loading.await.expect("no panic").expect_err("stopped");
    assert_eq!(fault.remedy(), Remedy::Fatal, "{fault}");
    let text = fault.to_string();
    assert!(
        text.contains("SQLSTATE 42703") && text.contains("run `intake-sink migrate`"),
        "{text}"
    );
    let passed = count(&mut conn, "SELECT sum(next_offset)::bigint FROM sink_position").await;
    assert_eq!(
        passed,
        records.len() as i64 / 2,
        "the positions stand where the rows are"
    );
    assert_eq!(count(&mut conn, "SELECT count(*) FROM dead_letter").await, 0);
}

async fn run(conn: &mut PgConnection, database: &Database, statements: &[&str]) {
    for statement in statements {
        let statement = statement.replace('@', &database.name);
        sqlx::query(&statement).execute(&mut *conn).await.expect("ran");
    }
}

/// A lane that has loaded half of what it is to load.
pub(super) struct HalfLoaded {
    counters: Counters,
    health: Health,
    feed: Feed,
    loading: JoinHandle<Result<(), Fault>>,
}

impl HalfLoaded {
    pub(super) async fn of(register: &Register, records: &[Record]) -> Self {
        let (counters, health) = (Counters::start(), Health::default());
        let (feed, loading) = lane(register, &health, &Stop::manual());
        let half = &records[..records.len() / 2];
        feed.send(half);
        until("half of it is loaded", async || {
            counters.of("intake_sink_records_total{lane=\"lane-0\"}") == half.len() as u64
        })
        .await;
        Self {
            counters,
            health,
            feed,
            loading,
        }
    }

    /// Sends the other half, and sees it tried again and again, while readiness says why.
    pub(super) async fn waits(self, records: &[Record], says: &str) -> Self {
        let since = Instant::now();
        self.feed.send(&records[records.len() / 2..]);
        until(says, async || {
            let why = self.health.why_not();
            why.is_some_and(|why| why.contains(says)) && self.retries() >= 2
        })
        .await;
        assert_paced(self.retries(), since.elapsed(), says);
        self
    }

    pub(super) async fn ends(self, what: &str) {
        drop(self.feed);
        self.loading.await.expect("no panic").expect(what);
        assert_eq!(self.health.why_not(), None, "{what}");
    }

    fn retries(&self) -> u64 {
        ["transient", "saturated"]
            .map(|remedy| format!("intake_sink_retries_total{{remedy=\"{remedy}\"}}"))
            .iter()
            .map(|series| self.counters.of(series))
            .sum()
    }
}

pub(super) async fn assert_all_is_there(register: &Register) {
    let mut conn = register.open().await.expect("a connection");
    let steps = STEPS as i64;
    assert_eq!(count(&mut conn, "SELECT count(*) FROM intake_event").await, steps);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM application").await, steps);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM dead_letter").await, 0);
}
