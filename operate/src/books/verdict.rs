//! Whether the books balance, and what speaks against it.

use super::chain::Place;
use super::gather::Snapshot;
use super::ledger::Ledger;
use super::numbers::{Beside, Numbers};
use super::passed::Passed;
use super::report::{Books, NodeBooks, ProvinceBooks};
use super::rows::DeadLetters;
use super::silence::SilentNode;

/// What does not fit in one series. The counts of a ledger and those of its rows may differ while
/// partitions are loaded one after the other, so they are compared only when nothing moved.
pub(super) fn doubts(
    snapshot: &Snapshot,
    passed: &Passed,
    ledger: &Ledger,
    numbers: &Numbers,
    problems: &mut Vec<String>,
) {
    let (node_id, epoch) = (&ledger.node_id, ledger.epoch);
    let quiet = passed.loaded && passed.step == snapshot.step;
    if quiet && !numbers.received_adds_up() {
        problems.push(format!(
            "{node_id} epoch {epoch}: {} received, but {} loaded, {} rejected, {} held, {} dead-lettered",
            numbers.received, numbers.loaded, numbers.rejected, numbers.held, numbers.dead_lettered
        ));
    }
    let Some(counts) = &snapshot.counts else { return };
    let rows = counts
        .get(&(node_id.to_string(), epoch))
        .cloned()
        .unwrap_or_default();
    let of_rows = [rows.loaded, rows.rejected, rows.held, rows.copies, rows.conflicts];
    let Beside {
        copies, conflicts, ..
    } = ledger.beside;
    let of_ledger = [numbers.loaded, numbers.rejected, numbers.held, copies, conflicts];
    if quiet && of_rows != of_ledger {
        let told = |[loaded, rejected, held, copies, conflicts]: [i64; 5]| {
            format!(
                "{loaded} loaded, {rejected} rejected, {held} held, {copies} copies, {conflicts} conflicts"
            )
        };
        problems.push(format!(
            "{node_id} epoch {epoch}: the ledger has {}; the events' own rows have {}",
            told(of_ledger),
            told(of_rows)
        ));
    }
}

/// The books of all provinces, with what keeps them from balancing.
pub(super) fn sum(
    snapshot: &Snapshot,
    passed: &Passed,
    provinces: Vec<ProvinceBooks>,
    mut problems: Vec<String>,
) -> Books {
    let (mut totals, mut beside) = (Numbers::default(), Beside::default());
    for province in &provinces {
        totals.add(&province.numbers);
        beside.add(&province.beside);
    }
    problems.extend(snapshot.contradictions.iter().map(ToString::to_string));
    let mismatches = !problems.is_empty();
    let undecodable: Vec<DeadLetters> = snapshot
        .dead_letters
        .iter()
        .filter(|row| row.stage == "normalise")
        .cloned()
        .collect();
    for row in &undecodable {
        problems.push(format!(
            "{}: {} records are no events ({})",
            row.topic, row.count, row.reason
        ));
    }
    if beside.conflicts > 0 {
        problems.push(format!(
            "{} events came under a sequence that was taken, {}: a copied spool, or two nodes under one name",
            beside.conflicts,
            named(&snapshot.forks)
        ));
    }
    if some(beside.broken_links) {
        problems.push(format!(
            "{} events don't continue the one before, {}: it was changed on the way, or the spool was",
            beside.broken_links.unwrap_or_default(),
            named(&snapshot.broken)
        ));
    }
    let balanced = !mismatches
        && undecodable.is_empty()
        && !some(totals.missing)
        && beside.conflicts == 0
        && !some(beside.broken_links);
    let dead_changes: i64 = snapshot
        .dead_letters
        .iter()
        .filter(|row| row.stage == "sink")
        .map(|row| row.count)
        .sum();
    if dead_changes > 0 {
        problems.push(format!(
            "the register refused {dead_changes} records ({} of them no events), which is a fault of this software: \
             see table dead_letter",
            snapshot.other_dead_changes
        ));
    }
    if !passed.loaded {
        problems.push(
            "the sink has not loaded all that match has made; what isn't loaded counts as in transit"
                .to_owned(),
        );
    }
    let of_node = |(province, node): (&ProvinceBooks, &NodeBooks)| {
        Some(SilentNode {
            province: province.province.clone(),
            node_id: node.node_id.clone(),
            since: node.silent_since?,
        })
    };
    let nodes = provinces
        .iter()
        .flat_map(|province| province.nodes.iter().map(move |node| (province, node)));
    let silent = nodes.filter_map(of_node).collect();
    let waiting = some(totals.pending) || some(totals.in_transit);
    Books {
        day: snapshot.day,
        balanced,
        settled: passed.everything() && !waiting && snapshot.day.is_none_or(|day| day.over),
        totals,
        beside,
        provinces,
        undecodable,
        forks: snapshot.forks.clone(),
        broken: snapshot.broken.clone(),
        silent_nodes: snapshot.silent_before.map(|_| silent),
        contradictions: snapshot.contradictions.clone(),
        problems,
    }
}

/// Some places, to begin looking at.
fn named(places: &[Place]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = places.iter().take(SHOWN).map(ToString::to_string).collect();
    match places.len().saturating_sub(SHOWN) {
        _ if places.is_empty() => "whose places are not known here".to_owned(),
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}

fn some(number: Option<i64>) -> bool {
    number.is_some_and(|number| number > 0)
}
