//! Every class of SQLSTATE, raised by the server itself while a lane loads: the environment is waited
//! for, a bad record is put aside, what nobody can mend stops the sink.

use super::counters::Counters;
use super::environment::until;
use super::feed::{Feed, lane, positions_at_zero};
use super::{count, records, register};
use crate::fixture::history::History;
use crate::register::Register;
use runtime::Remedy::{self, Data, Fatal, Saturated, Transient};
use runtime::health::Health;
use runtime::kafka::Record;
use runtime::{Fault, Stop};
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

const STATES: [(&str, Remedy, &str); 32] = [
    ("08006", Transient, "the connection broke"),
    ("25006", Transient, "a standby, or a read-only database"),
    ("25P03", Transient, "idle for too long in a transaction"),
    ("28P01", Transient, "a password is being changed"),
    ("40001", Transient, "serialisation"),
    ("40P01", Transient, "deadlock: the same batch passes next time"),
    ("42501", Transient, "a grant was revoked: no fault of the record"),
    ("55P03", Transient, "a lock was not to be had"),
    ("57014", Transient, "a statement took too long"),
    ("57P01", Transient, "an administrator ended the connection"),
    ("57P03", Transient, "the server starts or stops"),
    ("58030", Transient, "input or output failed"),
    ("53100", Saturated, "disk full is no fault of the record"),
    ("53200", Saturated, "out of memory"),
    ("53300", Saturated, "too many connections"),
    ("53400", Saturated, "a limit such as temp_file_limit"),
    ("22001", Data, "a text is too long"),
    ("22003", Data, "a number is out of range"),
    ("22021", Data, "a NUL byte in a text"),
    ("22P05", Data, "a NUL escape in JSON"),
    ("23502", Data, "a value is missing"),
    ("23505", Data, "a key is there, and replaying doesn't explain it"),
    ("23514", Data, "a check is broken"),
    ("54000", Data, "too large for an index"),
    ("0A000", Fatal, "not supported: a changed plan"),
    ("21000", Fatal, "the same key twice in a batch is our own bug"),
    ("3D000", Fatal, "no such database"),
    ("42703", Fatal, "no such column"),
    ("42P01", Fatal, "no such table: the schema is another version's"),
    ("P0001", Fatal, "a trigger that somebody made"),
    ("XX001", Fatal, "the data are damaged"),
    ("ZZ999", Fatal, "nobody listed it"),
];

/// Steps loaded under each state; the first one meets it.
const STEPS: i64 = 8;

#[tokio::test]
async fn every_state_gets_its_remedy() {
    let (_database, register) = register().await;
    let mut conn = register.open().await.expect("a connection");
    let records = records(&History::new(11, 4).steps(STEPS as usize));
    let counters = Counters::start();
    for (state, remedy, why) in STATES {
        let what = format!("{state}: {why}");
        super::order::empty(&mut conn).await;
        positions_at_zero(&register).await;
        raise(&mut conn, state).await;
        let trial = Trial::start(&register, &records, &what);
        match remedy {
            Transient | Saturated => trial.heals_by_waiting(&mut conn, &counters, remedy).await,
            Data => trial.puts_one_aside(&mut conn).await,
            Fatal => trial.stops_the_sink(&mut conn).await,
        }
    }
}

/// Makes the server answer `state` when the first step's event is inserted.
async fn raise(conn: &mut PgConnection, state: &str) {
    let function = format!(
        "CREATE OR REPLACE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
    );
    const TRIGGER: &str = "
        CREATE OR REPLACE TRIGGER raise BEFORE INSERT ON intake_event
           FOR EACH ROW WHEN (NEW.sequence = 1) EXECUTE FUNCTION raise()";
    for statement in [function.as_str(), TRIGGER] {
        sqlx::query(statement).execute(&mut *conn).await.expect("made");
    }
}

/// A lane that meets a state in its first batch.
struct Trial<'a> {
    what: &'a str,
    records: i64,
    health: Health,
    since: Instant,
    loading: JoinHandle<Result<(), Fault>>,
    feed: Feed,
}

impl<'a> Trial<'a> {
    fn start(register: &Register, records: &[Record], what: &'a str) -> Self {
        let health = Health::default();
        let since = Instant::now();
        let (feed, loading) = lane(register, &health, &Stop::manual());
        feed.send(records);
        Self {
            what,
            records: records.len() as i64,
            health,
            since,
            loading,
            feed,
        }
    }

    async fn heals_by_waiting(self, conn: &mut PgConnection, counters: &Counters, remedy: Remedy) {
        let what = self.what;
        let series = format!("intake_sink_retries_total{{remedy=\"{}\"}}", remedy.name());
        let before = counters.of(&series);
        let state = format!("SQLSTATE {}", &what[..5]);
        until(what, async || {
            self.health.why_not().is_some_and(|why| why.contains(&state))
        })
        .await;
        until(what, async || counters.of(&series) >= before + 2).await;
        assert_paced(counters.of(&series) - before, self.since.elapsed(), what);
        assert_eq!(stand(conn).await, (0, 0, 0), "{what}");
        // Whoever looks at the server's sessions is told of a full disk, and of nothing else.
        let told = i64::from(what.starts_with("53100"));
        until(what, async || telling(conn).await == told).await;
        sqlx::query("DROP TRIGGER raise ON intake_event")
            .execute(&mut *conn)
            .await
            .expect("mended");
        drop(self.feed);
        self.loading.await.expect("no panic").expect(what);
        assert_eq!(self.health.why_not(), None, "{what}");
        assert_eq!(stand(conn).await, (STEPS, 0, self.records), "{what}");
        until(what, async || telling(conn).await == 0).await;
    }

    async fn puts_one_aside(self, conn: &mut PgConnection) {
        drop(self.feed);
        self.loading.await.expect("no panic").expect(self.what);
        assert_eq!(self.health.why_not(), None, "{}", self.what);
        assert_eq!(stand(conn).await, (STEPS - 1, 1, self.records), "{}", self.what);
        const STATE: &str = "SELECT sqlstate FROM dead_letter WHERE sequence = 1";
        let state: String = sqlx::query_scalar(STATE).fetch_one(conn).await.expect("one");
        assert_eq!(state, self.what[..5]);
    }

    async fn stops_the_sink(self, conn: &mut PgConnection) {
        let fault = self.loading.await.expect("no panic").expect_err(self.what);
        assert_eq!(fault.remedy(), Fatal, "{}", self.what);
        assert!(fault.to_string().contains(&self.what[..5]), "{fault}");
        assert_eq!(stand(conn).await, (0, 0, 0), "{}", self.what);
    }
}

/// Sessions that say that there is no room.
async fn telling(conn: &mut PgConnection) -> i64 {
    const SESSIONS: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";
    let asked = sqlx::query_scalar(SESSIONS).bind(crate::NO_ROOM);
    asked.fetch_one(conn).await.expect("counted")
}

/// Events loaded, dead letters, and records that the positions have passed.
async fn stand(conn: &mut PgConnection) -> (i64, i64, i64) {
    (
        count(conn, "SELECT count(*) FROM intake_event").await,
        count(conn, "SELECT count(*) FROM dead_letter").await,
        count(conn, "SELECT sum(next_offset)::bigint FROM sink_position").await,
    )
}

/// Between `tries` tries a sink has waited 100 ms, 200 ms, 400 ms … up to 5 s, jitter not counted.
pub(super) fn assert_paced(tries: u64, elapsed: Duration, what: &str) {
    let waited: u64 = (1..tries)
        .map(|pause| (100 << (pause - 1).min(6)).min(5000))
        .sum();
    assert!(
        elapsed >= Duration::from_millis(waited),
        "{what}: {tries} tries within {elapsed:?}"
    );
}
