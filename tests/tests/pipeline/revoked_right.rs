//! A broker that knows everybody by name: each program has just the rights of its role, and one node loses one.

use crate::explained::{cause, told};
use crate::standby::restores;
use crate::{DRAINED, HEARD};
use std::process::{Output, Stdio};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Process, SecuredBroker, Shape, Worker, until};

/// One province, as each call of kafka-acls takes seconds.
const PROVINCE: &str = "home = 'dien-bien'
[[province]]
code = '11'
slug = 'dien-bien'
name = 'Điện Biên'
";
/// Every user's here; no log may hold it.
const PASSWORD: &str = "mat-khau-thu-nghiem";
/// How soon a node must say what is wrong.
const NAMED: Duration = Duration::from_secs(30);

#[test]
fn with_the_rights_of_their_roles_all_works_and_a_revoked_one_is_named_and_loses_nothing() {
    let broker = SecuredBroker::start();
    let ground = Ground::on(broker.stack(), PROVINCE);
    ground.gate.borrow_mut().forbid(&[PASSWORD.to_owned()].into());
    ground.gate.borrow_mut().announce("the broker refuses this node");
    ground.gate.borrow_mut().announce("the broker refuses our login");
    for role in ["node", "normalise", "match", "sink", "operator"] {
        let granted = ground.intakectl(&["topics", "acls", "--grant", "--role", role]);
        assert!(granted.status.success(), "{granted:?}");
        broker.user(&user_of(role), PASSWORD);
        for line in String::from_utf8_lossy(&granted.stdout).lines() {
            broker.access(line);
        }
    }
    let login = |what: &str, process: Process| {
        let role = if what == "dien-bien" { "node" } else { what };
        process
            .env("INTAKE_PUBLISHER__IN_FLIGHT", "5")
            .env("INTAKE_KAFKA__BROKERS", broker.secure.to_string())
            .env("INTAKE_KAFKA__USERNAME", user_of(role))
            .env("INTAKE_KAFKA__PASSWORD", PASSWORD)
    };
    let shape = Shape {
        matching: 2,
        ..Shape::ONE
    };
    let mut pipeline = Pipeline::start_with(&ground, shape, login);
    pipeline.register_nodes();
    let parts = Load::generate(&ground, 71, 1_350).split(3);
    let mut events = pipeline.send(&parts[0]).events;
    pipeline.drain(events.len(), DRAINED);
    pipeline.outcomes(HEARD);
    looks_as_operator(&ground, &broker);
    interrupts_the_standby(&ground, &broker, &mut pipeline);

    let topic = format!("{}.intake.applications.dien-bien", ground.site.namespace);
    let right = format!("--allow-principal User:node-dien-bien --operation Write --topic {topic}");
    broker.access(&format!("--remove --force {right}"));
    events.extend(pipeline.send(&parts[1]).events);
    let why = pipeline.until("the node says that it is refused", NAMED, |pipeline| {
        let status = pipeline.nodes[0].status()?;
        let refused = status.broker == "refused" && status.pending > 0;
        refused.then_some(status.broker_problem).flatten()
    });
    assert!(
        why.contains("intake.applications.dien-bien") && why.contains("right to write"),
        "{why}"
    );

    reported(&ground);
    let as_operator = |args: &[&str]| operator(&ground, &broker, args);
    let held_back = cause("producer-held-back", "dien-bien-01");
    assert_eq!(told(as_operator), held_back, "it may not write");

    broker.access(&format!("--add {right}"));
    pipeline.until(
        "the node is online again and has published all",
        NAMED,
        |pipeline| {
            let status = pipeline.nodes[0].status()?;
            (status.broker == "online" && status.pending == 0).then_some(())
        },
    );
    // A quota lets through an event or two a second, and five are on their way at most.
    broker.quota("node-dien-bien", Some(1_000));
    events.extend(pipeline.send(&parts[2]).events);
    reported(&ground);
    assert_eq!(told(as_operator), held_back, "it is throttled");
    broker.quota("node-dien-bien", None);

    let books = pipeline.drain(events.len(), DRAINED);
    books.assert_balanced(events.len());
    ground.site.assert_settled_once(&events);
    pipeline.outcomes(HEARD);

    broker.user("node-dien-bien", "another-password");
    let server = &mut pipeline.nodes[0].server;
    server.terminate(Duration::from_secs(25));
    server.start();
    let why = pipeline.until("the node says that its password is wrong", NAMED, |pipeline| {
        let problem = pipeline.nodes[0].status()?.broker_problem?;
        problem.contains("login").then_some(problem)
    });
    assert!(why.contains("kafka.username") && !why.contains(PASSWORD), "{why}");
    pipeline.stop();
}

fn user_of(role: &str) -> String {
    if role == "node" {
        "node-dien-bien".to_owned()
    } else {
        role.to_owned()
    }
}

/// Waits until a node's manifest has told the centre of events that are not published.
fn reported(ground: &Ground) {
    const WAITING: &str = "SELECT EXISTS (SELECT FROM node_manifest WHERE captured > published)";
    until("a manifest tells of what waits", NAMED, || {
        ground.site.database.value::<bool>(WAITING).then_some(())
    });
}

/// What `intakectl` tells somebody who logs in as an operator.
fn operator(ground: &Ground, broker: &SecuredBroker, arguments: &[&str]) -> Output {
    let ran = tests::command("intakectl")
        .args(arguments)
        .arg("--config")
        .arg(&ground.site.settings)
        .env("INTAKE_KAFKA__BROKERS", broker.secure.to_string())
        .env("INTAKE_KAFKA__USERNAME", "operator")
        .env("INTAKE_KAFKA__PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .output();
    ran.expect("intakectl runs")
}

/// A matcher that stands by and can't read for a while goes on with the state it has: it would take longer to read that again.
fn interrupts_the_standby(ground: &Ground, broker: &SecuredBroker, pipeline: &mut Pipeline<'_>) {
    let says =
        |matcher: &Process, what: &str| matcher.readiness().filter(|said| said.contains(what)).map(|_| ());
    let standby = until("one of two stands by", NAMED, || {
        (0..2).find(|&at| says(pipeline.worker(Worker::Match, at), " 0 records").is_some())
    });
    let restored = restores(pipeline, standby);
    let changes = format!("{}.register.changes", ground.site.namespace);
    let barred = format!("--deny-principal User:match --operation Read --topic {changes}");
    broker.access(&format!("--add {barred}"));
    let matcher = pipeline.worker(Worker::Match, standby);
    until("the standby says that it may not read", NAMED, || {
        says(matcher, "uthorization")
    });
    broker.access(&format!("--remove --force {barred}"));
    until("the standby follows again", NAMED, || says(matcher, " 0 records"));
    assert_eq!(
        restores(pipeline, standby),
        restored,
        "it went on with what it had"
    );
}

/// An operator sees lag and books, and may not change anything.
fn looks_as_operator(ground: &Ground, broker: &SecuredBroker) {
    let run = |arguments: &[&str]| operator(ground, broker, arguments);
    for looked in [
        run(&["lag"]),
        run(&["reconcile", "--quick"]),
        run(&["peek", "enrich.normalised", "--at-committed"]),
        run(&["doctor"]),
    ] {
        assert!(looked.status.success(), "{looked:?}");
    }
    let changed = run(&["node", "retire", "dien-bien-01", "--reason", "lost", "--execute"]);
    let said = String::from_utf8_lossy(&changed.stderr).into_owned();
    assert!(
        !changed.status.success() && said.contains("Authorization"),
        "{changed:?}"
    );
}
