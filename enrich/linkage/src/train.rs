//! m, u and the match rate of a table of people, estimated without knowing who is who: expectation
//! maximisation (A. P. Dempster, N. M. Laird, D. B. Rubin, JRSS B 39, 1977) over the pairs that blocking
//! finds; all other pairs are taken for two people, and u is taken from pairs at random.

mod pairs;

use crate::compare::MISSING;
use crate::dictionary::Dictionary;
use crate::frequency::Frequencies;
use crate::model::{Model, Relatives};
use crate::records::Record;
use crate::score::{Prior, Scorer, probability};
use crate::weights::{self, Weights};
use pairs::{Found, view};

/// Rounds of estimation at most.
const MOST_ROUNDS: usize = 100;
/// Pairs that the shares before an estimation weigh as much as.
const SMOOTHING: f64 = 5.0;
/// Least match rate and rate of relatives.
const LEAST_RATE: f64 = 1e-6;
/// How little a share, or a rate in proportion, moves when nothing moves any more.
const STILL: f64 = 1e-5;

/// Weights with what there is to say about how they came.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The table.
    pub weights: Weights,
    /// Pairs that blocking found, or of very many those that were looked at.
    pub pairs: usize,
    /// Pairs expected to be one person.
    pub expected_matches: f64,
    /// Rounds until nothing moved any more, or no more were tried.
    pub rounds: usize,
    /// Whether nothing moved any more.
    pub converged: bool,
}

/// Estimates weights from records. It begins with the shipped weights of an applicant's columns and a guess
/// for others, and leans on them where there is little to see.
pub fn train(
    model: &Model,
    dictionary: &Dictionary,
    records: &[Record],
    frequencies: &Frequencies,
) -> Trained {
    let all = pairs::counted(model, dictionary, records);
    let weights = Weights::start(model, all.iter().map(|counts| shares_of(counts)).collect());
    let estimation = Estimation {
        model,
        records,
        frequencies,
        found: pairs::found(model, dictionary, records),
        towards: weights.columns.iter().map(|column| column.m.clone()).collect(),
        all,
        most_relatives: weights.relatives,
    };
    let mut trained = Trained {
        weights,
        pairs: estimation.found.pairs.len(),
        expected_matches: 0.0,
        rounds: 0,
        converged: false,
    };
    while !trained.converged && trained.rounds < MOST_ROUNDS && trained.pairs > 0 {
        let expected = estimation.expected(&trained.weights);
        trained.expected_matches = expected.matches;
        trained.converged = estimation.maximise(&mut trained.weights, &expected) < STILL;
        trained.rounds += 1;
    }
    trained.weights.version = version(&trained.weights.to_toml(model));
    trained
}

/// What stays the same from round to round.
struct Estimation<'a> {
    model: &'a Model,
    records: &'a [Record],
    frequencies: &'a Frequencies,
    found: Found,
    /// Shares that an estimation leans on, by column and level.
    towards: Vec<Vec<f64>>,
    /// How many of all pairs there are on each level of each column.
    all: Vec<Vec<f64>>,
    /// Relatives that a person has at most: those that the shipped weights have among a whole population.
    most_relatives: [f64; Relatives::ALL.len()],
}

/// How many pairs are expected to be one person, by column and level, and to be relatives.
struct Expected {
    matches: f64,
    levels: Vec<Vec<f64>>,
    relatives: [f64; Relatives::ALL.len()],
}

impl Estimation<'_> {
    fn expected(&self, weights: &Weights) -> Expected {
        let scorer = Scorer::new(self.model, weights);
        let prior = Prior::of(weights.match_rate, weights, self.records.len() as f64);
        let mut expected = Expected {
            matches: 0.0,
            levels: self
                .towards
                .iter()
                .map(|levels| vec![0.0; levels.len()])
                .collect(),
            relatives: Default::default(),
        };
        for pair in &self.found.pairs {
            let record = view(&self.records[pair.a as usize]);
            let score = scorer.score(self.model, &pair.agreement, record, self.frequencies);
            let same = probability(score.log_odds(&prior));
            expected.matches += self.found.each * same;
            let kinds = score.shares_of_relatives(&prior);
            for (relatives, share) in expected.relatives.iter_mut().zip(kinds) {
                *relatives += self.found.each * (1.0 - same) * share;
            }
            for (n, levels) in expected.levels.iter_mut().enumerate() {
                let level = pair.agreement.level(n);
                if level != MISSING {
                    levels[usize::from(level)] += self.found.each * same;
                }
            }
        }
        expected
    }

    /// Takes over what was expected; how far the weights moved.
    fn maximise(&self, weights: &mut Weights, expected: &Expected) -> f64 {
        let mut moved: f64 = 0.0;
        for (n, column) in weights.columns.iter_mut().enumerate() {
            let m = weights::shares(&expected.levels[n], SMOOTHING, &self.towards[n]);
            // What is left of all pairs when one person's are taken out.
            let rest = self.all[n].iter().zip(&expected.levels[n]);
            let others: Vec<f64> = rest.map(|(all, same)| (all - same).max(0.0)).collect();
            column.u = shares_of(&others);
            for (new, old) in m.iter().zip(&column.m) {
                moved = moved.max((new - old).abs());
            }
            column.m = m;
        }
        let rate = |pairs: f64| 2.0 * pairs / self.records.len() as f64;
        let match_rate = rate(expected.matches).max(LEAST_RATE);
        moved = moved.max((match_rate / weights.match_rate - 1.0).abs());
        weights.match_rate = match_rate;
        if self.model.has_relatives_of_applicants() {
            for (n, most) in self.most_relatives.iter().enumerate() {
                weights.relatives[n] = rate(expected.relatives[n]).clamp(LEAST_RATE, *most);
            }
        }
        moved
    }
}

fn shares_of(counts: &[f64]) -> Vec<f64> {
    weights::shares(counts, 1.0, &weights::even(counts.len()))
}

/// A version that says what the weights are: the FNV-1a hash of their file (draft-eastlake-fnv).
fn version(file: &str) -> String {
    let hash = file.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("trained-{hash:08x}")
}
