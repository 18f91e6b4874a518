//! A province whose places were read by a wrong map for a while, put right by a replay: planned, run, killed, run again,
//! compared, approved by somebody else, promoted, undone, promoted under load; and the whole register rebuilt beside the live one.

use crate::DRAINED;
use crate::explained::{cause, explained};
use crate::foreign::{Foreign, NODE, PROVINCE, application};
use runtime::clock;
use runtime::kafka::Producer;
use schemas::codec::Event;
use schemas::match_log::{Content, Decoded, LogBody, MatchLogEntry, SourcePosition, SourceRecord};
use schemas::{Field, IntakeEvent, Personal, topics};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Sent, Shape, Worker, command, until};

/// What the wrong map makes of every commune.
const WRONG: &str = "00001@2025-07-01";
const PATIENCE: Duration = Duration::from_secs(60);

/// Two people who may run replays, and nothing else.
struct Engineers<'a> {
    ground: &'a Ground,
    prefix: String,
}

impl<'a> Engineers<'a> {
    fn of(ground: &'a Ground) -> Self {
        let prefix = ground.site.namespace.replace('-', "_") + "_";
        let made = ground.intakectl(&["register", "roles", "--prefix", &prefix, "--execute"]);
        assert!(made.status.success(), "{made:?}");
        for login in ["lan", "minh"] {
            ground.site.database.execute(&format!(
                "CREATE ROLE {prefix}{login} LOGIN IN ROLE {prefix}engineer"
            ));
        }
        Self { ground, prefix }
    }

    fn url(&self, login: &str) -> String {
        let url = self.ground.site.database.url();
        let (_, place) = url.expose_secret().rsplit_once('@').expect("a URL with a user");
        format!("postgres://{}{login}@{place}", self.prefix)
    }

    fn sql(&self, login: &str, statements: &str) {
        let mut psql = Command::new("psql");
        psql.args([
            "--dbname",
            &self.url(login),
            "--set",
            "ON_ERROR_STOP=1",
            "--command",
            statements,
        ]);
        let ran = psql.output().expect("psql runs");
        assert!(ran.status.success(), "{ran:?}");
    }

    fn command(&self, login: &str, args: &[&str]) -> Command {
        let url = self.url(login);
        let mut command = command("intakectl");
        command
            .args(["replay"])
            .args(args)
            .arg("--config")
            .arg(&self.ground.site.settings)
            .args(["--database-url", &url, "-o", "json"])
            .stdin(Stdio::null());
        command
    }

    fn run(&self, login: &str, code: i32, args: &[&str]) -> Value {
        let output: Output = self.command(login, args).output().expect("intakectl runs");
        assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| panic!("{fault}: {output:?}"))
    }

    /// Runs it and kills it after a moment; whether it was still running then.
    fn kill(&self, login: &str, args: &[&str], after: impl Fn() -> bool) {
        let mut child = self
            .command(login, args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("intakectl runs");
        until("it is under way", PATIENCE, || after().then_some(()));
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
}

/// What an older normalise with a wrong map makes of the records that nobody has read yet.
fn read_wrongly(ground: &Ground, province: &str, from: usize) -> usize {
    let producer: Producer = ground.site.cluster.producer().expect("a producer");
    let ruleset = rules::Ruleset::default();
    let topic = topics::applications(province);
    let mut wrong = 0;
    for record in ground.site.records(&topic).into_iter().skip(from) {
        let event = IntakeEvent::decode(&record.value).expect("an event");
        let arrival = validate::Arrival {
            key: record.key.as_deref(),
            appended_at: record.appended_at,
        };
        let mut examined = validate::event(&event, arrival, &ruleset);
        for change in &mut examined.changes {
            if change.field == Field::PermanentCommune {
                change.value = Personal::new(WRONG.to_owned());
                wrong += 1;
            }
        }
        let entry = MatchLogEntry {
            body: LogBody::SourceRecord(SourceRecord {
                source: SourcePosition {
                    topic: topic.clone(),
                    partition: record.partition.number,
                    offset: record.offset,
                },
                expected_offset: record.offset,
                appended_at: record.appended_at,
                ruleset: ruleset.name().to_owned(),
                content: Content::Decoded(Decoded {
                    event: record.value,
                    changes: examined.changes,
                    findings: examined.findings,
                }),
                headers: record.headers,
            }),
        };
        let bytes = entry.encode().expect("fits");
        producer
            .send(topics::MATCH_LOG, event.node_id.as_str().as_bytes(), &bytes, 0)
            .expect("taken");
    }
    producer.flush(PATIENCE).expect("acknowledged");
    wrong
}

fn wrong_residents(ground: &Ground) -> i64 {
    ground.site.database.value(&format!(
        "SELECT count(*) FROM resident WHERE permanent_commune = '{WRONG}' AND status <> 'superseded'"
    ))
}

fn form(name: &str, commune: &str) -> Vec<(Field, String)> {
    [
        (Field::FullName, name),
        (Field::DateOfBirth, "05/09/1987"),
        (Field::PermanentCommune, commune),
    ]
    .map(|(field, value)| (field, value.to_owned()))
    .into()
}

#[test]
fn a_wrong_map_is_put_right_without_touching_what_is_live() {
    let ground = Ground::new();
    let engineers = Engineers::of(&ground);
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    let register = &ground.site.database;
    let foreign = Foreign::on(&ground);
    let load = Load::generate(&ground, 21, 3_000);
    let [first, second, third] = load.split(3).try_into().expect("three parts");
    let mut sent = Sent::default();
    sent.add(pipeline.send(&first));
    pipeline.drain(sent.events.len(), DRAINED);

    // What comes now is read by a wrong map in one province.
    pipeline.worker(Worker::Normalise, 0).kill();
    let before = ground.site.records(&topics::applications(PROVINCE)).len();
    sent.add(pipeline.send(&second));
    let changed_id = clock::new_event_id();
    let of_form = |revision, fields: &[(Field, String)]| {
        let fields: Vec<(Field, &str)> = fields
            .iter()
            .map(|(field, value)| (*field, value.as_str()))
            .collect();
        application(changed_id, revision, &fields)
    };
    let event = foreign.event_of(
        1,
        &[],
        of_form(1, &form("Quàng Thị Hặc", "xã Mường Phăng, tỉnh Điện Biên")),
    );
    pipeline.until("the second part is published", PATIENCE, |pipeline| {
        let pending: i64 = pipeline
            .nodes
            .iter()
            .filter_map(|node| node.status())
            .map(|status| status.pending)
            .sum();
        (pending == 0).then_some(())
    });
    foreign.publish(NODE, &event);
    let wrong = read_wrongly(&ground, PROVINCE, before);
    assert!(wrong > 100, "{wrong}");
    pipeline.worker(Worker::Normalise, 0).start();
    let captured = sent.events.len() + 1;
    pipeline.drain(captured, DRAINED);
    let misread = wrong_residents(&ground);
    assert!(misread > 100, "{misread}");

    // Planned, and run: killed under way, and run again.
    let file = ground.folder.join("plan.json");
    let file = file.to_str().expect("UTF-8");
    let plan = [
        "plan",
        "--province",
        PROVINCE,
        "--from",
        "sequence:1",
        "--reason",
        "the map was late",
        "--output",
        file,
    ];
    let planned = engineers.run("lan", 0, &plan);
    let id = planned["plan"]["replay_id"].as_str().expect("an id").to_owned();
    let early = engineers
        .command("lan", &["diff", file])
        .output()
        .expect("intakectl runs");
    let told = String::from_utf8_lossy(&early.stderr);
    assert!(
        early.status.code() == Some(1) && told.contains("run it first"),
        "{early:?}"
    );
    let live = register.digest();
    let positions = "SELECT json_agg(p ORDER BY topic, partition)::text FROM sink_position p";
    let positions_before: String = register.value(positions);
    let started = format!("SELECT count(*) FROM replay_step WHERE replay_id = '{id}' AND step = 'started'");
    engineers.kill("lan", &["run", file, "--max-rate", "100"], || {
        let shadow = format!("replay-{}-shadow", &id.replace('-', "")[16..]);
        let groups = ground.intakectl(&["groups", "list"]);
        register.value::<i64>(&started) > 0 && String::from_utf8_lossy(&groups.stdout).contains(&shadow) && {
            let about = format!("group {shadow}");
            assert_eq!(explained(&ground), cause("replay-in-progress", &about));
            true
        }
    });
    let ran = engineers.run("lan", 0, &["run", file]);
    let schema = ran["schema"].as_str().expect("a schema").to_owned();
    assert_eq!(
        (&ran["resumed"], &ran["not_found"], &ran["dead_letters"]),
        (&json!(true), &json!(0), &json!(0)),
        "{ran}"
    );
    assert_eq!(register.digest(), live, "nothing live is touched");
    assert_eq!(register.value::<String>(positions), positions_before);
    let groups = ground.intakectl(&["groups", "list"]);
    assert!(
        !String::from_utf8_lossy(&groups.stdout).contains("-shadow"),
        "{groups:?}"
    );

    // Compared: only what the wrong map made, in that province alone.
    let diff = engineers.run("minh", 5, &["diff", &id]);
    assert_eq!(
        diff["by_province"]
            .as_object()
            .map(|by| by.keys().cloned().collect::<Vec<_>>()),
        Some(vec![PROVINCE.to_owned()]),
        "{diff}"
    );
    assert_eq!(
        diff["by_field"]["permanent_commune"].as_i64(),
        Some(diff["by_kind"]["reading_changed"].as_i64().expect("readings") + misread),
        "{diff}"
    );
    let shown = diff["samples"].to_string();
    assert!(!shown.contains(WRONG), "values are masked: {shown}");

    // Somebody changes one of them meanwhile.
    let corrected = foreign.event_of(
        2,
        &event,
        of_form(2, &form("Quàng Thị Hặc", "xã Thanh Nưa, tỉnh Điện Biên")),
    );
    foreign.publish(NODE, &corrected);
    pipeline.drain(captured + 1, DRAINED);

    // Approved by somebody else, promoted, and undone: the digest from before.
    let refused = engineers.run("minh", 4, &["promote", &id, "--execute"]);
    assert!(
        refused["refused"]
            .as_str()
            .is_some_and(|why| why.contains("nobody has approved")),
        "{refused}"
    );
    let approve = ["approve", &id, "--reason", "looked at some of them", "--execute"];
    let own = engineers.run("lan", 4, &approve);
    assert!(
        own["refused"]
            .as_str()
            .is_some_and(|why| why.contains("yourself")),
        "{own}"
    );
    engineers.run("minh", 0, &approve);
    let untouched = register.digest();
    // Somebody's promotion was killed when its entries were kept and before it was noted.
    engineers.sql(
        "lan",
        &format!(
            "SET ROLE {}engineer; CREATE TABLE {schema}.promotion (way text, number bigint, about uuid, entry_id uuid,
             entry bytea, PRIMARY KEY (way, number));
             INSERT INTO {schema}.promotion VALUES ('promote', 0, gen_random_uuid(), gen_random_uuid(), '')",
            engineers.prefix,
        ),
    );
    let promoting =
        format!("SELECT count(*) FROM replay_step WHERE replay_id = '{id}' AND step = 'promoting'");
    engineers.kill("lan", &["promote", &id, "--rate", "50", "--execute"], || {
        register.value::<i64>(&promoting) > 0
    });
    let promoted = engineers.run("lan", 0, &["promote", &id, "--rate", "2000", "--execute"]);
    assert_eq!(
        promoted["refused_by_match"],
        json!({ "reprocess.superseded": 1 }),
        "{promoted}"
    );
    assert_eq!(wrong_residents(&ground), 0);
    let revision: i32 = register.value(&format!(
        "SELECT revision FROM application WHERE application_id = '{changed_id}'"
    ));
    assert_eq!(revision, 2, "the later change stays");
    let undoing = format!("SELECT count(*) FROM replay_step WHERE replay_id = '{id}' AND step = 'undoing'");
    engineers.kill("lan", &["undo", &id, "--rate", "50", "--execute"], || {
        register.value::<i64>(&undoing) > 0
    });
    let undone = engineers.run("lan", 0, &["undo", &id, "--rate", "2000", "--execute"]);
    assert_eq!(undone["refused_by_match"], json!({}), "{undone}");
    assert_eq!(register.digest(), untouched, "as it was before");
    assert_eq!(wrong_residents(&ground), misread - 1);
    engineers.run("lan", 0, &["discard", &id, "--execute"]);

    // Once more while the load goes on: what that changes stays as it is, and is put right by another replay.
    let approved = || {
        let planned = engineers.run("lan", 0, &plan[..7]);
        let id = planned["plan"]["replay_id"].as_str().expect("an id").to_owned();
        engineers.run("lan", 0, &["run", &id]);
        engineers.run(
            "minh",
            0,
            &["approve", &id, "--reason", "the same as before", "--execute"],
        );
        id
    };
    let id = approved();
    let sender = pipeline.sender();
    let promoted = std::thread::scope(|scope| {
        let sending = scope.spawn(move || sender.send(&third));
        let promoted = engineers.run("lan", 0, &["promote", &id, "--rate", "2000", "--execute"]);
        sent.add(sending.join().expect("sent"));
        promoted
    });
    let left = promoted["refused_by_match"]["reprocess.superseded"]
        .as_i64()
        .unwrap_or(0);
    let captured = sent.events.len() + 2;
    pipeline.drain(captured, DRAINED).assert_balanced(captured);
    assert!(wrong_residents(&ground) <= left, "{promoted}");
    if left > 0 {
        let id = approved();
        engineers.run("lan", 0, &["promote", &id, "--execute"]);
    }
    assert_eq!(wrong_residents(&ground), 0);
    let check = ground.intakectl(&["register", "check"]);
    assert!(check.status.success(), "{check:?}");
    let audit = ground.intakectl(&["audit", "check"]);
    assert!(audit.status.success(), "{audit:?}");

    // The whole register beside itself: nothing differs that the promotion hasn't made.
    let whole = engineers.run(
        "lan",
        0,
        &["plan", "--all", "--reason", "to see that it is the same"],
    );
    let id = whole["plan"]["replay_id"].as_str().expect("an id").to_owned();
    let loaded = |id: &str| {
        let status = engineers.run("minh", 0, &["status"]);
        let of = status
            .as_array()
            .expect("replays")
            .iter()
            .find(|one| one["replay_id"] == id)
            .cloned();
        of.and_then(|one| one["loaded_percent"].as_f64()).unwrap_or(0.0)
    };
    engineers.kill("lan", &["run", &id, "--max-rate", "1000"], || loaded(&id) > 0.0);
    let ran = engineers.run("lan", 0, &["run", &id]);
    assert_eq!(ran["dead_letters"], 0, "{ran}");
    // What was withdrawn meanwhile is read anew by nobody.
    let withdrawn: i64 = register.value(&format!(
        "SELECT count(*) FROM application WHERE status = 'withdrawn' AND changes::text LIKE '%{WRONG}%'"
    ));
    let diff = engineers.run("minh", if withdrawn == 0 { 0 } else { 5 }, &["diff", &id]);
    assert_eq!(
        (&diff["differences"], &diff["not_loaded"]),
        (&json!(withdrawn), &json!(0)),
        "{diff}"
    );
    ground.rebuild().assert_equal();
    pipeline.stop();
}
