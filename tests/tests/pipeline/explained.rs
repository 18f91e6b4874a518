//! `intakectl lag --explain` beside the whole pipeline: it names what we break, within 30 seconds, and
//! nothing while all is well under load.

use crate::DRAINED;
use secrecy::ExposeSecret;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use std::process::Output;
use std::time::{Duration, Instant};
use tests::{Ground, Load, Pipeline, Sent, Shape, SmallDisk, Worker};

const WITHIN: Duration = Duration::from_secs(30);

/// The causes that are named for Điện Biên, as kind and place.
pub(crate) fn explained(ground: &Ground) -> Vec<(String, String)> {
    told(|args| ground.intakectl(args))
}

/// The same from an `intakectl` that is run in this way.
pub(crate) fn told(intakectl: impl Fn(&[&str]) -> Output) -> Vec<(String, String)> {
    let started = Instant::now();
    let output = intakectl(&["lag", "--province", "dien-bien", "--explain", "-o", "json"]);
    assert!(output.status.success(), "{output:?}");
    assert!(started.elapsed() < WITHIN, "it took {:?}", started.elapsed());
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let causes = answer["causes"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let named: Vec<(String, String)> = causes
        .iter()
        .map(|cause| (text(&cause["kind"]), text(&cause["about"])))
        .collect();
    eprintln!("{:?} after {:?}", named, started.elapsed());
    named
}

pub(crate) fn cause(kind: &str, about: &str) -> Vec<(String, String)> {
    vec![(kind.to_owned(), about.to_owned())]
}

#[test]
fn what_is_broken_is_named_and_nothing_is_while_all_is_well() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    let load = Load::generate(&ground, 7, 3_000);
    let mut parts = load.split(30).into_iter();
    let mut sent = Sent::default();
    let sender = pipeline.sender();

    // Well under a steady load: a part of it each half second.
    let steady: Vec<Load> = parts.by_ref().take(15).collect();
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| {
            let mut sent = Sent::default();
            for part in &steady {
                sent.add(sender.send(part));
                std::thread::park_timeout(Duration::from_millis(500));
            }
            sent
        });
        assert_eq!(explained(&ground), []);
        sent.add(sending.join().expect("every line is answered"));
    });
    let drained = ground.intakectl(&["lag", "--until-drained", "--timeout", "60"]);
    assert!(drained.status.success(), "{drained:?}");
    let mut send = |sent: &mut Sent| sent.add(sender.send(&parts.next().expect("a part is left")));

    pipeline.worker(Worker::Sink, 0).kill();
    send(&mut sent);
    assert_eq!(explained(&ground), cause("dead-consumer", "group sink"));
    let behind = ground.intakectl(&["lag", "--until-drained", "--timeout", "1"]);
    assert_eq!(behind.status.code(), Some(3), "{behind:?}");
    pipeline.worker(Worker::Sink, 0).start();
    pipeline.drain(sent.events.len(), DRAINED);

    pipeline.worker(Worker::Normalise, 0).freeze();
    send(&mut sent);
    assert_eq!(explained(&ground), cause("dead-consumer", "group normalise"));
    pipeline.worker(Worker::Normalise, 0).thaw();
    pipeline.drain(sent.events.len(), DRAINED);

    // Match reads its state back from a register that is slow to read.
    pipeline.worker(Worker::Match, 0).kill();
    std::fs::remove_dir_all(ground.snapshots()).expect("removed");
    ground.site.database.execute(
        "ALTER TABLE application RENAME TO application_kept;
         CREATE VIEW application AS SELECT * FROM application_kept WHERE pg_sleep(0.02) IS NOT NULL",
    );
    send(&mut sent);
    pipeline.worker(Worker::Match, 0).start();
    assert_eq!(explained(&ground), cause("matcher-restoring", "group match"));
    pipeline.worker(Worker::Match, 0).kill();
    ground
        .site
        .database
        .execute("DROP VIEW application; ALTER TABLE application_kept RENAME TO application");
    pipeline.worker(Worker::Match, 0).start();
    pipeline.drain(sent.events.len(), DRAINED);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let url = ground.site.database.url();
    let lock = runtime.block_on(async {
        let mut conn = PgConnection::connect(url.expose_secret())
            .await
            .expect("connected");
        let lock = "BEGIN; LOCK TABLE intake_event, node_manifest IN ACCESS EXCLUSIVE MODE";
        sqlx::raw_sql(lock).execute(&mut conn).await.expect("locked");
        conn
    });
    send(&mut sent);
    assert_eq!(explained(&ground), cause("slow-database", "group sink"));
    runtime.block_on(lock.close()).expect("closed");
    pipeline.drain(sent.events.len(), DRAINED);

    match SmallDisk::under(&ground.site.database, "intake_event") {
        Some(disk) => {
            disk.fill();
            send(&mut sent);
            assert_eq!(explained(&ground), cause("disk", "group sink"));
            disk.make_room();
            pipeline.drain(sent.events.len(), DRAINED);
            disk.give_up();
        }
        None => eprintln!("no disk was filled: it takes the right to mount one, and the server's superuser"),
    }

    ground.site.database.shut_everybody_out();
    send(&mut sent);
    assert_eq!(explained(&ground), cause("database-stopped", "group sink"));
    ground.site.database.accept_connections(true);

    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    pipeline.stop();
}
