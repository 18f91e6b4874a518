//! The weight of a pair: the evidence of each column in bits, against two people at random and against
//! relatives who look alike.

use crate::compare::{Level, MISSING, Sides};
use crate::dictionary::Dictionary;
use crate::frequency::{self, Frequencies};
use crate::model::{Frequency, Model, Relatives};
use crate::weights::{Bits, Weights};

mod outlook;

/// Columns of a model at most.
pub const MOST_COLUMNS: usize = 32;

/// How two records agree, column by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    levels: [Level; MOST_COLUMNS],
    /// Where the two are from, for values whose frequency differs by province.
    provinces: [u16; 2],
}

impl Agreement {
    /// The level of a column.
    pub const fn level(&self, column: usize) -> Level {
        self.levels[column]
    }
}

/// What a pair weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Evidence that it is one person rather than two at random, in bits.
    pub evidence: f64,
    /// The same for each kind of relatives.
    pub relatives: [f64; Relatives::ALL.len()],
}

/// How likely it is beforehand that two records belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// How many other records of the same person a record has.
    pub match_rate: f64,
    /// How many relatives a person has among the people, by kind.
    pub relatives: [f64; Relatives::ALL.len()],
    /// How many records there are to belong with.
    pub records: f64,
}

/// Records that the shipped match rate stands for before any has come: a register of a province.
const PRIOR_RECORDS: f64 = 1_000_000.0;

impl Prior {
    /// The prior while records come, where `linked_pairs` ordered pairs of `records` are linked: as if so many were there
    /// from the beginning. So a pair weighs about the same whenever its records come.
    pub fn live(weights: &Weights, linked_pairs: f64, records: f64) -> Self {
        let all = records + PRIOR_RECORDS;
        let rate = (linked_pairs + PRIOR_RECORDS * weights.match_rate) / all;
        Self::of(rate, weights, all)
    }

    /// The prior by a table of weights, with another match rate, among so many records.
    pub fn of(match_rate: f64, weights: &Weights, records: f64) -> Self {
        Self {
            match_rate,
            relatives: weights.relatives,
            records,
        }
    }
}

impl Score {
    /// log2 of the odds that the pair is one person.
    pub fn log_odds(&self, prior: &Prior) -> f64 {
        let others = prior.records.max(1.0) + self.likeness_of_relatives(prior);
        self.evidence + prior.match_rate.log2() - others.log2()
    }

    /// The evidence that a pair must have to weigh as much as `log_odds`, or more where relatives explain some of it.
    pub fn needed(log_odds: f64, prior: &Prior) -> f64 {
        log_odds - prior.match_rate.log2() + prior.records.max(1.0).log2()
    }

    /// What relatives take from the weight, in bits: 0 where they explain nothing.
    pub fn discount(&self, prior: &Prior) -> f64 {
        let records = prior.records.max(1.0);
        ((records + self.likeness_of_relatives(prior)) / records).log2()
    }

    /// The relatives that explain the pair best.
    pub fn likeliest_relatives(&self, prior: &Prior) -> Relatives {
        let odds = |kind: Relatives| {
            prior.relatives[kind as usize].max(1e-12).log2() + self.relatives[kind as usize]
        };
        let mut best = Relatives::Twins;
        for kind in Relatives::ALL {
            if odds(kind) > odds(best) {
                best = kind;
            }
        }
        best
    }

    /// Of the pairs that agree so and are not one person, the share of each kind of relatives.
    pub fn shares_of_relatives(&self, prior: &Prior) -> [f64; Relatives::ALL.len()] {
        let all = prior.records.max(1.0) + self.likeness_of_relatives(prior);
        Relatives::ALL.map(|kind| self.likeness_of(kind, prior) / all)
    }

    fn likeness_of(&self, kind: Relatives, prior: &Prior) -> f64 {
        prior.relatives[kind as usize] * self.relatives[kind as usize].exp2()
    }

    fn likeness_of_relatives(&self, prior: &Prior) -> f64 {
        Relatives::ALL
            .iter()
            .map(|&kind| self.likeness_of(kind, prior))
            .sum()
    }
}

/// The probability of log2 odds.
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp2())
}

/// The log2 odds of a probability.
pub fn log_odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// What compares and weighs pairs.
#[derive(Debug)]
pub struct Scorer {
    bits: Bits,
    /// By column what it says at most where the two values aren't the same.
    most_apart: Vec<f64>,
}

/// A record as scoring sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub slots: &'a [u32],
    pub marked: bool,
}

impl Scorer {
    /// A scorer by a table of weights.
    pub fn new(model: &Model, weights: &Weights) -> Self {
        let bits = weights.bits(model);
        let apart = |levels: &Vec<f64>| levels[1..].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self {
            most_apart: bits.same.iter().map(apart).collect(),
            bits,
        }
    }

    /// The weight of a pair that agrees so, with its rare values counted.
    pub fn score(
        &self,
        model: &Model,
        agreement: &Agreement,
        a: View<'_>,
        frequencies: &Frequencies,
    ) -> Score {
        let mut score = Score::default();
        for (n, column) in model.columns().iter().enumerate() {
            let level = agreement.levels[n];
            if level == MISSING {
                continue;
            }
            let rarity = self.rarity(model, n, level, agreement.provinces, a, frequencies);
            score.evidence += self.bits.same[n][usize::from(level)] + rarity;
            for kind in Relatives::ALL {
                let shared = if kind.share(column.role) { rarity } else { 0.0 };
                score.relatives[kind as usize] +=
                    self.bits.relatives[kind as usize][n][usize::from(level)] + shared;
            }
        }
        score
    }

    /// The evidence of one column in bits, without and with its value's rarity.
    pub fn column_bits(
        &self,
        model: &Model,
        column: usize,
        agreement: &Agreement,
        a: View<'_>,
        frequencies: &Frequencies,
    ) -> (f64, f64) {
        let level = agreement.level(column);
        if level == MISSING {
            return (0.0, 0.0);
        }
        let rarity = self.rarity(model, column, level, agreement.provinces, a, frequencies);
        (self.bits.same[column][usize::from(level)], rarity)
    }

    /// What agreeing on a rare value says more than on an average one, in bits.
    fn rarity(
        &self,
        model: &Model,
        column: usize,
        level: Level,
        provinces: [u16; 2],
        a: View<'_>,
        frequencies: &Frequencies,
    ) -> f64 {
        let counts = model.columns()[column].frequency;
        if level != 0 || counts == Frequency::Ignored {
            return 0.0;
        }
        let average = self.bits.average[column];
        let value = frequency::counted(&a.slots[model.slots(column)]);
        let share = |province| frequencies.share(column, u32::from(province), value, average);
        let share = match (counts, provinces) {
            // Whichever of the two comes first, and where it is the less rare.
            (Frequency::ByProvince, [one, other]) if one != other => share(one).max(share(other)),
            (Frequency::ByProvince, [one, _]) => share(one),
            _ => share(0),
        };
        (average / share).log2()
    }
}

/// The province whose people a value's frequency is counted among.
pub fn province(model: &Model, frequency: Frequency, slots: &[u32]) -> u32 {
    match (frequency, model.ours.abode) {
        (Frequency::ByProvince, Some(abode)) => {
            let abode = &slots[model.slots(abode)];
            let known = abode.iter().find(|&&unit| unit != 0);
            known.map_or(0, |&unit| crate::compare::province_of(unit))
        }
        _ => 0,
    }
}

/// How two records agree.
pub fn agreement(model: &Model, dictionary: &Dictionary, a: View<'_>, b: View<'_>) -> Agreement {
    let sides = sides(dictionary, a, b);
    let mut levels = [MISSING; MOST_COLUMNS];
    for (n, column) in model.columns().iter().enumerate() {
        let slots = model.slots(n);
        levels[n] = column
            .comparator
            .compare(&a.slots[slots.clone()], &b.slots[slots], sides);
    }
    for (n, column) in model.columns().iter().enumerate() {
        if let Some(other) = column.swaps_with.filter(|&other| n < other)
            && levels[n] > crate::compare::SWAPPED
            && is_swapped(model, n, other, a.slots, b.slots)
        {
            levels[n] = crate::compare::SWAPPED;
            levels[other] = crate::compare::SWAPPED;
        }
    }
    Agreement {
        levels,
        provinces: provinces(model, a, b),
    }
}

const fn sides<'a>(dictionary: &'a Dictionary, a: View<'_>, b: View<'_>) -> Sides<'a> {
    Sides {
        dictionary,
        both_marked: a.marked && b.marked,
    }
}

fn provinces(model: &Model, a: View<'_>, b: View<'_>) -> [u16; 2] {
    [a, b].map(|record| province(model, Frequency::ByProvince, record.slots) as u16)
}

fn is_swapped(model: &Model, one: usize, other: usize, a: &[u32], b: &[u32]) -> bool {
    let at = |slots: &[u32], column: usize| slots[model.slots(column).start];
    at(a, one) == at(b, other) && at(a, other) == at(b, one) && at(a, one) != 0 && at(a, other) != 0
}
