//! Records as they come and go, linked to those that are the same person.

use crate::applicant;
use crate::blocking::Index;
use crate::compare::Level;
use crate::dictionary::Dictionary;
use crate::frequency::Frequencies;
use crate::model::Model;
use crate::pages::Pages;
use crate::records::{Handle, Record, Records};
use crate::score::Scorer;
use crate::weights::Weights;
use rustc_hash::FxHashMap;
use schemas::Field;
use std::hash::Hash;

mod comparing;
mod edge;
mod grouping;
mod placing;
mod restoring;
mod reviews;
mod verdict;

pub use edge::{Decision, Edge, Placed, TooManyTogether};
pub use verdict::Verdict;

/// Records that hang together at most: past it nothing more is joined, and a person must look.
pub const MOST_TOGETHER: usize = 100;
/// log2 of the odds below which a pair keeps the clusters of its records apart: one in a thousand.
const APART: f32 = -9.96;
/// Levels of dates from which on the date is another by more than a slip.
const BIRTH_DIFFERS: Level = 4;
/// The level of dates two years apart or more.
const BORN_YEARS_APART: Level = 8;

/// From which probability on records are linked, and from which on a person looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Linked at this probability.
    pub link: f64,
    /// Looked at from this probability on.
    pub review: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            link: 0.999,
            review: 0.05,
        }
    }
}

impl Thresholds {
    /// Whether there is an order in them.
    pub fn are_usable(&self) -> bool {
        0.0 < self.review && self.review <= self.link && self.link < 1.0
    }
}

/// What linking has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Pairs compared.
    pub pairs: u64,
    /// Times that only the latest records of a block were compared.
    pub blocks_cut: u64,
}

/// The cluster of a record that is in none.
const NOWHERE: Handle = Handle::MAX;

/// A pair seen from one of its records.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Half {
    other: Handle,
    log_odds: f32,
}

/// The state of linking. `Id` is a record's name outside; its order decides ties.
#[derive(Debug)]
pub struct Linker<Id> {
    model: Model,
    weights: Weights,
    scorer: Scorer,
    thresholds: Thresholds,
    dictionary: Dictionary,
    frequencies: Frequencies,
    /// The number of records where it and the frequencies are given, not counted.
    whole_table: Option<f64>,
    records: Records<Id>,
    index: Index,
    edges: Pages<Box<[Half]>>,
    /// By record the first record of its cluster; [`NOWHERE`] while it is in none.
    cluster_of: Pages<Handle>,
    /// Clusters of more than one record, by their first.
    clusters: FxHashMap<Handle, Vec<Handle>>,
    /// Ordered pairs of records in one cluster.
    linked_pairs: u64,
    decisions: FxHashMap<(Id, Id), Decision>,
    counters: Counters,
    hashes: Vec<u64>,
    found: Vec<Handle>,
}

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// An empty linker.
    pub fn new(model: Model, weights: Weights, thresholds: Thresholds) -> Self {
        Self {
            records: Records::new(model.width()),
            scorer: Scorer::new(&model, &weights),
            index: Index::new(&model),
            model,
            weights,
            thresholds,
            dictionary: Dictionary::default(),
            frequencies: Frequencies::default(),
            whole_table: None,
            edges: Pages::default(),
            cluster_of: Pages::default(),
            clusters: FxHashMap::default(),
            linked_pairs: 0,
            decisions: FxHashMap::default(),
            counters: Counters::default(),
            hashes: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Works with the dictionary and the frequencies of a whole table of so many records.
    #[must_use]
    pub fn of_table(mut self, dictionary: Dictionary, frequencies: Frequencies, records: usize) -> Self {
        self.dictionary = dictionary;
        self.frequencies = frequencies;
        self.whole_table = Some(records as f64);
        self
    }

    /// What records are compared by.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The record of an applicant with these normalised fields.
    pub fn applicant<'a>(&mut self, get: impl Fn(Field) -> Option<&'a str>) -> Record {
        let mut record = Record::default();
        applicant::fill(&self.model, &mut self.dictionary, get, &mut record);
        record
    }

    /// How many records there are.
    pub fn count(&self) -> usize {
        self.records.count()
    }

    /// The weights in force.
    pub const fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The thresholds in force.
    pub const fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// What linking has done.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// Other weights and thresholds from now on. What is linked stays until something near it changes.
    pub fn activate(&mut self, weights: Weights, thresholds: Thresholds) {
        self.scorer = Scorer::new(&self.model, &weights);
        self.weights = weights;
        self.thresholds = thresholds;
    }

    /// What a reviewer decided of a pair.
    pub fn decision_of(&self, a: Id, b: Id) -> Option<Decision> {
        self.decisions.get(&ordered(a, b)).copied()
    }

    fn is_decided(&self, a: Handle, b: Handle) -> bool {
        self.decision(a, b) == Some(Decision::Same)
    }

    fn decision(&self, a: Handle, b: Handle) -> Option<Decision> {
        if self.decisions.is_empty() {
            return None;
        }
        let (x, y) = (self.records.id(a), self.records.id(b));
        self.decisions.get(&ordered(x, y)).copied()
    }
}

fn ordered<T: Ord>(a: T, b: T) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}
