//! m, u and the match rate of a table of people, estimated without knowing who is who: expectation
//! maximisation (A. P. Dempster, N. M. Laird, D. B. Rubin, JRSS B 39, 1977) over the pairs that blocking
//! finds; all other pairs are taken for two people, and u is taken from pairs at random.

use crate::blocking::{self, Index};
use crate::compare::{Comparator, MISSING};
use crate::dictionary::Dictionary;
use crate::frequency::Frequencies;
use crate::model::{Model, Relatives};
use crate::records::Record;
use crate::score::{self, Agreement, Prior, Scorer, View, probability};
use crate::weights::{self, Weights};
use rustc_hash::FxHashMap;

/// Rounds of estimation at most.
const MOST_ROUNDS: usize = 60;
/// Pairs at random that u is taken from.
const RANDOM_PAIRS: usize = 500_000;
/// Pairs found by blocking that are looked at; of more, an even choice.
const MOST_PAIRS: usize = 20_000_000;
/// Pairs that the shares before an estimation weigh as much as.
const SMOOTHING: f64 = 5.0;

/// Weights with what there is to say about how they came.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The table.
    pub weights: Weights,
    /// Pairs that blocking found.
    pub pairs: usize,
    /// Pairs expected to be one person.
    pub expected_matches: f64,
    /// Rounds until nothing moved any more.
    pub rounds: usize,
    /// Whether nothing moved any more.
    pub converged: bool,
}

struct Pair {
    agreement: Agreement,
    a: u32,
}

/// Estimates weights from records. It begins with the shipped weights of an applicant's columns and a guess
/// for others, and leans on them where there is little to see.
pub fn train(
    model: &Model,
    dictionary: &Dictionary,
    records: &[Record],
    frequencies: &Frequencies,
) -> Trained {
    let all_pairs = all_pairs(model, dictionary, records);
    let u: Vec<Vec<f64>> = all_pairs.iter().map(|counts| shares_of(counts)).collect();
    let weights = Weights::start(model, u);
    let prior_shares: Vec<Vec<f64>> = weights.columns.iter().map(|column| column.m.clone()).collect();
    let pairs = pairs(model, dictionary, records);
    let mut trained = Trained {
        weights,
        pairs: pairs.len(),
        expected_matches: 0.0,
        rounds: 0,
        converged: false,
    };
    while !trained.converged && trained.rounds < MOST_ROUNDS {
        trained.round(model, records, frequencies, &pairs, &prior_shares, &all_pairs);
    }
    trained.converged &= !pairs.is_empty();
    trained.weights.version = version(&trained.weights.to_toml(model));
    trained
}

impl Trained {
    fn round(
        &mut self,
        model: &Model,
        records: &[Record],
        frequencies: &Frequencies,
        pairs: &[Pair],
        towards: &[Vec<f64>],
        all_pairs: &[Vec<f64>],
    ) {
        let scorer = Scorer::new(model, &self.weights);
        let prior = Prior {
            match_rate: self.weights.match_rate,
            relatives: self.weights.relatives,
            records: records.len() as f64,
        };
        let mut counts: Vec<Vec<f64>> = towards.iter().map(|levels| vec![0.0; levels.len()]).collect();
        let mut matches = 0.0;
        let mut relatives = [0.0; Relatives::ALL.len()];
        for pair in pairs {
            let score = scorer.score(
                model,
                &pair.agreement,
                view(&records[pair.a as usize]),
                frequencies,
            );
            let log_odds = score.log_odds(&prior);
            let same = probability(log_odds);
            matches += same;
            let all = prior.records
                + Relatives::ALL
                    .iter()
                    .map(|&kind| prior.relatives[kind as usize] * score.relatives[kind as usize].exp2())
                    .sum::<f64>();
            for kind in Relatives::ALL {
                relatives[kind as usize] +=
                    (1.0 - same) * prior.relatives[kind as usize] * score.relatives[kind as usize].exp2()
                        / all;
            }
            for (n, counts) in counts.iter_mut().enumerate() {
                let level = pair.agreement.level(n);
                if level != MISSING {
                    counts[usize::from(level)] += same;
                }
            }
        }
        let mut moved: f64 = 0.0;
        let tables = self
            .weights
            .columns
            .iter_mut()
            .zip(&counts)
            .zip(towards)
            .zip(all_pairs);
        for (((column, counts), towards), all) in tables {
            let m = weights::shares(counts, SMOOTHING, towards);
            // What is left of all pairs when one person's are taken out.
            let others: Vec<f64> = all
                .iter()
                .zip(counts)
                .map(|(all, same)| (all - same).max(0.0))
                .collect();
            column.u = shares_of(&others);
            for (new, old) in m.iter().zip(&column.m) {
                moved = moved.max((new - old).abs());
            }
            column.m = m;
        }
        let per_record = |pairs: f64| 2.0 * pairs / (records.len().max(1) as f64);
        self.expected_matches = matches;
        self.weights.match_rate = per_record(matches).max(1e-6);
        for (rate, expected) in self.weights.relatives.iter_mut().zip(relatives) {
            if *rate > 0.0 {
                *rate = per_record(expected).max(1e-6);
            }
        }
        self.rounds += 1;
        self.converged = moved < 1e-5;
    }
}

/// A version that says what the weights are: the FNV-1a hash of their file (draft-eastlake-fnv).
fn version(file: &str) -> String {
    let hash = file.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("trained-{hash:08x}")
}

fn view(record: &Record) -> View<'_> {
    View {
        slots: &record.slots,
        marked: record.marked,
    }
}

/// How many of all pairs agree on each level of each column: the first level counted by values, the
/// others from pairs at random.
fn all_pairs(model: &Model, dictionary: &Dictionary, records: &[Record]) -> Vec<Vec<f64>> {
    let columns = model.columns();
    let mut counts: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| vec![0.0; column.comparator.levels().len()])
        .collect();
    for (a, b) in random_pairs(records.len()) {
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
        let mut people = 0.0;
        for value in present.filter(|value| value.iter().any(|&slot| slot != 0)) {
            *values.entry(value).or_default() += 1.0;
            people += 1.0;
        }
        let all: f64 = people * (people - 1.0) / 2.0;
        let sampled: f64 = counts.iter().sum();
        for count in counts.iter_mut() {
            *count *= all / sampled.max(1.0);
        }
        if column.comparator != Comparator::Abode {
            counts[0] = values.values().map(|count| count * (count - 1.0) / 2.0).sum();
        }
    }
    counts
}

fn shares_of(counts: &[f64]) -> Vec<f64> {
    weights::shares(counts, 1.0, &weights::even(counts.len()))
}

/// Pairs of so many records: all of them, or so many at random. A fixed sequence stands for chance, so
/// that the same table gives the same weights.
fn random_pairs(len: usize) -> Vec<(usize, usize)> {
    if len * len.saturating_sub(1) / 2 <= RANDOM_PAIRS {
        return (0..len).flat_map(|a| (a + 1..len).map(move |b| (a, b))).collect();
    }
    let mut draw = 1_u64;
    let mut next = || {
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

fn pairs(model: &Model, dictionary: &Dictionary, records: &[Record]) -> Vec<Pair> {
    let mut index = Index::new(model);
    let (mut hashes, mut found) = (Vec::new(), Vec::new());
    let mut pairs = Vec::new();
    let stride = 1 + records.len() * 20 / MOST_PAIRS;
    for (b, record) in records.iter().enumerate() {
        blocking::hashes(model, dictionary, &record.slots, &mut hashes);
        if b % stride == 0 {
            index.candidates(&hashes, &mut found);
            for &a in &found {
                let agreement = score::agreement(model, dictionary, view(&records[a as usize]), view(record));
                pairs.push(Pair { agreement, a });
            }
        }
        index.insert(b as u32, &hashes);
    }
    pairs
}
