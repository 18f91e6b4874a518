//! operate's own entries in a log.

use crate::log::{Log, id};
use schemas::match_log::{LogBody, NodeAdded, NodeRetired};
use schemas::{NodeId, Timestamp};

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
