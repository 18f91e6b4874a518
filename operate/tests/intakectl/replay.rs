//! `intakectl replay` where it must not guess, and reading that must end: the traps of other tools. Beside the whole pipeline it is
//! the story `replayed` of the end-to-end tests.

use crate::fixture::Pipeline;
use archive::{Archiver, Mode, Place, Settings};
use runtime::Stop;
use runtime::health::Health;
use runtime::kafka::Partition;
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Channel};
use schemas::match_log::{Content, Decoded, LogBody, MatchLogEntry, SourcePosition, SourceRecord};
use schemas::provinces::Provinces;
use schemas::topics::{CONTROL, MATCH_LOG};
use schemas::{Applicant, Body, Field, IntakeEvent, NodeId, Sha256, Timestamp, topics};
use uuid::Uuid;

const NAMES: [&str; 5] = [
    "Vi Thanh Tâm",
    "Quàng Thị Hặc",
    "Giàng A Páo",
    "Lò Văn Pâng",
    "Cà Thị Ín",
];

const ALL: [&str; 5] = ["replay", "plan", "--all", "--reason", "a test"];

/// Entries of the match log for the first events of one node.
fn entries(count: i64) -> Vec<Vec<u8>> {
    let mut previous = Sha256::ZERO;
    let entry = |place: i64| {
        let mut applicant = Applicant::default();
        applicant.set(Field::FullName, Some(NAMES[place as usize - 1].to_owned()));
        applicant.set(Field::DateOfBirth, Some("05/09/1987".to_owned()));
        let event = IntakeEvent {
            event_id: Uuid::from_u128(place as u128),
            node_id: NodeId::parse("dien-bien-01").expect("a node"),
            epoch: Uuid::from_u128(7),
            sequence: place,
            previous_hash: previous,
            captured_at: Timestamp(1_790_000_000_000),
            spooled_at: Timestamp(1_790_000_000_000),
            clock_offset_ms: None,
            body: Body::ApplicationSubmitted(ApplicationSubmitted {
                channel: Channel::CommuneOffice,
                ..loadgen::first_issue(Uuid::from_u128(100 + place as u128), applicant)
            }),
        };
        let bytes = event.encode().expect("fits");
        previous = Sha256::of(&bytes);
        let record = SourceRecord {
            source: SourcePosition {
                topic: topics::applications("dien-bien"),
                partition: 0,
                offset: place - 1,
            },
            expected_offset: place - 1,
            appended_at: Timestamp(1_790_000_001_000),
            ruleset: "older".to_owned(),
            content: Content::Decoded(Decoded {
                event: bytes,
                changes: Vec::new(),
                findings: Vec::new(),
            }),
            headers: Vec::new(),
        };
        let entry = MatchLogEntry {
            body: LogBody::SourceRecord(record),
        };
        entry.encode().expect("fits")
    };
    (1..=count).map(entry).collect()
}

/// A register that says that match has taken so many records, and the log that it took.
async fn logged(count: i64) -> Pipeline {
    let pipeline = Pipeline::ready().await;
    pipeline.publish(MATCH_LOG, "dien-bien-01", &entries(count));
    pipeline
        .sql(format!(
            "INSERT INTO intake_event (sequence, partition, source_offset, appended_at, logged_at, matched_at, province,
                                       node_id, epoch, node_sequence, event_id, hash, kind, application_id, revision, outcome)
             SELECT n, 0, n - 1, to_timestamp(1790000001), now(), now(), 'dien-bien', 'dien-bien-01', gen_random_uuid(), n,
                    gen_random_uuid(), decode(repeat('00', 32), 'hex'), 'application', gen_random_uuid(), 1, 'loaded'
               FROM generate_series(1, {count}) AS n"
        ))
        .await;
    pipeline.loaded().await;
    pipeline
}

#[tokio::test]
async fn what_could_mean_two_things_is_refused() {
    let pipeline = logged(3).await;
    let plan = |args: &[&str]| pipeline.run(&[&["replay", "plan", "--reason", "a test"], args].concat());
    for (args, code, why) in [
        (&["--from", "12"][..], 2, "write offset:12 or sequence:12"),
        (&["--from", "2026-11-24T08:00:00"], 2, "it has no zone"),
        (&["--from", "yesterday"], 2, "with its zone"),
        (&[], 2, "required"),
        (&["--all", "--province", "dien-bien"], 2, "cannot be used with"),
        (&["--from", "offset:1"], 1, "an offset is one of a topic"),
        (
            &["--from", "sequence:5", "--to", "sequence:5"],
            1,
            "nothing lies between",
        ),
        (
            &["--from", "2026-11-25", "--to", "2026-11-24"],
            1,
            "nothing lies between",
        ),
        (&["--province", "atlantis"], 1, "no province \"atlantis\""),
        (&["--topic", "enrich.normalised"], 1, "no topic of applications"),
        (
            &["--topic", "intake.applications.son-la", "--province", "dien-bien"],
            1,
            "contradict each other",
        ),
        (
            &["--province", "dien-bien", "--ruleset", "/nowhere"],
            1,
            "can't read the ruleset",
        ),
    ] {
        let refused = plan(args);
        assert_eq!(refused.code, code, "{args:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(why), "{args:?}: {}", refused.stderr);
    }
    // Beyond the topic's end, and in an empty partition, there is nothing: no plan is kept.
    let topic = topics::applications("dien-bien");
    for args in [
        &["--topic", &topic, "--from", "offset:1000"][..],
        &["--province", "son-la"],
    ] {
        let nothing = plan(args);
        assert_eq!(nothing.code, 4, "{args:?}: {}", nothing.stderr);
        assert!(
            nothing.stdout.contains("no record is chosen"),
            "{}",
            nothing.stdout
        );
    }
    assert_eq!(
        pipeline.run(&["replay", "status"]).stdout.trim(),
        "no replay was planned"
    );
}

#[tokio::test]
async fn a_plan_that_was_changed_or_is_another_place_s_is_refused() {
    let pipeline = logged(3).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan.json");
    let file = path.to_str().expect("UTF-8");
    let planned = pipeline.run(&[&ALL[..], &["--output", file]].concat());
    assert_eq!(planned.code, 0, "{}", planned.stderr);
    let again = pipeline.run(&[&ALL[..], &["--output", file]].concat());
    assert!(
        again.code == 1 && again.stderr.contains("is there already"),
        "{}",
        again.stderr
    );
    let text = std::fs::read_to_string(&path).expect("read");
    std::fs::write(&path, text.replace("a test", "another")).expect("written");
    let refused = pipeline.run(&["replay", "run", file]);
    assert!(
        refused.code == 1 && refused.stderr.contains("was changed since"),
        "{}",
        refused.stderr
    );
    std::fs::write(&path, "{}").expect("written");
    let refused = pipeline.run(&["replay", "run", file]);
    assert!(
        refused.code == 1 && refused.stderr.contains("is no plan"),
        "{}",
        refused.stderr
    );
    std::fs::write(&path, text).expect("written");
    let elsewhere = Pipeline::ready().await.run(&["replay", "run", file]);
    assert!(
        elsewhere.code == 1 && elsewhere.stderr.contains("knows no replay"),
        "{}",
        elsewhere.stderr
    );
    let unknown = pipeline.run(&["replay", "run", "01a22214-8258-72ba-b9a8-69a5e481be82"]);
    assert!(unknown.stderr.contains("knows no replay"), "{}", unknown.stderr);
}

#[tokio::test]
async fn a_log_that_ends_with_a_transaction_s_marker_is_read_to_its_end() {
    let pipeline = logged(3).await;
    let control = Partition::new(CONTROL, 0);
    let member = pipeline.member("reader-of-a-test", CONTROL);
    let producer = pipeline
        .cluster
        .transactional_producer("of-a-test")
        .expect("a producer");
    producer.begin().expect("begun");
    let fourth = entries(4).pop().expect("an entry");
    producer.send(MATCH_LOG, b"dien-bien-01", &fourth).expect("sent");
    producer.commit(&member, &control, 0).expect("committed");

    let planned = pipeline.run(&[&ALL[..], &["-o", "json"]].concat()).json();
    assert_eq!(
        planned["plan"]["log"]["to"], 5,
        "four entries and a marker: {planned}"
    );
    let id = planned["plan"]["replay_id"].as_str().expect("an id");
    let ran = pipeline.run(&["replay", "run", id, "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        (&ran.json()["sequence"], &ran.json()["dead_letters"]),
        (&4.into(), &0.into())
    );
    let again = pipeline.run(&["replay", "run", id]);
    assert!(
        again.code == 0 && again.stderr.contains("full already"),
        "{}",
        again.stderr
    );
    // The register here has no rows of them, so everybody in the shadow is new.
    let diff = pipeline.run(&["replay", "diff", id, "-o", "json"]);
    assert_eq!(
        (diff.code, &diff.json()["by_kind"]["resident_added"]),
        (5, &4.into()),
        "{}",
        diff.stdout
    );
    assert!(!diff.stdout.contains(NAMES[0]), "values are masked");
    let list = tempfile::tempdir().expect("a folder");
    let csv = list.path().join("all.csv");
    pipeline.run(&["replay", "diff", id, "--list", csv.to_str().expect("UTF-8")]);
    let written = std::fs::read_to_string(csv).expect("written");
    assert_eq!(
        written.lines().count() as u64,
        1 + diff.json()["differences"].as_u64().expect("a count")
    );
    // A crash of the database empties what was spared the write-ahead log: that is said, and the run begins anew.
    let schema = format!("replay_{}", &id.replace('-', "")[16..]);
    pipeline
        .sql(format!(
            "DO $$ DECLARE named text; BEGIN
                 FOR named IN SELECT format('%I.%I', '{schema}', relname) FROM pg_class
                               WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' AND relpersistence = 'u' LOOP
                     EXECUTE 'TRUNCATE ' || named;
                 END LOOP;
             END $$"
        ))
        .await;
    let emptied = pipeline.run(&["replay", "diff", id]);
    assert!(
        emptied.code == 1 && emptied.stderr.contains("run it again"),
        "{}",
        emptied.stderr
    );
    let ran = pipeline.run(&["replay", "run", id]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let again = pipeline.run(&["replay", "diff", id, "-o", "json"]);
    assert_eq!(again.json()["hash"], diff.json()["hash"]);
    let discarded = pipeline.run(&["replay", "discard", id, "--execute"]);
    assert_eq!(discarded.code, 0, "{}", discarded.stderr);
    let gone = pipeline.run(&["replay", "diff", id]);
    assert!(
        gone.code == 1 && gone.stderr.contains("stands at discarded"),
        "{}",
        gone.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_has_taken_comes_from_the_archive_or_the_plan_is_refused() {
    let pipeline = logged(5).await;
    let archive = tempfile::tempdir().expect("a folder");
    let place = archive.path().to_str().expect("UTF-8");
    let archiver = Archiver {
        cluster: pipeline.cluster.clone(),
        provinces: Provinces::parse(crate::fixture::PROVINCES).expect("provinces"),
        place: Place::open(place).expect("a place"),
        files: Settings::load(None).expect("settings").archive,
        skip_lost: false,
        handle: tokio::runtime::Handle::current(),
        health: Health::default(),
    };
    let archived = tokio::task::spawn_blocking(move || archiver.run(Mode::Once, &Stop::manual()));
    archived.await.expect("no panic").expect("archived");
    let log = Partition::new(MATCH_LOG, 0);
    pipeline
        .cluster
        .delete_records(&[(log, 3)])
        .await
        .expect("deleted");

    let refused = pipeline.run(&ALL);
    assert_eq!(refused.code, 4, "{}", refused.stderr);
    assert!(
        refused.stdout.contains("begins at offset 3"),
        "{}",
        refused.stdout
    );
    let empty = tempfile::tempdir().expect("a folder");
    let elsewhere = pipeline.run(&[&ALL[..], &["--archive", empty.path().to_str().expect("UTF-8")]].concat());
    assert!(
        elsewhere.code == 4 && elsewhere.stdout.contains("doesn't hold the match log's offset 0"),
        "{}",
        elsewhere.stdout
    );
    let planned = pipeline.run(&[&ALL[..], &["--archive", place, "-o", "json"]].concat());
    assert_eq!(planned.code, 0, "{} {}", planned.stdout, planned.stderr);
    let id = planned.json()["plan"]["replay_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let ran = pipeline.run(&["replay", "run", &id, "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["sequence"], 5, "{}", ran.stdout);
}

#[tokio::test]
async fn a_run_that_ended_before_it_was_noted_goes_on() {
    let pipeline = logged(3).await;
    let planned = pipeline.run(&[&ALL[..], &["-o", "json"]].concat()).json();
    let id = planned["plan"]["replay_id"].as_str().expect("an id");
    pipeline
        .sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed here'; END $$;
             CREATE TRIGGER ended BEFORE INSERT ON replay_step FOR EACH ROW WHEN (NEW.step = 'ran') EXECUTE FUNCTION refuse()",
        )
        .await;
    let ended = pipeline.run(&["replay", "run", id]);
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    pipeline.sql("DROP TRIGGER ended ON replay_step").await;
    let ran = pipeline.run(&["replay", "run", id, "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        (&ran.json()["resumed"], &ran.json()["sequence"]),
        (&true.into(), &3.into())
    );
}

#[tokio::test]
async fn two_replays_run_side_by_side_and_none_touches_the_other() {
    let pipeline = logged(5).await;
    let ids: Vec<String> = ["new", "new"]
        .map(|rules| {
            let planned = pipeline.run(&[
                "replay",
                "plan",
                "--all",
                "--ruleset",
                rules,
                "--weights",
                rules,
                "-o",
                "json",
            ]);
            assert_eq!(planned.code, 0, "{}", planned.stderr);
            let planned = planned.json();
            assert_eq!(planned["plan"]["reason"], "everything", "{planned}");
            planned["plan"]["replay_id"].as_str().expect("an id").to_owned()
        })
        .into();
    let running = ids.iter().map(|id| pipeline.start(&["replay", "run", id]));
    for mut child in running.collect::<Vec<_>>() {
        assert!(child.wait().expect("ended").success());
    }
    let status = pipeline.run(&["replay", "status", "-o", "json"]).json();
    let standing: Vec<_> = status
        .as_array()
        .expect("two")
        .iter()
        .map(|one| one["standing"].clone())
        .collect();
    assert_eq!(standing, ["ran", "ran"]);
    let diffs = ids
        .iter()
        .map(|id| pipeline.run(&["replay", "diff", id, "-o", "json"]).json()["hash"].clone());
    let diffs: Vec<_> = diffs.collect();
    assert_eq!(diffs[0], diffs[1]);
}
