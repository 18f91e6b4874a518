//! What only this pipeline has: provinces, verdicts, causes, nodes. Nodes are summed by province.

use super::text::Text;
use lag::cause::{Cause, Kind, NodeSeen};
use lag::{PartitionLag, ProvinceLag, SHARED, Stage, Verdict};
use std::collections::BTreeMap;

pub(super) fn provinces(text: &mut Text, rows: &[ProvinceLag]) {
    let name = |row: &ProvinceLag| row.province.as_deref().unwrap_or(SHARED).to_owned();
    let stages = rows.iter().flat_map(|row| {
        let of = |stage: &str, lag: Option<Stage>| {
            lag.map(|lag| ([name(row), stage.to_owned()], lag.waiting as f64))
        };
        [
            of("normalise", row.normalise),
            of("match", row.matching),
            of("sink", row.sink),
        ]
    });
    text.family(
        "intake_lag_waiting_records",
        "Records of a province that wait for a stage, without transaction markers.",
        ["province", "stage"],
        stages.flatten(),
    );
    text.family(
        "intake_lag_waiting_people",
        "Applications of a province that wait in some stage.",
        ["province"],
        rows.iter().map(|row| ([name(row)], row.people as f64)),
    );
    text.family(
        "intake_lag_oldest_seconds",
        "Seconds since the oldest waiting record reached its province's topic.",
        ["province"],
        rows.iter()
            .filter_map(|row| Some(([name(row)], row.oldest_seconds?))),
    );
    text.family(
        "intake_lag_eta_seconds",
        "Seconds until nothing waits; only while the lag shrinks.",
        ["province"],
        rows.iter()
            .filter_map(|row| Some(([name(row)], row.eta_seconds?))),
    );
    text.family(
        "intake_lag_verdict",
        "1 for what a province's lag is called now, 0 for every other verdict.",
        ["province", "verdict"],
        rows.iter().flat_map(|row| {
            Verdict::ALL.into_iter().map(|verdict| {
                (
                    [name(row), verdict.name().to_owned()],
                    f64::from(u8::from(row.verdict == verdict)),
                )
            })
        }),
    );
}

pub(super) fn groups(text: &mut Text, lags: &[PartitionLag]) {
    let mut verdicts: BTreeMap<(&str, Verdict), f64> = BTreeMap::new();
    let mut margins: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    let mut lost: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for lag in lags {
        *verdicts.entry((&lag.group, lag.verdict)).or_default() += 1.0;
        let place = (lag.group.as_str(), lag.topic.as_str());
        *lost.entry(place).or_default() += lag.lost_records;
        if let Some(margin) = lag.retention_margin_seconds {
            let least = margins.entry(place).or_insert(margin);
            *least = least.min(margin);
        }
    }
    text.family(
        "intake_lag_partitions",
        "Partitions of a group by verdict.",
        ["group", "verdict"],
        verdicts
            .into_iter()
            .map(|((group, verdict), count)| ([group.to_owned(), verdict.name().to_owned()], count)),
    );
    let place = |(group, topic): (&str, &str)| [group.to_owned(), topic.to_owned()];
    text.family(
        "intake_lag_retention_margin_seconds",
        "Seconds until retention deletes a record that waits, at the earliest.",
        ["group", "topic"],
        margins.into_iter().map(|(at, margin)| (place(at), margin)),
    );
    text.family(
        "intake_lag_lost_records",
        "Records that were deleted before the group read them.",
        ["group", "topic"],
        lost.into_iter().map(|(at, lost)| (place(at), lost as f64)),
    );
}

pub(super) fn causes(text: &mut Text, causes: &[Cause]) {
    text.family(
        "intake_lag_causes",
        "Groups and nodes for which a cause is named now.",
        ["cause"],
        Kind::ALL.into_iter().map(|kind| {
            let count = causes.iter().filter(|cause| cause.kind == kind).count();
            ([kind.name().to_owned()], count as f64)
        }),
    );
}

pub(super) fn nodes(text: &mut Text, nodes: &[NodeSeen], causes: &[Cause]) {
    let silent = |node: &NodeSeen| {
        let named = |cause: &Cause| cause.kind == Kind::SilentNode && cause.about == node.node_id;
        f64::from(u8::from(causes.iter().any(named)))
    };
    let mut sums: BTreeMap<&str, Nodes> = BTreeMap::new();
    for node in nodes {
        let sum = sums.entry(&node.province).or_default();
        sum.known += 1.0;
        sum.pending += node.pending.max(0) as f64;
        sum.silent += silent(node);
        sum.oldest = sum.oldest.max(node.silent_seconds);
    }
    let mut family = |name: &str, help: &str, pick: fn(&Nodes) -> f64| {
        let members = sums.iter().map(|(slug, sum)| ([(*slug).to_owned()], pick(sum)));
        text.family(name, help, ["province"], members);
    };
    family(
        "intake_nodes",
        "Nodes with a manifest that are not retired.",
        |sum| sum.known,
    );
    family(
        "intake_nodes_pending_events",
        "Events that nodes held by their last manifests.",
        |sum| sum.pending,
    );
    family(
        "intake_nodes_silent",
        "Nodes that hold events and are not heard of.",
        |sum| sum.silent,
    );
    family(
        "intake_nodes_oldest_manifest_seconds",
        "Seconds since the oldest last manifest.",
        |sum| sum.oldest,
    );
}

/// Sums over a province's nodes.
#[derive(Default)]
struct Nodes {
    known: f64,
    pending: f64,
    silent: f64,
    oldest: f64,
}
