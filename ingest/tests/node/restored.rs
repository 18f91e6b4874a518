//! An old disk image put back.

use super::harness::{Broker, NODE, Node, application, chained};
use super::publishing::tell;
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use schemas::{NodeId, Timestamp};
use std::path::Path;

fn file(codes: std::ops::Range<usize>) -> String {
    codes.map(|n| application(&format!("H{n}"), 1) + "\n").collect()
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn what_was_accepted_since_goes_into_a_fresh_epoch() {
    let broker = Broker::new();
    let node = Node::init(Some(&broker));
    let publish = || assert!(node.command("publish", &["--timeout", "20"]).status.success());
    assert_eq!(node.submit(file(0..10), "a").0, Some(0));
    publish();
    copy_folder(&node.path("spool"), &node.path("image"));
    assert_eq!(node.submit(file(10..15), "b").0, Some(0));
    publish();
    let old = broker.claim();
    assert_eq!((old.captured, old.published), (15, 15));
    let notices: Vec<OutcomeNotice> = broker
        .events()
        .iter()
        .map(|(event, _)| OutcomeNotice {
            sequence: event.sequence,
            event_id: event.event_id,
            node_id: NodeId::parse(NODE).expect("an id"),
            epoch: event.epoch,
            node_sequence: event.sequence,
            application_id: event.body.application_id(),
            revision: Some(1),
            outcome: OutcomeKind::Loaded,
            findings: Vec::new(),
            resident_id: None,
            settled_at: Timestamp(0),
        })
        .collect();
    tell(&broker, &notices);

    std::fs::remove_dir_all(node.path("spool")).expect("removed");
    std::fs::rename(node.path("image"), node.path("spool")).expect("put back");
    let (code, receipts) = node.submit(file(100..103), "c");
    assert_eq!(code, Some(0));
    publish();

    let fresh = broker.claim();
    assert_ne!(fresh.epoch, old.epoch);
    assert!(
        fresh.counter > old.counter,
        "the counter grows although its record was put back"
    );
    assert_eq!((fresh.captured, fresh.published), (3, 3));
    let closed: Vec<_> = fresh
        .closed_epochs
        .iter()
        .map(|closed| (closed.epoch, closed.captured))
        .collect();
    assert_eq!(closed, [(old.epoch, 15)]);
    let events = broker.events();
    assert_eq!(
        chained(&events, old.epoch).len(),
        15,
        "no sequence was given twice"
    );
    let moved: Vec<String> = chained(&events, fresh.epoch)
        .iter()
        .map(|event| event.event_id.to_string())
        .collect();
    let promised: Vec<&str> = receipts
        .iter()
        .filter_map(|receipt| receipt["event_id"].as_str())
        .collect();
    assert_eq!(moved, promised, "receipts bind the event, not its sequence");
    let outcomes = node.status()["outcomes"].clone();
    assert_eq!(
        (outcomes["loaded"].as_i64(), outcomes["waiting"].as_i64()),
        (Some(10), Some(3))
    );
}
