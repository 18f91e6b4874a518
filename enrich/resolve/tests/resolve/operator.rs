//! operate's own entries in a log.

use crate::log::{Log, id};
use schemas::codec::Change;
use schemas::match_log::*;
use schemas::{NodeId, Timestamp, topics};

pub fn add_node(log: &mut Log, name: &str, province: &str) {
    let entry_id = id(10_000 + log.entries.len() as u128);
    log.decide(LogBody::NodeAdded(NodeAdded {
        entry_id,
        at: Timestamp(0),
        by: "operator".to_owned(),
        node_id: NodeId::parse(name).expect("a node id"),
        province: province.to_owned(),
        public_key: None,
    }));
}

pub fn retire_node(log: &mut Log, name: &str) {
    let entry_id = id(10_000 + log.entries.len() as u128);
    log.decide(LogBody::NodeRetired(NodeRetired {
        entry_id,
        at: Timestamp(0),
        by: "operator".to_owned(),
        node_id: NodeId::parse(name).expect("a node id"),
        reason: "lost".to_owned(),
    }));
}

pub fn letter_decided(entry: u128, letter: SourcePosition, remedy: Remedy) -> DeadLetterDecided {
    DeadLetterDecided {
        entry_id: id(entry),
        at: Timestamp(1),
        by: "an.operator".to_owned(),
        reason: "it can be done now".to_owned(),
        letter,
        remedy,
    }
}

/// The decision to load a change again that the database refused.
pub fn reapplied(entry: u128, change: &Change) -> DeadLetterDecided {
    let letter = SourcePosition {
        topic: topics::CHANGES.to_owned(),
        partition: 0,
        offset: change.sequence(),
    };
    let change = Reapplied {
        key: Some(b"some key".to_vec()),
        value: change.encode().expect("fits"),
        headers: Vec::new(),
    };
    letter_decided(entry, letter, Remedy::Reapplied(change))
}
