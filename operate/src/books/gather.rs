//! Puts the books together from what was read.

use super::balance::{self, Claim, WrittenOff};
use super::chain::Place;
use super::claim::{self, Proof};
use super::day::DayOfBooks;
use super::evidence::Contradiction;
use super::ledger::{DeadEvent, Ledger};
use super::numbers::{Beside, Numbers};
use super::passed::Passed;
use super::proof::Counts;
use super::report::{Books, EpochNumbers, MissingRange, NodeBooks, ProvinceBooks};
use super::rows::{self, DeadLetters, ManifestRow, NodeRow};
use super::scope::Scope;
use super::silence;
use super::skipped::Skipped;
use super::verdict::{doubts, sum};
use chrono::{DateTime, Utc};
use runtime::Fault;
use schemas::{Epoch, NodeId};
use std::collections::BTreeMap;

/// What the books are made of: one snapshot of the register.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub(super) nodes: Vec<NodeRow>,
    pub(super) manifests: Vec<ManifestRow>,
    pub(super) ledgers: Vec<(String, Ledger)>,
    pub(super) dead_events: Vec<DeadEvent>,
    pub(super) other_dead_changes: i64,
    pub(super) dead_letters: Vec<DeadLetters>,
    /// Every event's own row, counted; none when that was not asked for.
    pub(super) counts: Option<Counts>,
    /// Rows that can't be what the pipeline wrote.
    pub(super) contradictions: Vec<Contradiction>,
    /// Places for which two different events came.
    pub(super) forks: Vec<Place>,
    /// Events that name another predecessor.
    pub(super) broken: Vec<Place>,
    /// Nodes not heard of since then are silent; none when silence isn't asked for.
    pub(super) silent_before: Option<DateTime<Utc>>,
    /// The highest step of match in this snapshot.
    pub(super) step: i64,
    /// What operate has given up.
    pub(super) skipped: Skipped,
    /// The day that the books are of; none for all that ever was.
    pub(super) day: Option<DayOfBooks>,
}

/// What is known of one node in one province.
#[derive(Default)]
struct Series<'a> {
    manifest: Option<&'a ManifestRow>,
    ledgers: BTreeMap<Epoch, Ledger>,
}

/// The books of what is in `scope`.
pub(super) fn books(snapshot: &Snapshot, passed: &Passed, scope: &Scope<'_>) -> Result<Books, Fault> {
    let mut problems = Vec::new();
    let of_provinces = by_province(series(snapshot)?, scope);
    let books = of_provinces
        .into_iter()
        .map(|(slug, nodes)| province(snapshot, passed, slug, nodes, &mut problems))
        .collect();
    Ok(sum(snapshot, passed, books, problems))
}

/// What is known of nodes, put under the provinces in their order, and under others that turn up where
/// all are asked for.
pub(super) fn by_province<S>(
    mut series: BTreeMap<(String, NodeId), S>,
    scope: &Scope<'_>,
) -> Vec<(String, Vec<(NodeId, S)>)> {
    let mut slugs: Vec<String> = scope.slugs.iter().map(|slug| (*slug).to_owned()).collect();
    if scope.all {
        let others = series.keys().map(|(slug, _)| slug.clone());
        let mut others: Vec<String> = others
            .filter(|slug| !scope.slugs.contains(&slug.as_str()))
            .collect();
        others.dedup();
        slugs.extend(others);
    }
    let of_each = slugs.into_iter().map(|slug| {
        let of_province = series.extract_if(.., |(province, _), _| *province == slug);
        let nodes = of_province.map(|((_, node), series)| (node, series)).collect();
        (slug, nodes)
    });
    of_each.collect()
}

fn series(snapshot: &Snapshot) -> Result<BTreeMap<(String, NodeId), Series<'_>>, Fault> {
    let mut series: BTreeMap<(String, NodeId), Series<'_>> = BTreeMap::new();
    for (slug, ledger) in &snapshot.ledgers {
        let of_node = series.entry((slug.clone(), ledger.node_id.clone())).or_default();
        of_node.ledgers.insert(ledger.epoch, ledger.clone());
    }
    for manifest in &snapshot.manifests {
        let node = rows::node_id(&manifest.node_id)?;
        series
            .entry((manifest.province.clone(), node))
            .or_default()
            .manifest = Some(manifest);
    }
    for dead in &snapshot.dead_events {
        let of_node = series.iter_mut().filter(|((_, node), _)| *node == dead.node_id);
        for (_, series) in of_node {
            let ledgers = &mut series.ledgers;
            ledgers
                .entry(dead.epoch)
                .or_insert_with(|| Ledger::empty(dead.node_id.clone(), dead.epoch))
                .bury(dead);
        }
    }
    // A registered node that was never heard of has empty books.
    for node in &snapshot.nodes {
        if let Some(slug) = &node.province {
            series
                .entry((slug.clone(), rows::node_id(&node.node_id)?))
                .or_default();
        }
    }
    Ok(series)
}

fn province(
    snapshot: &Snapshot,
    passed: &Passed,
    slug: String,
    nodes: Vec<(NodeId, Series<'_>)>,
    problems: &mut Vec<String>,
) -> ProvinceBooks {
    let mut province = ProvinceBooks::empty(slug, Numbers::default(), Beside::default());
    let topic = schemas::topics::applications(&province.province);
    for (node_id, mut series) in nodes {
        let registered = snapshot
            .nodes
            .iter()
            .find(|node| node.node_id == node_id.as_str());
        let retired = registered.is_some_and(|node| node.retired);
        let (proof, claims) = trusted(&series, registered, &node_id, problems);
        let delivers = !series.ledgers.is_empty();
        let silent_since = snapshot
            .silent_before
            .and_then(|limit| silence::since(registered, series.manifest, delivers, limit));
        let mut node = NodeBooks {
            claim: Some(proof),
            silent_since,
            ..NodeBooks::empty(&node_id, registered, series.manifest)
        };
        for claim in &claims {
            let empty = || Ledger::empty(node_id.clone(), claim.epoch);
            series.ledgers.entry(claim.epoch).or_insert_with(empty);
        }
        for ledger in series.ledgers.values() {
            let claim = claims.iter().find(|claim| claim.epoch == ledger.epoch);
            let has_passed = passed.has(&topic, claim.and_then(|claim| claim.published_at));
            let skipped = snapshot.skipped.get(&(node_id.to_string(), ledger.epoch));
            let written_off = match skipped {
                _ if retired => WrittenOff::Everything,
                Some(ranges) => WrittenOff::Skipped(ranges),
                None => WrittenOff::Nothing,
            };
            let epoch = balance::balance(ledger, claim, has_passed, &written_off);
            node.numbers.add(&epoch.numbers);
            node.beside.add(&epoch.beside);
            let missing = epoch.missing.iter().map(|&(first, last)| MissingRange {
                node_id: node_id.to_string(),
                epoch: epoch.epoch,
                first,
                last,
            });
            province.missing_ranges.extend(missing);
            node.epochs.push(EpochNumbers {
                epoch: epoch.epoch,
                numbers: epoch.numbers,
            });
            doubts(snapshot, passed, ledger, &epoch.numbers, problems);
        }
        province.numbers.add(&node.numbers);
        province.beside.add(&node.beside);
        province.nodes.push(node);
    }
    province
}

/// The claims that count: none where the manifest isn't the registered node's own.
fn trusted(
    series: &Series<'_>,
    registered: Option<&NodeRow>,
    node_id: &NodeId,
    problems: &mut Vec<String>,
) -> (Proof, Vec<Claim>) {
    let Some(manifest) = series.manifest else {
        return (Proof::Unverified, Vec::new());
    };
    let proof = claim::proof(manifest, registered);
    if proof == Proof::Forged {
        problems.push(format!(
            "{node_id}: its manifest isn't signed with its registered key, so what it says isn't used: \
             register its present key with `intakectl node add`, or find out who sends it"
        ));
        return (proof, Vec::new());
    }
    let claims = claim::claims(manifest).unwrap_or_else(|| {
        problems.push(format!("{node_id}: its manifest can't be read"));
        Vec::new()
    });
    (proof, claims)
}
