//! The same log gives the same bytes; rows and a tail give the same state as no interruption.

use crate::log::*;
use crate::operator::*;
use crate::seen::Seen;
use proptest::prelude::*;
use resolve::restore::{Fold, Place, Restoring, Row};
use resolve::{Outputs, Resolver, Waiting};
use schemas::codec::{Change, Event};
use schemas::event::Body;
use schemas::finding::OutcomeKind;
use schemas::match_log::{LogBody, RulesActivated, SourcePosition};
use schemas::{Field, Finding, Severity, Timestamp};

const NAMES: [&str; 3] = ["Lò Văn Pâng", "Quàng Thị Hoa", "Giàng A Páo"];
const NUMBERS: [&str; 3] = ["", "011087001234", "011090005678"];
const BORN: [&str; 3] = ["05/09/1987", "1990", "31/04/1950"];

/// What other rules read of a name, and what they find.
const NAMES_READ: [&str; 2] = ["Lò Văn Pâng", "Lò Văn Bằng"];
const READINGS: [[Severity; 1]; 4] = [
    [Severity::Note],
    [Severity::Note],
    [Severity::Hold],
    [Severity::Reject],
];

fn bodies() -> impl Strategy<Value = Body> {
    let app = 1..6u128;
    prop_oneof![
        6 => (app.clone(), 1..4i32, 0..3usize, 0..3usize, 0..3usize)
            .prop_map(|(a, r, n, b, k)| application(a, r, &person(NAMES[n], BORN[b], NUMBERS[k]))),
        2 => (app.clone(), 1..4i32, 0..3usize)
            .prop_map(|(a, stage, n)| verification(a, stage, Field::FullName, NAMES[n])),
        1 => app.prop_map(withdrawal),
    ]
}

/// A log of two nodes with repeated and forked events in it, that operate adds and retires meanwhile, and with
/// decisions to erase, on reviews, on dead letters and by other rules, some of them on what was there before.
pub fn logs() -> impl Strategy<Value = Log> {
    let stories = prop::collection::vec((bodies(), 0..2usize, 0..40u8, 1..6u128), 1..40);
    (stories, prop_oneof![Just(0), Just(LOGGED_AT)]).prop_map(|(stories, delay_ms)| {
        const NAMES: [&str; 2] = ["dien-bien-01", "dien-bien-02"];
        let mut nodes = NAMES.map(Node::new);
        let mut fork = Node::new(NAMES[0]);
        let (mut log, mut resolver) = (Log::default(), Resolver::default());
        let mut seen = Seen::default();
        let mut made = Vec::new();
        add_node(&mut log, NAMES[0], "dien-bien");
        log.delay_ms = delay_ms;
        let mut from = 0;
        for (n, (body, node, trick, whose)) in stories.into_iter().enumerate() {
            let entry = 5_000 + n as u128;
            let decided_before = (
                seen.erase(id(whose), entry),
                seen.decide(id(whose), node == 0, entry),
            );
            match trick {
                12 => add_node(&mut log, NAMES[node], "lai-chau"),
                13 => retire_node(&mut log, NAMES[node]),
                _ => {}
            }
            let event = match trick {
                0 => fork.event(body),
                6 => nodes[node].altered(body, |event| event.event_id = id(1)),
                7 => nodes[node].altered(body, |event| event.captured_at.0 -= 31 * 24 * 3600 * 1000),
                8 => nodes[node].altered(body, |event| event.captured_at.0 += LOGGED_AT),
                _ => nodes[node].event(body),
            };
            match trick {
                25 | 26 => log.push_unread(event.clone()),
                _ => log.push(event.clone()),
            }
            if trick == 1 {
                log.push(event);
            }
            let outputs = apply(&mut resolver, &log, from);
            outputs.iter().for_each(|outputs| seen.note(outputs));
            made.extend(changes(&outputs));
            from = log.entries.len();
            let decided = match trick {
                2 => decided_before.0.map(LogBody::ResidentErased),
                3..=5 => seen.erase(id(whose), entry).map(LogBody::ResidentErased),
                9 => decided_before.1.map(LogBody::ReviewDecided),
                14..=23 => seen
                    .decide(id(whose), trick % 2 == 0, entry)
                    .map(LogBody::ReviewDecided),
                24 => Some(LogBody::RulesActivated(other_rules(entry))),
                27..=29 => log.reread(entry).map(LogBody::DeadLetterDecided),
                32..=39 => seen
                    .reprocess(
                        id(whose),
                        NAMES_READ[usize::from(trick) % 2],
                        &READINGS[usize::from(trick) % 4]
                            .map(|severity| Finding::overall(severity, "of.others")),
                        entry,
                    )
                    .map(|decided| LogBody::ApplicationReprocessed(Box::new(decided))),
                30 | 31 => Some(&made[whose as usize * made.len() / 6])
                    .map(|change| LogBody::DeadLetterDecided(reapplied(entry, change))),
                _ => None,
            };
            decided.into_iter().for_each(|decided| log.decide(decided));
        }
        log
    })
}

/// Weights that find fewer people alike.
fn other_rules(entry: u128) -> RulesActivated {
    let weights =
        include_str!("../../../linkage/weights/vn-1.toml").replace("match_rate = 1.0", "match_rate = 0.2");
    RulesActivated {
        entry_id: id(entry),
        at: Timestamp(1),
        by: "a.admin".to_owned(),
        reason: "another year".to_owned(),
        version: "vn-1b".to_owned(),
        weights,
        link: 0.99,
        review: 0.1,
    }
}

/// What one step hands on, as the bytes that would be sent.
pub fn bytes_of(output: &Outputs) -> Vec<Vec<u8>> {
    let mut bytes = vec![output.settled.encode().expect("fits")];
    bytes.extend(
        output
            .residents
            .iter()
            .map(|resident| resident.encode().expect("fits")),
    );
    bytes.extend(
        output
            .notices
            .iter()
            .map(|(_, notice)| notice.encode().expect("fits")),
    );
    bytes.extend(output.reapplied.iter().map(|change| change.value.clone()));
    bytes
}

pub fn changes(outputs: &[Outputs]) -> Vec<Change> {
    let mut changes = Vec::new();
    for output in outputs {
        changes.push(Change::Settled(Box::new(output.settled.clone())));
        changes.extend(
            output
                .residents
                .iter()
                .map(|resident| Change::Resident(Box::new(resident.clone()))),
        );
        changes.extend(
            output
                .reapplied
                .iter()
                .map(|change| Change::decode(&change.value).expect("a change")),
        );
    }
    changes
}

proptest! {
    #[test]
    fn nobody_comes_back_and_nothing_of_them_is_handed_on(log in logs()) {
        let mut erased = std::collections::HashSet::new();
        for output in apply(&mut Resolver::default(), &log, 0) {
            for change in changes(std::slice::from_ref(&output)) {
                let mut emptied = change.clone();
                emptied.erase(&erased).expect("reads");
                prop_assert!(emptied == change, "{:#?}", change);
            }
            for resident in &output.residents {
                prop_assert!(!erased.contains(&resident.resident_id));
                prop_assert!(resident.members.iter().all(|member| !erased.contains(member)));
            }
            if let (Some(erasure), OutcomeKind::Recorded) = (&output.settled.erasure, output.settled.outcome) {
                erased.insert(erasure.resident_id);
                erased.extend(&erasure.applications);
                let own = changes(std::slice::from_ref(&output));
                let mut emptied = own.clone();
                emptied.iter_mut().for_each(|change| change.erase(&erased).expect("reads"));
                prop_assert_eq!(own, emptied);
            }
        }
    }

    #[test]
    fn the_same_log_gives_the_same_bytes(log in logs()) {
        let (once, again) = (apply(&mut Resolver::default(), &log, 0), apply(&mut Resolver::default(), &log, 0));
        prop_assert!(once.iter().map(bytes_of).eq(again.iter().map(bytes_of)));
    }

    #[test]
    fn no_row_is_written_twice_in_one_step(log in logs()) {
        for output in apply(&mut Resolver::default(), &log, 0) {
            let edges = output.residents.iter().flat_map(|resident| &resident.edges);
            let edges: Vec<_> = edges.map(|edge| (edge.left, edge.right)).collect();
            let rows = output.residents.iter().flat_map(|resident| &resident.gained).chain(&output.settled.application);
            let rows: Vec<_> = rows.map(|row| row.application_id).collect();
            let distinct = |ids: &[uuid::Uuid]| ids.iter().collect::<std::collections::BTreeSet<_>>().len();
            prop_assert_eq!(edges.iter().collect::<std::collections::BTreeSet<_>>().len(), edges.len());
            prop_assert_eq!(distinct(&rows), rows.len());
        }
    }

    #[test]
    fn a_restored_state_goes_on_with_the_same_bytes(log in logs(), at in 0..40usize, seed in any::<u64>()) {
        let uninterrupted = apply(&mut Resolver::default(), &log, 0);
        let at = at.min(uninterrupted.len());
        let mut tail = changes(&uninterrupted[..at]);
        let count = tail.len().max(1) as u64;
        // Any order: partitions are read side by side.
        tail.sort_by_key(|change| (change.sequence() as u64).wrapping_mul(seed | 1) % count);
        let mut restoring = Restoring::default();
        tail.into_iter().for_each(|change| restoring.change(change));
        let mut restored = restoring.finish();
        let rest = apply(&mut restored, &log, at);
        let first = rest.iter().zip(&uninterrupted[at..]).find(|(a, b)| bytes_of(a) != bytes_of(b));
        prop_assert!(first.is_none(), "{:#?}", first);
    }
}

/// The partition of `register.changes` that a change goes to: any function of its key will do.
pub fn partition_of(change: &Change) -> usize {
    match change {
        Change::Settled(settled) => match &settled.node_id {
            Some(node) => node.as_str().bytes().map(usize::from).sum::<usize>() % 3,
            None => 0,
        },
        Change::Resident(resident) => resident.resident_id.as_bytes()[15] as usize % 3,
    }
}

/// What a snapshot keeps of the one before and of what was folded since.
pub fn merged(base: Vec<Row>, mut since: Fold) -> Vec<Row> {
    let mut rows: Vec<Row> = base
        .into_iter()
        .filter(|row| !since.replaces(&row.key(), row.order()))
        .collect();
    rows.extend(since.into_rows());
    rows
}

proptest! {
    /// Snapshots made of the one before and of what each partition has brought since, each partition up to
    /// another point; then a tail; then the log goes on.
    #[test]
    fn snapshots_and_a_tail_go_on_with_the_same_bytes(
        log in logs(),
        at in 0..40usize,
        cuts in prop::collection::vec([0..80usize, 0..80usize, 0..80usize], 1..4),
    ) {
        let uninterrupted = apply(&mut Resolver::default(), &log, 0);
        let at = at.min(uninterrupted.len());
        let mut partitions = [const { Vec::new() }; 3];
        for change in changes(&uninterrupted[..at]) {
            partitions[partition_of(&change)].push(change);
        }
        let (mut rows, mut next) = (Vec::new(), [0; 3]);
        for cut in cuts {
            let mut since = Fold::default();
            for (partition, (next, cut)) in partitions.iter().zip(next.iter_mut().zip(cut)) {
                let until = (*next + cut).min(partition.len());
                let new = partition[*next..until].iter().cloned();
                new.flat_map(Row::of).for_each(|row| since.take(row));
                *next = until;
            }
            rows = merged(rows, since);
        }
        let mut restoring = Restoring::default();
        rows.into_iter().for_each(|row| restoring.row(row));
        for (partition, next) in partitions.into_iter().zip(next) {
            partition.into_iter().skip(next).for_each(|change| restoring.change(change));
        }
        let rest = apply(&mut restoring.finish(), &log, at);
        let first = rest.iter().zip(&uninterrupted[at..]).find(|(a, b)| bytes_of(a) != bytes_of(b));
        prop_assert!(first.is_none(), "{:#?}", first);
    }

    /// Whatever was written about an erased person is gone from a snapshot that has seen the erasure.
    #[test]
    fn a_snapshot_behind_an_erasure_holds_nothing_of_them(log in logs(), at in 0..40usize) {
        let outputs = apply(&mut Resolver::default(), &log, 0);
        let at = at.min(outputs.len());
        let (mut before, mut since) = (Fold::default(), Fold::default());
        changes(&outputs[..at]).into_iter().flat_map(Row::of).for_each(|row| before.take(row));
        changes(&outputs[at..]).into_iter().flat_map(Row::of).for_each(|row| since.take(row));
        let erasures = outputs.iter().filter(|output| output.settled.outcome == OutcomeKind::Recorded);
        let erased: std::collections::HashSet<_> =
            erasures.filter_map(|output| output.settled.erasure.as_ref()).flat_map(|erasure| erasure.applications.clone()).collect();
        for row in merged(before.into_rows().collect(), since) {
            match row {
                Row::Waiting(waiting) | Row::WaitsAgain { waiting, .. } => {
                    prop_assert!(!erased.contains(&waiting.application_id));
                }
                Row::Application { state, .. } if erased.contains(&state.application_id) => {
                    let mut emptied = state.clone();
                    emptied.erase().expect("reads");
                    prop_assert_eq!(emptied.event, state.event);
                }
                _ => {}
            }
        }
    }
}

/// In the register a held event is a row, and its entry another one.
#[test]
fn a_follow_up_that_waits_in_the_register_is_settled_by_its_application() {
    let (mut log, mut node) = (Log::default(), Node::new("dien-bien-01"));
    log.push(node.event(verification(1, 2, Field::FullName, "Lò Văn Bâng")));
    log.push(node.event(application(1, 1, &person(NAMES[0], BORN[0], ""))));
    let uninterrupted = apply(&mut Resolver::default(), &log, 0);
    let held = uninterrupted[0].settled.clone();
    let (source, node_id) = (held.source.expect("a source"), held.node_id.expect("a node"));
    let (epoch, node_sequence) = (
        held.epoch.expect("an epoch"),
        held.node_sequence.expect("a sequence"),
    );
    let mut restoring = Restoring::default();
    let offset = source.offset + 1;
    let (event_id, sequence) = (held.event_id.expect("an id"), held.sequence);
    for row in [
        Row::Source(SourcePosition { offset, ..source }),
        Row::Books {
            sequence,
            node_id: node_id.clone(),
            epoch,
            state: held.ledger.expect("books"),
        },
        Row::Place(Place {
            sequence,
            event_id,
            node_id: node_id.clone(),
            epoch,
            province: held.province.clone(),
            node_sequence,
            link: held.hash.expect("a hash"),
            open_link: held.open_link,
        }),
        Row::HeldEntry {
            event_sequence: sequence,
            entry: held.held_event.expect("its entry"),
        },
        Row::Waiting(Waiting {
            event_sequence: sequence,
            application_id: held.application_id.expect("an application"),
            event_id,
            node_id,
            epoch,
            node_sequence,
            province: held.province,
            revision: held.revision,
            entry: Vec::new(),
        }),
    ] {
        restoring.row(row);
    }
    let rest = apply(&mut restoring.finish(), &log, 1);
    assert_eq!(bytes_of(&rest[0]), bytes_of(&uninterrupted[1]));
}

/// Its id alone doesn't say that an application's row holds an event.
#[test]
fn a_follow_up_under_its_application_s_event_id_is_kept_whole() {
    let (mut log, mut node) = (Log::default(), Node::new("dien-bien-01"));
    log.push(node.event(application(1, 1, &person(NAMES[0], BORN[2], ""))));
    log.push(
        node.altered(verification(1, 2, Field::FullName, "Lò Văn Bâng"), |event| {
            event.event_id = uuid::Uuid::new_v5(&event.epoch, format!("{} 1", event.node_id).as_bytes());
        }),
    );
    let outputs = apply(&mut Resolver::default(), &log, 0);
    let ids = [0, 1].map(|n: usize| outputs[n].settled.event_id);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(
        outputs
            .iter()
            .map(|step| step.settled.outcome)
            .collect::<Vec<_>>(),
        [OutcomeKind::Held, OutcomeKind::Held]
    );
    assert!(outputs[0].settled.held_event.is_none());
    assert!(outputs[1].settled.held_event.is_some());
}
