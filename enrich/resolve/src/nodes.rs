//! Steps of operate's own entries: nodes registered and written off.

use crate::state::Resolver;
use crate::step::Outputs;
use schemas::Timestamp;
use schemas::change::{EventKind, NodeState};
use schemas::finding::OutcomeKind;
use schemas::match_log::{NodeAdded, NodeRetired};
use uuid::Uuid;

impl Resolver {
    pub(crate) fn node_added(&mut self, logged_at: Timestamp, added: NodeAdded) -> Outputs {
        let node = NodeState {
            node_id: added.node_id,
            province: Some(added.province),
            public_key: added.public_key,
            retired: false,
            by: added.by,
            reason: None,
        };
        self.history.added(&node.node_id, logged_at);
        self.node_changed(logged_at, EventKind::NodeAdded, added.entry_id, node)
    }

    pub(crate) fn node_retired(&mut self, logged_at: Timestamp, retired: NodeRetired) -> Outputs {
        let known = self.nodes.get(&retired.node_id);
        let node = NodeState {
            province: known.and_then(|node| node.province.clone()),
            public_key: known.and_then(|node| node.public_key.clone()),
            node_id: retired.node_id,
            retired: true,
            by: retired.by,
            reason: Some(retired.reason),
        };
        let outputs = self.node_changed(logged_at, EventKind::NodeRetired, retired.entry_id, node);
        if let Some(node) = &outputs.settled.node_id {
            self.history.retired(node, self.sequence, logged_at);
        }
        outputs
    }

    fn node_changed(
        &mut self,
        logged_at: Timestamp,
        kind: EventKind,
        entry: Uuid,
        node: NodeState,
    ) -> Outputs {
        let mut settled = self.blank(logged_at, kind, OutcomeKind::Recorded);
        settled.event_id = Some(entry);
        settled.node_id = Some(node.node_id.clone());
        self.nodes.insert(node.node_id.clone(), node.clone());
        settled.node = Some(node);
        Outputs::of(settled)
    }
}
