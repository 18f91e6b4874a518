//! Records as they come, linked to those before them.

use crate::blocking::{self, Index};
use crate::dictionary::Dictionary;
use crate::frequency::Frequencies;
use crate::model::{Frequency, Model};
use crate::records::{Handle, Record, Records};
use crate::score::{self, Agreement, Prior, Score, Scorer, View};
use crate::weights::Weights;
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::Hash;

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

/// A pair worth keeping, seen from one of its records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    pub other: Handle,
    /// log2 of the odds that the two are one person.
    pub log_odds: f32,
}

/// What a clerk or reviewer has said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// One person.
    Same,
    /// Two people.
    Different,
}

/// The state of linking. `Id` is a record's name outside; its order decides ties.
#[derive(Debug)]
pub struct Linker<Id> {
    pub(crate) model: Model,
    pub(crate) dictionary: Dictionary,
    pub(crate) records: Records<Id>,
    pub(crate) frequencies: Frequencies,
    pub(crate) thresholds: Thresholds,
    /// Frequencies and numbers of records are given, not counted here.
    whole_table: Option<f64>,
    weights: Weights,
    scorer: Scorer,
    index: Index,
    handles: FxHashMap<Id, Handle>,
    pub(crate) edges: Vec<Vec<Edge>>,
    pub(crate) cluster_of: Vec<Handle>,
    pub(crate) clusters: FxHashMap<Handle, Vec<Handle>>,
    pub(crate) decisions: FxHashMap<(Id, Id), Decision>,
    /// Pairs compared, and blocks too large to be compared whole.
    pub counters: Counters,
    hashes: Vec<u64>,
    found: Vec<Handle>,
}

/// What linking has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Pairs compared.
    pub pairs: u64,
    /// Times that only the latest records of a block were compared.
    pub blocks_cut: u64,
}

/// The clusters of some records, before and after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regrouped {
    pub clusters: Vec<Vec<Handle>>,
}

impl<Id: Copy + Ord + Hash + std::fmt::Debug> Linker<Id> {
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
            handles: FxHashMap::default(),
            edges: Vec::new(),
            cluster_of: Vec::new(),
            clusters: FxHashMap::default(),
            decisions: FxHashMap::default(),
            counters: Counters::default(),
            hashes: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Works with the dictionary and the frequencies of a whole table of this many records.
    pub fn of_table(mut self, dictionary: Dictionary, frequencies: Frequencies, records: usize) -> Self {
        self.dictionary = dictionary;
        self.frequencies = frequencies;
        self.whole_table = Some(records as f64);
        self
    }

    /// Takes in a record, links it to those it belongs to, and says how its surroundings are grouped now.
    pub fn insert(&mut self, id: Id, record: &Record) -> Regrouped {
        let handle = self.records.insert(id, record);
        self.handles.insert(id, handle);
        let at = handle as usize;
        if self.edges.len() <= at {
            self.edges.resize(at + 1, Vec::new());
            self.cluster_of.resize(at + 1, Handle::MAX);
        }
        self.cluster_of[at] = handle;
        self.clusters.insert(handle, vec![handle]);
        let mut hashes = std::mem::take(&mut self.hashes);
        let mut found = std::mem::take(&mut self.found);
        blocking::hashes(
            &self.model,
            &self.dictionary,
            self.records.slots(handle),
            &mut hashes,
        );
        self.counters.blocks_cut += self.index.candidates(&hashes, &mut found) as u64;
        self.counters.pairs += found.len() as u64;
        let least = score::log_odds(self.thresholds.review).min(0.0);
        let mut linked = false;
        for &other in &found {
            let log_odds = self.log_odds(other, handle);
            if log_odds >= least {
                let log_odds = log_odds as f32;
                self.edges[at].push(Edge { other, log_odds });
                self.edges[other as usize].push(Edge {
                    other: handle,
                    log_odds,
                });
                linked |= log_odds >= 0.0;
            }
        }
        self.index.insert(handle, &hashes);
        (self.hashes, self.found) = (hashes, found);
        let regrouped = if linked {
            self.regroup(handle)
        } else {
            Regrouped {
                clusters: vec![vec![handle]],
            }
        };
        if self.whole_table.is_none() {
            self.count_person(handle, true);
        }
        regrouped
    }

    /// How likely it is now that two records taken at random belong together.
    pub fn prior(&self) -> Prior {
        let records = self.whole_table.unwrap_or(self.records.len() as f64);
        Prior {
            match_rate: self.weights.match_rate,
            relatives: self.weights.relatives,
            records,
        }
    }

    pub(crate) fn log_odds(&self, a: Handle, b: Handle) -> f64 {
        self.score(a, b).1.log_odds(&self.prior())
    }

    /// How two records agree, and what that weighs.
    pub(crate) fn score(&self, a: Handle, b: Handle) -> (Agreement, Score) {
        let (one, other) = (self.view(a), self.view(b));
        let agreement = score::agreement(&self.model, &self.dictionary, one, other);
        let score = self.scorer.score(&self.model, &agreement, one, &self.frequencies);
        (agreement, score)
    }

    fn view(&self, handle: Handle) -> View<'_> {
        View {
            slots: self.records.slots(handle),
            marked: self.records.is_marked(handle),
        }
    }

    fn count_person(&mut self, handle: Handle, comes: bool) {
        let slots = self.records.slots(handle).to_vec();
        count_person(&self.model, &mut self.frequencies, &slots, comes);
    }

    /// The clusters, each in the order of its records' names, in the order of their first.
    pub fn partition(&self) -> Vec<Vec<Id>> {
        let mut partition: Vec<Vec<Id>> = self
            .clusters
            .values()
            .map(|members| {
                let mut ids: Vec<Id> = members.iter().map(|&member| self.records.id(member)).collect();
                ids.sort_unstable();
                ids
            })
            .collect();
        partition.sort_unstable();
        partition
    }

    /// Pairs of different clusters that a person should look at: of each two clusters the likeliest.
    pub fn reviews(&self) -> Vec<(Id, Id, f64)> {
        let least = score::log_odds(self.thresholds.review) as f32;
        let mut best: FxHashMap<(Handle, Handle), (f32, Id, Id)> = FxHashMap::default();
        for (a, edges) in self.edges.iter().enumerate() {
            for edge in edges
                .iter()
                .filter(|edge| edge.log_odds >= least && edge.other as usize > a)
            {
                let (x, y) = (self.cluster_of[a], self.cluster_of[edge.other as usize]);
                if x == y {
                    continue;
                }
                let (a, b) = (self.records.id(a as Handle), self.records.id(edge.other));
                let pair = (edge.log_odds, a.min(b), a.max(b));
                let known = best.entry((x.min(y), x.max(y))).or_insert(pair);
                if pair.0 > known.0 || (pair.0 == known.0 && (pair.1, pair.2) < (known.1, known.2)) {
                    *known = pair;
                }
            }
        }
        let mut reviews: Vec<(Id, Id, f64)> = best
            .into_values()
            .map(|(log_odds, a, b)| (a, b, score::probability(f64::from(log_odds))))
            .collect();
        reviews.sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then_with(|| (x.0, x.1).cmp(&(y.0, y.1))));
        reviews
    }
}

/// Counts the values of a person among all people, or takes them out again.
pub fn count_person(model: &Model, frequencies: &mut Frequencies, slots: &[u32], comes: bool) {
    for (n, column) in model.columns().iter().enumerate() {
        let value = slots[model.slots(n).start];
        if column.frequency == Frequency::Ignored || value == 0 {
            continue;
        }
        let province = score::province(model, column.frequency, slots);
        if comes {
            frequencies.add(n, province, value);
        } else {
            frequencies.remove(n, province, value);
        }
    }
}

/// Handles that were seen.
pub(crate) type Seen = FxHashSet<Handle>;

impl<Id: Copy + Ord + Hash + std::fmt::Debug> Linker<Id> {
    pub fn explain_short(&self, a: Id, b: Id) -> String {
        let (a, b) = (self.handles[&a], self.handles[&b]);
        let (agreement, score) = self.score(a, b);
        let mut text = format!("{:.1} bits:", score.log_odds(&self.prior()));
        for (n, column) in self.model.columns().iter().enumerate() {
            let level = agreement.level(n);
            let (bits, rarity) =
                self.scorer
                    .column_bits(&self.model, n, level, self.view(a), &self.frequencies);
            text += &format!(
                " {}={}({:.1}{:+.1})",
                column.name,
                crate::weights::level_name(&self.model, n, level),
                bits,
                rarity
            );
        }
        text
    }
}
