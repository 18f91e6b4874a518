//! Why two records are, or are not, thought to be one person: the same figures that decide.

use crate::compare::MISSING;
use crate::linker::{Decision, Linker, Thresholds};
use crate::model::Relatives;
use crate::score::probability;
use std::hash::Hash;

/// The evidence of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The column.
    pub column: String,
    /// How the two agree on it; none where one has no value, which says nothing.
    pub level: Option<&'static str>,
    /// The same in words.
    pub says: &'static str,
    /// Its weight in bits: log2(m / u).
    pub bits: f64,
    /// What a rare or usual value adds, in bits.
    pub rarity: f64,
}

/// A pair explained: the sum of the evidence, less what relatives explain, on top of the prior, against the
/// thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Version of the weights.
    pub weights: String,
    /// Column by column, in the model's order.
    pub evidence: Vec<Evidence>,
    /// log2 of the odds before anything is compared.
    pub prior: f64,
    /// The relatives that explain the pair best, and what they take from the weight, in bits.
    pub relatives: (Relatives, f64),
    /// log2 of the odds that the two are one person.
    pub log_odds: f64,
    /// The same as a probability.
    pub probability: f64,
    /// What it is held against.
    pub thresholds: Thresholds,
    /// What a rule says, whatever the weight.
    pub rules: Vec<&'static str>,
    /// What a reviewer decided of the pair.
    pub decision: Option<Decision>,
    /// They are in one cluster.
    pub together: bool,
}

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// Explains a pair; none when one of the two isn't there.
    pub fn explain(&self, a: Id, b: Id) -> Option<Explanation> {
        let (agreement, score) = self.compare(a, b)?;
        let prior = self.prior();
        let columns = self.model().columns().iter().enumerate();
        let evidence = columns.map(|(n, column)| {
            let level = agreement.level(n);
            let name = column
                .comparator
                .levels()
                .get(usize::from(level))
                .filter(|_| level != MISSING);
            let (bits, rarity) = self.column_bits(a, n, &agreement).unwrap_or_default();
            Evidence {
                column: column.name.clone(),
                level: name.map(|level| level.name),
                says: name.map_or("one of them has no value", |level| level.says),
                bits,
                rarity,
            }
        });
        let discount = score.discount(&prior);
        let log_odds = self.bounded(&agreement, score.log_odds(&prior));
        Some(Explanation {
            weights: self.weights().version.clone(),
            evidence: evidence.collect(),
            prior: prior.match_rate.log2() - prior.records.max(1.0).log2(),
            relatives: (score.likeliest_relatives(&prior), discount),
            log_odds,
            probability: probability(log_odds),
            thresholds: self.thresholds(),
            rules: self.rules_of(a, b, &agreement, score.log_odds(&prior)),
            decision: self.decision_of(a, b),
            together: self.are_together(a, b),
        })
    }
}
