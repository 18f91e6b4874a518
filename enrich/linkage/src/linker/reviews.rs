//! Which pairs a person should look at.

use super::{Decision, Edge, Half, Linker, ordered};
use crate::records::Handle;
use crate::score;
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::Hash;

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// Pairs of the clusters of these records with others that a person should look at: of each two
    /// clusters the likeliest pair.
    pub fn reviews_of(&self, ids: &[Id]) -> Vec<Edge<Id>> {
        let mut best = Best::default();
        let clusters: FxHashSet<Handle> = ids
            .iter()
            .filter_map(|&id| self.records.find(id))
            .map(|handle| self.cluster_of[handle as usize])
            .collect();
        for member in clusters.iter().flat_map(|root| self.members(root)) {
            self.best_reviews(*member, &mut best);
        }
        best.in_order()
    }

    /// All pairs that a person should look at, as [`Self::reviews_of`].
    pub fn reviews(&self) -> Vec<Edge<Id>> {
        let mut best = Best::default();
        for member in 0..self.records.capacity() as Handle {
            self.best_reviews(member, &mut best);
        }
        best.in_order()
    }

    fn best_reviews(&self, member: Handle, best: &mut Best<Id>) {
        let least = score::log_odds(self.thresholds.review) as f32;
        let cluster = |handle: Handle| self.records.id(self.cluster_of[handle as usize]);
        for half in &self.edges[member as usize] {
            let clusters = ordered(cluster(member), cluster(half.other));
            if clusters.0 == clusters.1 {
                continue;
            }
            if self.decision(member, half.other).is_some() {
                best.decided.insert(clusters);
            } else if half.log_odds >= least && !self.is_asked_otherwise(member, *half) {
                best.take(clusters, self.edge(member, *half));
            }
        }
    }

    /// Two people with one number are not asked about while one of them is looked at with somebody likelier who has
    /// another number, nor after the two were found to be one person: whoever looks has both numbers before them.
    fn is_asked_otherwise(&self, one: Handle, half: Half) -> bool {
        let number = |handle: Handle| {
            let own = self.model.ours.personal_number?;
            let number = &self.records.slots(handle)[self.model.slots(own)];
            number.iter().any(|&slot| slot != 0).then_some(number)
        };
        let has_likelier = |one: Handle| {
            self.edges[one as usize].iter().any(|known| {
                known.log_odds >= 0.0
                    && number(known.other).is_some_and(|other| Some(other) != number(one))
                    && match self.decision(one, known.other) {
                        Some(decision) => decision == Decision::Same,
                        None => self.cluster_of[one as usize] != self.cluster_of[known.other as usize],
                    }
            })
        };
        half.log_odds < 0.0
            && number(one).is_some()
            && number(one) == number(half.other)
            && (has_likelier(one) || has_likelier(half.other))
    }
}

/// The likeliest pair of each two clusters, but for those that were decided about.
struct Best<Id> {
    pairs: FxHashMap<(Id, Id), Edge<Id>>,
    decided: FxHashSet<(Id, Id)>,
}

impl<Id> Default for Best<Id> {
    fn default() -> Self {
        Self {
            pairs: FxHashMap::default(),
            decided: FxHashSet::default(),
        }
    }
}

impl<Id: Copy + Ord + Hash> Best<Id> {
    fn take(&mut self, clusters: (Id, Id), edge: Edge<Id>) {
        let known = self.pairs.entry(clusters).or_insert(edge);
        let order = edge.log_odds.total_cmp(&known.log_odds);
        if order
            .then((known.left, known.right).cmp(&(edge.left, edge.right)))
            .is_gt()
        {
            *known = edge;
        }
    }

    fn in_order(self) -> Vec<Edge<Id>> {
        let undecided = self
            .pairs
            .into_iter()
            .filter(|(clusters, _)| !self.decided.contains(clusters));
        let mut edges: Vec<Edge<Id>> = undecided.map(|(_, edge)| edge).collect();
        edges.sort_unstable_by(|x, y| {
            y.log_odds
                .total_cmp(&x.log_odds)
                .then((x.left, x.right).cmp(&(y.left, y.right)))
        });
        edges
    }
}
