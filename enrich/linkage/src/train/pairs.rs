//! The pairs that an estimation looks at: those that blocking finds, and pairs at random.

use crate::blocking::{self, Index};
use crate::compare::{Comparator, MISSING};
use crate::dictionary::Dictionary;
use crate::model::Model;
use crate::records::Record;
use crate::score::{self, Agreement, View};
use rustc_hash::FxHashMap;

/// Pairs at random that u is taken from.
const RANDOM_PAIRS: usize = 500_000;
/// Pairs found by blocking that are looked at; of more, an even choice.
const MOST_PAIRS: usize = 5_000_000;

/// Pairs that blocking found.
pub struct Found {
    pub pairs: Vec<Pair>,
    /// How many pairs each of them stands for.
    pub each: f64,
}

/// A pair: how it agrees, and its two records.
pub struct Pair {
    pub agreement: Agreement,
    pub a: u32,
    b: u32,
}

pub fn view(record: &Record) -> View<'_> {
    View {
        slots: &record.slots,
        marked: record.marked,
    }
}

/// The pairs of records that agree on a key; of too many, those of every second record, or fourth, and so on.
pub fn found(model: &Model, dictionary: &Dictionary, records: &[Record]) -> Found {
    let mut index = Index::new(model);
    let (mut hashes, mut found) = (Vec::new(), Vec::new());
    let mut pairs: Vec<Pair> = Vec::new();
    let mut every = 1;
    for (b, record) in (0_u32..).zip(records) {
        blocking::hashes(model, dictionary, &record.slots, &mut hashes);
        if b % every == 0 {
            index.candidates(&hashes, &mut found);
            pairs.extend(found.iter().map(|&a| Pair {
                agreement: score::agreement(model, dictionary, view(&records[a as usize]), view(record)),
                a,
                b,
            }));
        }
        index.insert(b, &hashes);
        while pairs.len() > MOST_PAIRS {
            every *= 2;
            pairs.retain(|pair| pair.b % every == 0);
        }
    }
    Found {
        pairs,
        each: f64::from(every),
    }
}

/// How many of all pairs agree on each level of each column: the first level counted by values, the
/// others from pairs at random.
pub fn counted(model: &Model, dictionary: &Dictionary, records: &[Record]) -> Vec<Vec<f64>> {
    let columns = model.columns();
    let mut counts: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| vec![0.0; column.comparator.levels().len()])
        .collect();
    for (a, b) in random(records.len()) {
        let agreement = score::agreement(model, dictionary, view(&records[a]), view(&records[b]));
        for (n, counts) in counts.iter_mut().enumerate() {
            if agreement.level(n) != MISSING {
                counts[usize::from(agreement.level(n))] += 1.0;
            }
        }
    }
    for (n, (column, counts)) in columns.iter().zip(&mut counts).enumerate() {
        let mut values: FxHashMap<&[u32], f64> = FxHashMap::default();
        let present = records.iter().map(|record| &record.slots[model.slots(n)]);
        let mut filled = 0.0_f64;
        for value in present.filter(|value| value.iter().any(|&slot| slot != 0)) {
            *values.entry(value).or_default() += 1.0;
            filled += 1.0;
        }
        let sampled: f64 = counts.iter().sum();
        let all = pairs_of(filled);
        counts
            .iter_mut()
            .for_each(|count| *count *= all / sampled.max(1.0));
        // An abode is the same as another in many ways: its first level is no single value.
        if column.comparator != Comparator::Abode {
            counts[0] = values.values().map(|count| pairs_of(*count)).sum();
        }
    }
    counts
}

fn pairs_of(count: f64) -> f64 {
    count * (count - 1.0).max(0.0) / 2.0
}

/// Pairs of so many records: all of them, or so many at random. A fixed sequence stands for chance, so
/// that the same table gives the same weights.
fn random(len: usize) -> Vec<(usize, usize)> {
    if len * len.saturating_sub(1) / 2 <= RANDOM_PAIRS {
        return (0..len).flat_map(|a| (a + 1..len).map(move |b| (a, b))).collect();
    }
    let mut draw = 1_u64;
    let mut next = || {
        // D. E. Knuth's MMIX generator.
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (draw >> 33) as usize % len
    };
    (0..RANDOM_PAIRS)
        .map(|_| (next(), next()))
        .filter(|(a, b)| a != b)
        .collect()
}
