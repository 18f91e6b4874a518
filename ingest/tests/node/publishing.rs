//! From the spool to the topic, through kills and silence.

use super::harness::{Broker, NODE, Node, PROVINCE, application, chained, post, until};
use schemas::codec::Event;
use schemas::finding::{Finding, OutcomeKind, Severity};
use schemas::outcome::OutcomeNotice;
use schemas::{Body, NodeId, Timestamp, topics};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

#[test]
fn what_was_acknowledged_survives_kill_9_and_is_published_in_sequence() {
    let broker = Broker::new();
    let mut node = Node::init(Some(&broker));
    let (next, mut acknowledged) = (AtomicUsize::new(0), BTreeSet::new());
    for _ in 0..3 {
        node.start();
        let url = node.url("/v1/submissions").expect("an address");
        let (dead, taken) = (AtomicBool::new(false), AtomicUsize::new(0));
        let clerk = || {
            let mut mine = Vec::new();
            while !dead.load(Ordering::SeqCst) {
                let code = format!("H{}", next.fetch_add(1, Ordering::SeqCst));
                let Some((201, receipt)) = post(&url, application(&code, 1).as_bytes()) else {
                    continue;
                };
                let receipt: Value = serde_json::from_str(&receipt).expect("JSON");
                mine.push(receipt["event_id"].as_str().expect("an id").to_owned());
                taken.fetch_add(1, Ordering::SeqCst);
            }
            mine
        };
        std::thread::scope(|scope| {
            let clerks: Vec<_> = (0..4).map(|_| scope.spawn(clerk)).collect();
            until("a stream of submissions", || {
                (taken.load(Ordering::SeqCst) > 200).then_some(())
            });
            node.kill();
            dead.store(true, Ordering::SeqCst);
            clerks
                .into_iter()
                .for_each(|clerk| acknowledged.extend(clerk.join().expect("a clerk")));
        });
    }
    node.start();
    let status = node.drained();
    assert_eq!(node.stop(), Some(0));
    let events = broker.events();
    let epoch = events[0].0.epoch;
    let distinct = chained(&events, epoch);
    assert_eq!(
        Some(distinct.len() as i64),
        status["captured"].as_i64(),
        "every sequence is in the topic"
    );
    let published: BTreeSet<String> = distinct.iter().map(|event| event.event_id.to_string()).collect();
    assert!(acknowledged.is_subset(&published), "nothing acknowledged is lost");
    let claim = broker.claim();
    let last = distinct.len() as i64;
    assert_eq!(
        (claim.epoch, claim.captured, claim.published),
        (epoch, last, last)
    );
    assert!(claim.published_offset.is_some());
}

#[test]
fn a_node_that_starts_without_a_network_publishes_when_there_is_one() {
    let broker = Broker::new();
    let door = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = door.local_addr().expect("an address");
    drop(door);
    let mut node = Node::init_at(Some(&broker), &address.to_string());
    let (code, _) = node.submit(
        (0..50)
            .map(|n| application(&format!("H{n}"), 1) + "\n")
            .collect::<String>(),
        "a",
    );
    assert_eq!(code, Some(0));
    node.start();
    let status = until("offline is told", || {
        Some(node.status()).filter(|status| {
            status["broker_problem"]
                .as_str()
                .is_some_and(|why| why != "not connected yet")
        })
    });
    assert_eq!(
        (&status["pending"], &status["broker"]),
        (&50.into(), &"offline".into())
    );
    forward(
        TcpListener::bind(address).expect("the same port"),
        broker.settings.brokers.clone(),
    );
    let status = node.drained();
    assert_eq!(status["broker"], "online");
    assert_eq!(chained(&broker.events(), broker.claim().epoch).len(), 50);
    assert_eq!(node.stop(), Some(0));
}

/// Lets connections through to the broker from now on.
fn forward(door: TcpListener, to: String) {
    std::thread::spawn(move || {
        for near in door.incoming().flatten() {
            let far = TcpStream::connect(&to).expect("the broker listens");
            for (mut from, mut to) in [
                (
                    near.try_clone().expect("a handle"),
                    far.try_clone().expect("a handle"),
                ),
                (far, near),
            ] {
                std::thread::spawn(move || {
                    let mut buffer = [0; 65536];
                    while let Ok(read @ 1..) = from.read(&mut buffer) {
                        if to.write_all(&buffer[..read]).is_err() {
                            break;
                        }
                    }
                    let _closed = to.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
}

#[test]
fn an_event_the_broker_never_takes_is_withheld_in_its_place() {
    let broker = Broker::with_largest_record(Some(4_000));
    let mut node = Node::init(Some(&broker));
    // Letters without a pattern, so that compression can't make it small enough.
    let mut state = 1u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'!' + (state >> 40) as u8 % 90)
    };
    let value = |noise: &mut dyn FnMut() -> char| -> String {
        (0..1000)
            .map(|_| noise())
            .map(|c| if "\"\\".contains(c) { '-' } else { c })
            .collect()
    };
    let fields: Vec<String> = [
        "birth_place",
        "home_town",
        "permanent_address",
        "current_address",
        "workplace",
        "education",
    ]
    .iter()
    .map(|field| format!("\"{field}\":\"{}\"", value(&mut noise)))
    .collect();
    let large = application("L", 1).replace(
        "\"date_of_birth\"",
        &format!("{},\"date_of_birth\"", fields.join(",")),
    );
    let small = |n: usize| application(&format!("S{n}"), 1);
    let (code, answers) = node.submit(
        format!("{}\n{large}\n{}\n{}\n", small(1), small(2), small(3)),
        "a",
    );
    assert_eq!(code, Some(0), "the node takes it: {answers:?}");
    node.start();
    node.drained();
    assert_eq!(node.stop(), Some(0));
    let events = broker.events();
    let distinct = chained(&events, events[0].0.epoch);
    let withheld: Vec<bool> = distinct
        .iter()
        .map(|event| matches!(event.body, Body::EventWithheld(_)))
        .collect();
    assert_eq!(withheld, [false, true, false, false]);
    assert_eq!(
        Some(distinct[1].event_id.to_string().as_str()),
        answers[1]["event_id"].as_str()
    );
}

#[test]
fn a_device_that_is_online_briefly_publishes_once_and_learns_its_outcomes() {
    let broker = Broker::new();
    let node = Node::init(Some(&broker));
    let (_, receipts) = node.submit(format!("{}\n{}\n", application("A", 1), application("B", 1)), "a");
    let published = node.command("publish", &["--timeout", "20"]);
    assert!(published.status.success(), "{published:?}");
    assert_eq!((broker.claim().captured, broker.claim().published), (2, 2));
    let notice = |at: usize, sequence: i64, outcome, findings: Vec<Finding>| OutcomeNotice {
        sequence,
        event_id: receipts[at]["event_id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("a UUID"),
        node_id: NodeId::parse(NODE).expect("an id"),
        epoch: broker.claim().epoch,
        node_sequence: at as i64 + 1,
        application_id: None,
        revision: Some(1),
        outcome,
        findings,
        resident_id: None,
        settled_at: Timestamp(0),
    };
    let held = vec![Finding::overall(Severity::Hold, "review.open")];
    tell(
        &broker,
        &[
            notice(0, 2, OutcomeKind::Loaded, Vec::new()),
            notice(1, 3, OutcomeKind::Held, held),
            notice(0, 1, OutcomeKind::Held, Vec::new()),
        ],
    );
    assert!(node.command("publish", &["--timeout", "20"]).status.success());
    let outcomes = node.status()["outcomes"].clone();
    let count = |kind: &str| outcomes[kind].as_i64();
    assert_eq!(
        (count("loaded"), count("held"), count("waiting")),
        (Some(1), Some(1), Some(0))
    );
    let shown = node.command("outcome", &["B", "-o", "json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(
        shown["entries"][0]["outcome"]["findings"][0]["code"],
        "review.open"
    );
}

/// Says what became of events, as match would.
pub fn tell(broker: &Broker, notices: &[OutcomeNotice]) {
    let producer = broker.cluster.producer().expect("a producer");
    for (notice, token) in notices.iter().zip(0..) {
        let bytes = notice.encode().expect("encodes");
        producer
            .send(&topics::outcomes(PROVINCE), NODE.as_bytes(), &bytes, token)
            .expect("sent");
    }
    producer.flush(Duration::from_secs(20)).expect("delivered");
    assert!(
        producer
            .poll(Duration::ZERO)
            .iter()
            .all(|delivery| delivery.result.is_ok())
    );
}
