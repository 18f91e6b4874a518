//! A state that follows another one's changes, and merges what is complete in between, goes on with the same bytes.

use crate::log::*;
use crate::rebuild::{bytes_of, changes, logs, merged, partition_of};
use proptest::prelude::*;
use resolve::restore::{Fold, Restoring, Row};
use resolve::{Outputs, Resolver};
use schemas::Field;
use schemas::codec::Change;
use schemas::event::Body;

/// The partitions of `register.changes`, each change with the step that sent it, and how far they were read.
struct Tail {
    partitions: [Vec<(i64, Change)>; 3],
    next: [usize; 3],
}

impl Tail {
    fn of(outputs: &[Outputs]) -> Self {
        let mut partitions = [const { Vec::new() }; 3];
        for output in outputs {
            for change in changes(std::slice::from_ref(output)) {
                partitions[partition_of(&change)].push((output.settled.sequence, change));
            }
        }
        Self {
            partitions,
            next: [0; 3],
        }
    }

    /// The next changes of one partition: `count` of them, and those up to a step.
    fn read(&mut self, partition: usize, count: usize, up_to: i64) -> Vec<Change> {
        let left = &self.partitions[partition][self.next[partition]..];
        let due = left.iter().take_while(|(step, _)| *step <= up_to).count();
        let read = (due + count).min(left.len());
        let changes = left[..read].iter().map(|(_, change)| change.clone()).collect();
        self.next[partition] += read;
        changes
    }

    fn has_more(&self) -> bool {
        self.next
            .iter()
            .zip(&self.partitions)
            .any(|(next, all)| *next < all.len())
    }

    /// Reads so far into each partition.
    fn follow(&mut self, restoring: &mut Restoring, counts: [usize; 3], up_to: i64) {
        for (partition, count) in counts.into_iter().enumerate() {
            let changes = self.read(partition, count, up_to);
            changes.into_iter().for_each(|change| restoring.change(change));
        }
    }
}

/// What a standby does between two looks at the ends: it reads so far, draws a line, and reads on past it; then it merges
/// what is complete, or thinks better of it.
#[derive(Clone, Copy, Debug)]
struct Look {
    before: [usize; 3],
    beyond: [usize; 3],
    settles: bool,
}

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let counts = || [0..12usize, 0..12usize, 0..12usize];
    let look = (counts(), counts(), prop::bool::weighted(0.8));
    let look = look.prop_map(|(before, beyond, settles)| Look {
        before,
        beyond,
        settles,
    });
    prop::collection::vec(look, 0..6)
}

proptest! {
    #[test]
    fn a_standby_goes_on_with_the_same_bytes_whenever_it_has_merged(
        log in logs(),
        at in 0..40usize,
        base in prop::option::of([0..30usize, 0..30usize, 0..30usize]),
        looks in looks(),
    ) {
        let uninterrupted = apply(&mut Resolver::default(), &log, 0);
        let at = at.min(uninterrupted.len());
        let (mut tail, mut restoring) = (Tail::of(&uninterrupted[..at]), Restoring::default());
        if let Some(counts) = base {
            let mut rows = Fold::default();
            for (partition, count) in counts.into_iter().enumerate() {
                tail.read(partition, count, 0).into_iter().flat_map(Row::of).for_each(|row| rows.take(row));
            }
            merged(Vec::new(), rows).into_iter().for_each(|row| restoring.row(row));
        }
        for Look { before, beyond, settles } in looks {
            tail.follow(&mut restoring, before, 0);
            let line = restoring.sequence();
            restoring.cut();
            tail.follow(&mut restoring, beyond, line);
            match settles {
                true => restoring.settle(),
                false => restoring.uncut(),
            }
            prop_assert!(!settles || restoring.settled() == line);
        }
        tail.follow(&mut restoring, [usize::MAX / 2; 3], 0);
        let rest = apply(&mut restoring.finish(), &log, at);
        let first = rest.iter().zip(&uninterrupted[at..]).find(|(a, b)| bytes_of(a) != bytes_of(b));
        prop_assert!(first.is_none(), "{:#?}", first);
    }
}

/// Follows `uninterrupted` up to `at`, merging whenever `every` or so more changes have come; then the log goes on.
fn assert_goes_on(log: &Log, uninterrupted: &[Outputs], at: usize, every: usize) {
    let (mut tail, mut restoring) = (Tail::of(&uninterrupted[..at]), Restoring::default());
    while tail.has_more() {
        tail.follow(&mut restoring, [every, every / 2 + 1, every / 3], 0);
        let line = restoring.sequence();
        restoring.cut();
        tail.follow(&mut restoring, [0, 1, 2], line);
        restoring.settle();
    }
    let rest = apply(&mut restoring.finish(), log, at);
    let same = rest
        .iter()
        .zip(&uninterrupted[at..])
        .all(|(a, b)| bytes_of(a) == bytes_of(b));
    assert!(same, "merged every {every} changes");
}

/// What a correction and a withdrawal have undone must not come back with the next application.
#[test]
fn a_pair_that_was_cut_after_it_was_merged_stays_cut() {
    let (mut log, mut node) = (Log::default(), Node::new("dien-bien-01"));
    let form = |n: u128| application(n, 1, &person("Lò Văn Pâng", "05/09/1987", "011087001234"));
    (1..4).for_each(|n| log.push(node.event(form(n))));
    log.push(node.event(application(2, 2, &person("Quàng Thị Hoa", "1990", ""))));
    log.push(node.event(withdrawal(3)));
    let at = log.entries.len();
    log.push(node.event(form(4)));
    let uninterrupted = apply(&mut Resolver::default(), &log, 0);
    let joined = &uninterrupted[at].residents;
    assert!(joined.iter().any(|resident| resident.members == [id(1), id(4)]));
    [1, 2, 3, 5, 8]
        .into_iter()
        .for_each(|every| assert_goes_on(&log, &uninterrupted, at, every));
}

/// A man of a block that all of them are in, whose father nobody else has; born a day later, he is in that block alone.
fn son(application_id: u128, n: u128, revision: i32, later: u128) -> Body {
    const SYLLABLES: [&str; 8] = ["Pâng", "Hặc", "Sủa", "Chứ", "Dế", "Khua", "Lềnh", "Vừ"];
    let syllable = |at: u128| SYLLABLES[at as usize % 8];
    let father = format!("{} {} {}", syllable(n), syllable(n / 8), syllable(n / 64));
    let born = format!("{:02}/{:02}/1987", n % 27 + 1 + later, n / 27 + 1);
    let fathers = format!("{:02}/{:02}/{}", n % 27 + 1, n / 27 + 1, 1930 + n % 30);
    let mut fields = person("Lò Văn Pâng", &born, "");
    fields.extend([
        (Field::FatherName, &*father),
        (Field::FatherDateOfBirth, &*fathers),
    ]);
    application(application_id, revision, &fields)
}

/// Of a block with more records than are compared the latest are: those whose rows were written last.
#[test]
fn a_standby_compares_the_same_records_of_a_large_block() {
    let (mut log, mut node) = (Log::default(), Node::new("dien-bien-01"));
    (0..300).for_each(|n| log.push(node.event(son(n, n, 1, 0))));
    for n in (0..90).map(|n| 7 * n % 300) {
        log.push(node.event(match n % 3 {
            0 => son(n, n, 2, 0),
            1 => verification(n, 1, Field::Sex, "Nam"),
            _ => withdrawal(n),
        }));
    }
    let at = log.entries.len();
    (0..60).for_each(|n| log.push(node.event(son(1_000 + n, 5 * n, 1, 1))));
    let uninterrupted = apply(&mut Resolver::default(), &log, 0);
    let brothers = (0..60).filter(|n| {
        let edges = uninterrupted[at + *n as usize]
            .residents
            .iter()
            .flat_map(|resident| &resident.edges);
        edges.into_iter().any(|edge| edge.left == id(5 * n))
    });
    assert!(
        (10..50).contains(&brothers.count()),
        "with the others' brothers nobody was compared"
    );
    [1, 37, 420]
        .into_iter()
        .for_each(|every| assert_goes_on(&log, &uninterrupted, at, every));
}
