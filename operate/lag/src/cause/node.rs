//! Causes at the nodes.

use super::{Cause, Evidence, Kind, NodeSeen};
use crate::Verdict;
use schemas::topics::{self, GROUP_SINK};

/// A node with events sends a manifest every 5 s (its default): six that are missing are no hiccup.
const SILENT: f64 = 30.0;
/// Events wait at a node that is heard of for longer than a publisher's retry takes.
const HELD_BACK: f64 = 15.0;
/// The most nodes that are named.
const NAMED: usize = 5;

pub(super) fn causes(evidence: &Evidence<'_>) -> Vec<Cause> {
    // Manifests come through the sink: while it stands still every node would look silent.
    let told = |node: &&NodeSeen| {
        let topic = topics::nodes(&node.province);
        let mut of_topic = evidence
            .lags
            .iter()
            .filter(|l| l.group == GROUP_SINK && l.topic == topic);
        of_topic.all(|lag| lag.verdict <= Verdict::CaughtUp)
    };
    let nodes: Vec<&NodeSeen> = evidence
        .nodes
        .iter()
        .filter(|node| evidence.province.is_none_or(|slug| slug == node.province))
        .filter(|node| node.pending > 0)
        .filter(told)
        .collect();
    let silent = |node: &&&NodeSeen| node.silent_seconds >= SILENT;
    let held = |node: &&&NodeSeen| {
        node.silent_seconds < SILENT
            && node
                .held_back_seconds()
                .is_some_and(|seconds| seconds >= HELD_BACK)
    };
    let silent = nodes.iter().filter(silent).take(NAMED).map(|node| Cause {
        kind: Kind::SilentNode,
        about: node.node_id.clone(),
        evidence: format!(
            "the last manifest came {:.0} s ago and told of {} events that are not published",
            node.silent_seconds, node.pending
        ),
        next: format!("intakectl node list --province {}", node.province),
    });
    let held = nodes.iter().filter(held).take(NAMED).map(|node| Cause {
        kind: Kind::ProducerHeldBack,
        about: node.node_id.clone(),
        evidence: held_back(node),
        next: "intake-node status, at the node".to_owned(),
    });
    silent.chain(held).collect()
}

fn held_back(node: &NodeSeen) -> String {
    let seconds = node.pending_seconds;
    if node.published == 0 {
        return format!(
            "manifests come, but in {seconds:.0} s not one of its {} pending events: no right to write {}, or throttled",
            node.pending,
            topics::applications(&node.province)
        );
    }
    let rate = node.published as f64 / seconds;
    format!(
        "published {} events in {seconds:.0} s and holds {} more, {:.0} min at this rate: throttled by a quota, or a slow line",
        node.published,
        node.pending,
        (node.pending as f64 / rate / 60.0).max(1.0)
    )
}
