//! From the topic to the tables, through a real Kafka and a real PostgreSQL.

use crate::fixture::database::Database;
use crate::fixture::history::{History, Keyed};
use crate::process::{Process, limit_connections};
use runtime::health::Health;
use runtime::kafka::{Boundaries, Cluster, Partition};
use runtime::{Fault, Stop};
use schemas::provinces::Provinces;
use schemas::topics;
use sink::Register;
use sink::digest::{self, Digest};
use sink::pipeline::Pipeline;
use sink::settings::Limits;
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

const PROVINCES: &str =
    "home = 'dien-bien'\n[[province]]\ncode = '11'\nslug = 'dien-bien'\nname = 'Điện Biên'\n";
pub const STEPS: usize = 6000;

/// A namespace of its own on the local stack's cluster.
pub struct Namespace {
    pub cluster: Cluster,
    topics: Vec<String>,
}

impl Namespace {
    pub async fn create() -> Self {
        let cluster = crate::fixture::cluster::namespace();
        let specs = topics::all(&provinces());
        cluster.create_topics(&specs, 1, false).await.expect("topics");
        Self {
            cluster,
            topics: specs.into_iter().map(|spec| spec.name).collect(),
        }
    }

    pub fn name(&self) -> String {
        let full = self.cluster.namespace().full("");
        full.trim_end_matches(|c: char| !c.is_ascii_alphanumeric())
            .to_owned()
    }

    pub async fn delete(self) {
        self.cluster.delete_topics(&self.topics).await.expect("deleted");
    }

    pub fn publish(&self, changes: &[Keyed]) {
        let producer = self.cluster.producer().expect("a producer");
        for change in changes {
            producer
                .send(topics::CHANGES, &change.key, &change.encode(), 0)
                .expect("sent");
        }
        producer.flush(Duration::from_secs(30)).expect("acknowledged");
    }

    pub fn sink(&self, register: &Register, stop: &Stop) -> JoinHandle<Result<(), Fault>> {
        let pipeline = Pipeline {
            cluster: self.cluster.clone(),
            provinces: provinces(),
            register: register.clone(),
            limits: Limits {
                batch_rows: 300,
                ..Limits::default()
            },
            session_timeout: Duration::from_secs(6),
            grace: Duration::from_secs(20),
            health: Health::default(),
        };
        let stop = stop.clone();
        tokio::spawn(async move { pipeline.run(&stop).await })
    }

    /// What a register says into which a sink that nobody disturbs has loaded all of it.
    pub async fn loaded_quietly(&self) -> Digest {
        let (database, register) = empty_register().await;
        let stop = Stop::manual();
        let sink = self.sink(&register, &stop);
        let mut conn = database.connect().await;
        wait_for(&mut conn, STEPS as i64).await;
        stop.request();
        sink.await.expect("no panic").expect("ended in order");
        digest::of(&mut conn).await.expect("a digest")
    }
}

fn provinces() -> Provinces {
    Provinces::parse(PROVINCES).expect("provinces")
}

/// A settings file with the provinces of these tests.
pub fn settings() -> String {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (settings, list) = (folder.join("sink.toml"), folder.join("sink-provinces.toml"));
    std::fs::write(&list, PROVINCES).expect("written");
    let text = format!("provinces = '{}'\n[sink]\nbatch_rows = 300\n", list.display());
    std::fs::write(&settings, text).expect("written");
    settings.display().to_string()
}

pub async fn events(conn: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM intake_event")
        .fetch_one(conn)
        .await
        .expect("a count")
}

pub async fn wait_for(conn: &mut PgConnection, count: i64) {
    // A debug build may share its cores with a compiler.
    let deadline = Instant::now() + Duration::from_secs(240);
    while events(conn).await < count {
        assert!(
            Instant::now() < deadline,
            "only {} of {count} events were loaded in time",
            events(conn).await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn empty_register() -> (Database, Register) {
    let database = Database::create().await;
    let register = Register::new(&database.url()).expect("a URL");
    register.migrate().await.expect("migrated");
    (database, register)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_dies_in_the_middle_loads_everything_once() {
    let namespace = Namespace::create().await;
    let changes = History::new(9, 4).steps(STEPS);
    namespace.publish(&changes);
    let (database, register) = empty_register().await;
    let mut conn = database.connect().await;

    for part in 1..=3 {
        let stop = Stop::manual();
        let sink = namespace.sink(&register, &stop);
        wait_for(&mut conn, (STEPS / 4 * part) as i64).await;
        // Its lanes are dropped wherever they stand, with their transactions open.
        sink.abort();
        stop.request();
        assert!(sink.await.is_err_and(|ended| ended.is_cancelled()));
    }
    let stop = Stop::manual();
    let sink = namespace.sink(&register, &stop);
    wait_for(&mut conn, STEPS as i64).await;
    stop.request();
    sink.await.expect("no panic").expect("ended in order");

    assert_eq!(events(&mut conn).await, STEPS as i64);
    let partitions: Vec<Partition> = (0..topics::CHANGES_PARTITIONS)
        .map(|n| Partition::new(topics::CHANGES, n))
        .collect();
    let told = namespace
        .cluster
        .group_offsets(topics::GROUP_SINK)
        .expect("a client")
        .committed(&partitions)
        .expect("told");
    assert_eq!(
        told.into_iter().flatten().sum::<i64>(),
        changes.len() as i64,
        "the group hears how far it is loaded"
    );

    let digests = [
        digest::of(&mut conn).await.expect("a digest"),
        namespace.loaded_quietly().await,
    ];
    assert_eq!(digests[0], digests[1], "as if nothing had happened");
    assert!(
        digests[0].tables.iter().all(|table| table.rows > 0),
        "{digests:?}"
    );
    namespace.delete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_aborted_transaction_wrote_is_no_lag() {
    const ABORTED: i64 = 5_000;
    let namespace = Namespace::create().await;
    namespace.publish(&History::new(11, 4).steps(100));
    let (database, register) = empty_register().await;
    let stop = Stop::manual();
    let sink = namespace.sink(&register, &stop);
    wait_for(&mut database.connect().await, 100).await;

    let cluster = namespace.cluster.clone();
    tokio::task::spawn_blocking(move || {
        let offsets = cluster.offsets().expect("a client");
        let partitions = offsets
            .partitions(&[topics::CHANGES.to_owned()])
            .expect("partitions");
        let bounds = || offsets.boundaries(&partitions).expect("boundaries");
        let ends = |which: fn(&Boundaries) -> i64| bounds().iter().map(which).sum::<i64>();
        let before = ends(|b| b.end);
        let producer = cluster.transactional_producer("aborted").expect("a producer");
        producer.begin().expect("begun");
        for n in 0..ABORTED {
            producer
                .send(topics::CHANGES, &n.to_be_bytes(), b"never committed")
                .expect("sent");
        }
        until("they are in the topic", || ends(|b| b.end) - before >= ABORTED);
        drop(producer);
        let _fences_and_aborts = cluster.transactional_producer("aborted").expect("a producer");
        until("the transaction is aborted", || ends(|b| b.end - b.stable) == 0);

        let group = cluster.group_offsets(topics::GROUP_SINK).expect("a client");
        until("the group stands at the end", || {
            let told = group.committed(&partitions).expect("told");
            told.iter()
                .zip(bounds())
                .all(|(told, b)| told.unwrap_or(b.earliest) == b.end)
        });
    })
    .await
    .expect("no panic");
    stop.request();
    sink.await.expect("no panic").expect("ended in order");
    namespace.delete().await;
}

pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_of_another_topic_are_refused() {
    let (first, second) = (Namespace::create().await, Namespace::create().await);
    let (database, register) = empty_register().await;
    first.publish(&History::new(10, 4).steps(10));
    let stop = Stop::manual();
    let sink = first.sink(&register, &stop);
    wait_for(&mut database.connect().await, 10).await;
    stop.request();
    sink.await.expect("no panic").expect("ended in order");

    let refused = second
        .sink(&register, &Stop::manual())
        .await
        .expect("no panic")
        .expect_err("refused")
        .to_string();
    assert!(
        refused.contains("belongs to topic") && refused.contains("kafka.namespace"),
        "{refused}"
    );

    let mut conn = database.connect().await;
    sqlx::query("UPDATE sink_position SET next_offset = 1000000")
        .execute(&mut conn)
        .await
        .expect("moved");
    let refused = first
        .sink(&register, &Stop::manual())
        .await
        .expect("no panic")
        .expect_err("refused")
        .to_string();
    assert!(refused.contains("is loaded up to 1000000"), "{refused}");
    first.delete().await;
    second.delete().await;
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_pauses_the_partitions() {
    let namespace = Namespace::create().await;
    namespace.publish(&History::new(18, 4).steps(STEPS));
    let (database, _register) = empty_register().await;
    let mut conn = database.connect().await;
    // Nothing gets through from the start.
    let mut held = database.connect().await;
    for statement in ["BEGIN", "LOCK TABLE intake_event IN EXCLUSIVE MODE"] {
        sqlx::query(statement).execute(&mut held).await.expect("locked");
    }
    let sink = Process::start(&database, &namespace.name(), &["--config", &settings()]);
    sink.until_log("its partitions are paused").await;
    limit_connections(&mut conn, &database, 0).await;
    const END: &str = "
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = CURRENT_USER AND wait_event_type = 'Lock'";
    sqlx::query(END).execute(&mut conn).await.expect("ended");
    sink.until("/readyz", "503 Service Unavailable").await;
    sink.until("/readyz", "SQLSTATE 53300").await;
    sqlx::query("ROLLBACK").execute(&mut held).await.expect("let go");
    limit_connections(&mut conn, &database, -1).await;
    wait_for(&mut conn, STEPS as i64).await;
    sink.until("/readyz", "200 OK").await;
    sink.until_log("goes on").await;
    let dead: i64 = sqlx::query_scalar("SELECT count(*) FROM dead_letter")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(dead, 0);
    drop(sink);
    namespace.delete().await;
}
