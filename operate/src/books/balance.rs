//! The arithmetic of the books: pure functions over what the register holds.

use super::ledger::Ledger;
use super::numbers::{Beside, Numbers};
use super::sequences::count;
use schemas::Epoch;

/// What a node says of one of its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The series.
    pub epoch: Epoch,
    /// Highest sequence given.
    pub captured: i64,
    /// Highest sequence the broker has.
    pub published: i64,
    /// Where the broker put it: partition and offset.
    pub published_at: Option<(i32, i64)>,
}

/// The books of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochBooks {
    /// The series.
    pub epoch: Epoch,
    /// Its numbers.
    pub numbers: Numbers,
    /// What is counted beside them.
    pub beside: Beside,
    /// Each missing range of sequences, both ends included.
    pub missing: Vec<(i64, i64)>,
}

/// What of a series is no longer expected: it counts neither as captured nor as missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenOff<'a> {
    /// Nothing.
    Nothing,
    /// These missing ranges: operate skipped the positions where they lay.
    Skipped(&'a [(i64, i64)]),
    /// All that isn't received or on the way: the node was retired.
    Everything,
}

/// The books of one series. `passed` says whether match has certainly come past the claim's position
/// (everywhere in the topic, when it names none) and the sink has loaded what came of it;
/// `written_off` what is no longer expected.
///
/// Without a claim, as from a publisher that sends no manifests, what was captured is what was
/// received and the holes in it.
pub fn balance(
    ledger: &Ledger,
    claim: Option<&Claim>,
    passed: bool,
    written_off: &WrittenOff<'_>,
) -> EpochBooks {
    let received = &ledger.received;
    let highest = received.highest();
    let claimed = claim.map_or(0, |claim| claim.captured).max(highest);
    let published = claim.map_or(0, |claim| claim.published).max(highest).min(claimed);
    let mut pending = claimed - published;
    let mut missing = received.holes(1, highest);
    let tail = received.holes(highest.saturating_add(1), published);
    let mut in_transit = 0;
    if passed {
        missing.extend(tail);
    } else {
        in_transit = count(tail);
    }
    let not_there = count(missing.iter().copied());
    let given_up = match written_off {
        WrittenOff::Nothing => 0,
        WrittenOff::Skipped(ranges) => {
            missing.retain(|range| !ranges.contains(range));
            not_there - count(missing.iter().copied())
        }
        WrittenOff::Everything => {
            missing.clear();
            not_there.saturating_add(std::mem::take(&mut pending))
        }
    };
    EpochBooks {
        epoch: ledger.epoch,
        numbers: Numbers {
            captured: Some(claimed - given_up),
            pending: Some(pending),
            in_transit: Some(in_transit),
            missing: Some(count(missing.iter().copied())),
            received: received.count(),
            loaded: ledger.loaded,
            rejected: ledger.rejected,
            held: ledger.held,
            dead_lettered: ledger.dead_lettered,
        },
        beside: Beside {
            written_off: Some(given_up),
            ..ledger.beside
        },
        missing,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::DeadEvent;
    use super::*;
    use schemas::finding::OutcomeKind;
    use schemas::{NodeId, Timestamp};
    use uuid::Uuid;

    const EPOCH: Epoch = Uuid::from_u128(1);

    fn ledger(received: &[(i64, i64)], loaded: i64, rejected: i64, held: i64) -> Ledger {
        Ledger {
            sequence: 100,
            received: received.iter().copied().collect(),
            loaded,
            rejected,
            held,
            ..Ledger::empty(NodeId::parse("dien-bien-01").expect("a node id"), EPOCH)
        }
    }

    const fn claim(captured: i64, published: i64) -> Claim {
        Claim {
            epoch: EPOCH,
            captured,
            published,
            published_at: None,
        }
    }

    #[track_caller]
    fn check(case: &str, books: &EpochBooks, numbers: [i64; 5], missing: &[(i64, i64)]) {
        let got = &books.numbers;
        let waiting = [got.captured, got.pending, got.in_transit, got.missing];
        let [captured, pending, in_transit, not_there] = waiting.map(Option::unwrap_or_default);
        assert_eq!(
            [captured, pending, in_transit, not_there, got.received],
            numbers,
            "{case}: captured, pending, in transit, missing, received"
        );
        assert_eq!(books.missing, missing, "{case}: missing ranges");
        let parts = pending + in_transit + not_there + got.received;
        assert_eq!(captured, parts, "{case}: captured is the sum of its parts");
    }

    #[test]
    fn each_event_is_in_one_place() {
        let passed = true;
        for (case, received, claimed, passed, numbers, missing) in [
            (
                "all is there",
                &[(1, 5)][..],
                Some(claim(5, 5)),
                passed,
                [5, 0, 0, 0, 5],
                &[][..],
            ),
            (
                "pending at the node",
                &[(1, 3)],
                Some(claim(5, 3)),
                passed,
                [5, 2, 0, 0, 3],
                &[],
            ),
            (
                "in transit",
                &[(1, 3)],
                Some(claim(5, 5)),
                !passed,
                [5, 0, 2, 0, 3],
                &[],
            ),
            (
                "missing at the end",
                &[(1, 3)],
                Some(claim(5, 5)),
                passed,
                [5, 0, 0, 2, 3],
                &[(4, 5)],
            ),
            (
                "a hole",
                &[(1, 2), (4, 5)],
                Some(claim(5, 5)),
                passed,
                [5, 0, 0, 1, 4],
                &[(3, 3)],
            ),
            (
                "a hole, and more to come",
                &[(1, 2), (4, 5)],
                Some(claim(9, 7)),
                !passed,
                [9, 2, 2, 1, 4],
                &[(3, 3)],
            ),
            (
                "nothing received",
                &[],
                Some(claim(4, 2)),
                passed,
                [4, 2, 0, 2, 0],
                &[(1, 2)],
            ),
            (
                "the manifest is older than the events",
                &[(1, 9)],
                Some(claim(5, 4)),
                passed,
                [9, 0, 0, 0, 9],
                &[],
            ),
            ("no manifest", &[(1, 4)], None, passed, [4, 0, 0, 0, 4], &[]),
            (
                "no manifest, a hole",
                &[(2, 4)],
                None,
                passed,
                [4, 0, 0, 1, 3],
                &[(1, 1)],
            ),
            (
                "published beyond captured",
                &[],
                Some(claim(2, 9)),
                !passed,
                [2, 0, 2, 0, 0],
                &[],
            ),
            (
                "absurd",
                &[],
                Some(claim(i64::MAX, i64::MAX)),
                passed,
                [i64::MAX, 0, 0, i64::MAX, 0],
                &[(1, i64::MAX)],
            ),
        ] {
            let books = balance(
                &ledger(received, 0, 0, 0),
                claimed.as_ref(),
                passed,
                &WrittenOff::Nothing,
            );
            check(case, &books, numbers, missing);
        }
    }

    #[test]
    fn a_retired_node_is_written_off() {
        let books = balance(
            &ledger(&[(1, 2), (4, 5)], 4, 0, 0),
            Some(&claim(9, 7)),
            true,
            &WrittenOff::Everything,
        );
        check("retired", &books, [4, 0, 0, 0, 4], &[]);
        assert_eq!(books.beside.written_off, Some(5));
    }

    #[test]
    fn what_was_skipped_is_written_off() {
        let gaps = ledger(&[(1, 2), (5, 5), (7, 8)], 5, 0, 0);
        let books = balance(&gaps, Some(&claim(9, 8)), true, &WrittenOff::Skipped(&[(3, 4)]));
        check("skipped", &books, [7, 1, 0, 1, 5], &[(6, 6)]);
        assert_eq!(books.beside.written_off, Some(2));
    }

    #[test]
    fn epochs_add_up_and_copies_and_forks_stay_beside() {
        let mut first = ledger(&[(1, 3)], 2, 1, 0);
        first.beside = Beside {
            copies: 7,
            conflicts: 1,
            broken_links: Some(2),
            written_off: Some(0),
        };
        let (mut numbers, mut beside) = (Numbers::default(), Beside::default());
        for books in [
            balance(&first, Some(&claim(3, 3)), true, &WrittenOff::Nothing),
            balance(
                &ledger(&[(1, 2)], 1, 0, 1),
                Some(&claim(4, 2)),
                true,
                &WrittenOff::Nothing,
            ),
        ] {
            numbers.add(&books.numbers);
            beside.add(&books.beside);
        }
        let expected = Numbers {
            captured: Some(7),
            pending: Some(2),
            received: 5,
            loaded: 3,
            rejected: 1,
            held: 1,
            ..Numbers::default()
        };
        assert_eq!(numbers, expected);
        assert!(numbers.received_adds_up());
        assert_eq!(
            (beside.copies, beside.conflicts, beside.broken_links),
            (7, 1, Some(2))
        );
    }

    #[test]
    fn a_dead_letter_is_received_and_no_longer_loaded() {
        let dead = |node_sequence, sequence| DeadEvent {
            node_id: NodeId::parse("dien-bien-01").expect("a node id"),
            epoch: EPOCH,
            node_sequence,
            province: "dien-bien".to_owned(),
            appended_at: Timestamp(0),
            sequence,
            outcome: OutcomeKind::Loaded,
        };
        let mut ledger = ledger(&[(1, 2), (4, 5)], 5, 0, 0);
        ledger.bury(&dead(3, 60));
        ledger.bury(&dead(4, 61)); // was loaded after all
        ledger.bury(&dead(6, 101)); // the counts don't know it yet
        let books = balance(&ledger, Some(&claim(6, 6)), true, &WrittenOff::Nothing);
        check("dead letters", &books, [6, 0, 0, 0, 6], &[]);
        assert_eq!((books.numbers.loaded, books.numbers.dead_lettered), (4, 2));
        assert!(books.numbers.received_adds_up());
    }
}
