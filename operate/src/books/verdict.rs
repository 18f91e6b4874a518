//! Whether the books balance, and what speaks against it.

use super::gather::Snapshot;
use super::ledger::Ledger;
use super::numbers::{Beside, Numbers};
use super::passed::Passed;
use super::report::{Books, ProvinceBooks};
use super::rows::DeadLetters;

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
    let Some(proof) = &snapshot.proof else { return };
    let counted = proof
        .get(&(node_id.to_string(), epoch))
        .copied()
        .unwrap_or_default();
    let told = (counted.loaded, counted.rejected, counted.held);
    if quiet && told != (numbers.loaded, numbers.rejected, numbers.held) {
        problems.push(format!(
            "{node_id} epoch {epoch}: the ledger has {} loaded, {} rejected, {} held, the events' own rows have \
             {}, {} and {}",
            numbers.loaded, numbers.rejected, numbers.held, told.0, told.1, told.2
        ));
    }
    if counted.unproven > 0 {
        problems.push(format!(
            "{node_id} epoch {epoch}: {} applications count as loaded, but no row has them at that revision",
            counted.unproven
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
    if snapshot.applications_without_resident > 0 {
        problems.push(format!(
            "{} applications count as loaded, but the register doesn't have their resident",
            snapshot.applications_without_resident
        ));
    }
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
            "{} events came under a sequence that was taken: a copied spool, or two nodes under one name",
            beside.conflicts
        ));
    }
    if some(beside.broken_links) {
        problems.push(format!(
            "{} events don't continue the one before: it was changed on the way, or the spool was",
            beside.broken_links.unwrap_or_default()
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
    let waiting = some(totals.pending) || some(totals.in_transit);
    Books {
        day: snapshot.day,
        balanced,
        settled: passed.everything() && !waiting && snapshot.day.is_none_or(|day| day.over),
        totals,
        beside,
        provinces,
        undecodable,
        problems,
    }
}

fn some(number: Option<i64>) -> bool {
    number.is_some_and(|number| number > 0)
}
