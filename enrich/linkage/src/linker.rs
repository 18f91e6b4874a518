//! Records as they come and go, linked to those that are the same person.

use crate::applicant;
use crate::blocking::{self, Index};
use crate::cluster::{Pair, Pairs};
use crate::compare::{self, Level, MISSING};
use crate::dictionary::Dictionary;
use crate::frequency::{Frequencies, count_person};
use crate::model::Model;
use crate::pages::Pages;
use crate::records::{Handle, Record, Records};
use crate::score::{self, Agreement, Prior, Score, Scorer, View};
use crate::weights::Weights;
use rustc_hash::{FxHashMap, FxHashSet};
use schemas::Field;
use std::hash::Hash;

mod verdict;

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

/// What a reviewer has said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// One person.
    Same,
    /// Two people.
    Different,
}

/// A pair worth keeping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge<Id> {
    /// One record, by its order before the other.
    pub left: Id,
    /// The other.
    pub right: Id,
    /// log2 of the odds that the two are one person, as they were when they were compared.
    pub log_odds: f32,
}

impl<Id> Edge<Id> {
    /// The weight in thousandths of a bit, as it is kept.
    pub fn millibits(&self) -> i64 {
        millibits(f64::from(self.log_odds))
    }

    /// A pair with the weight it was kept with.
    pub fn of(left: Id, right: Id, millibits: i64) -> Self {
        Self {
            left,
            right,
            log_odds: of_millibits(millibits),
        }
    }
}

// Weights are rounded before they count, so that a state that was brought back decides alike.
fn millibits(log_odds: f64) -> i64 {
    (log_odds * 1_000.0).round() as i64
}

fn of_millibits(millibits: i64) -> f32 {
    millibits as f32 / 1_000.0
}

/// A record can't be taken in: too many hang together with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyTogether;

/// What taking in, replacing or taking out a record did.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<Id> {
    /// How the record's surroundings are grouped now: each cluster in order, all of every cluster touched.
    pub clusters: Vec<Vec<Id>>,
    /// Pairs that are no more.
    pub cut: Vec<Edge<Id>>,
    /// Pairs that are new.
    pub made: Vec<Edge<Id>>,
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

    /// Takes in a record, in place of the one it had before, and links it.
    ///
    /// # Errors
    /// [`TooManyTogether`]; nothing has changed then.
    pub fn insert(&mut self, id: Id, record: &Record) -> Result<Placed<Id>, TooManyTogether> {
        let mut hashes = std::mem::take(&mut self.hashes);
        let mut found = std::mem::take(&mut self.found);
        blocking::hashes(&self.model, &self.dictionary, &record.slots, &mut hashes);
        let blocks_cut = self.index.candidates(&hashes, &mut found) as u64;
        found.retain(|&other| self.records.id(other) != id);
        found.extend(self.decided_with(id, &found));
        let halves = self.halves(id, record, &found);
        self.counters.blocks_cut += blocks_cut;
        self.counters.pairs += found.len() as u64;
        let around: Vec<Handle> = halves
            .iter()
            .filter(|half| half.log_odds >= 0.0)
            .map(|half| half.other)
            .collect();
        let known = self.records.find(id);
        let placed = if self.too_many(&around, known) {
            Err(TooManyTogether)
        } else {
            let (mut seeds, cut) = known.map_or_else(Default::default, |handle| self.take_out(handle));
            let handle = self.put_in(id, record, &hashes);
            let made = self.connect(handle, &halves);
            seeds.push(handle);
            Ok(Placed {
                clusters: self.regroup(seeds),
                cut,
                made,
            })
        };
        (self.hashes, self.found) = (hashes, found);
        placed
    }

    /// Takes out records, those of them that are there.
    pub fn remove(&mut self, ids: &[Id]) -> Placed<Id> {
        let (mut seeds, mut cut) = (Vec::new(), Vec::new());
        let handles: Vec<Handle> = ids.iter().filter_map(|&id| self.records.find(id)).collect();
        for handle in &handles {
            let (around, edges) = self.take_out(*handle);
            seeds.extend(around);
            cut.extend(edges);
        }
        seeds.retain(|seed| !handles.contains(seed));
        Placed {
            clusters: self.regroup(seeds),
            cut,
            made: Vec::new(),
        }
    }

    /// A record has changed in something that isn't compared: it stands first in its blocks again, as if it
    /// had come last.
    pub fn touch(&mut self, id: Id) {
        if let Some(handle) = self.records.find(id) {
            let mut hashes = std::mem::take(&mut self.hashes);
            blocking::hashes(
                &self.model,
                &self.dictionary,
                self.records.slots(handle),
                &mut hashes,
            );
            self.index.remove(handle, &hashes);
            self.index.insert(handle, &hashes);
            self.hashes = hashes;
        }
    }

    /// The rules that have a say about a pair, in words.
    pub(crate) fn rules_of(&self, a: Id, b: Id, agreement: &Agreement, log_odds: f64) -> Vec<&'static str> {
        let mut rules = Vec::new();
        if let (Some(a), Some(b)) = (self.records.find(a), self.records.find(b)) {
            rules.extend(self.broken_rule(a, b));
        }
        if self.bounded(agreement, log_odds) != log_odds {
            rules.push("the same number or name with another birth is never linked without a person looking");
        }
        rules
    }

    /// What a reviewer decided of a pair.
    pub fn decision_of(&self, a: Id, b: Id) -> Option<Decision> {
        self.decisions.get(&ordered(a, b)).copied()
    }

    /// Whether two records have the same values.
    pub fn are_equal(&self, a: Id, b: Id) -> bool {
        match (self.records.find(a), self.records.find(b)) {
            (Some(a), Some(b)) => self.records.slots(a) == self.records.slots(b),
            _ => false,
        }
    }

    /// Whether two records are in one cluster.
    pub fn are_together(&self, a: Id, b: Id) -> bool {
        match (self.records.find(a), self.records.find(b)) {
            (Some(a), Some(b)) => self.cluster_of[a as usize] == self.cluster_of[b as usize],
            _ => false,
        }
    }

    /// Whether all that hangs together with these records may be one component.
    pub fn fit_together(&self, ids: &[Id]) -> bool {
        let handles: Vec<Handle> = ids.iter().filter_map(|&id| self.records.find(id)).collect();
        self.together(&handles, None).len() <= MOST_TOGETHER
    }

    /// What a reviewer decided of a pair of records, both of them there. Whether two fit together is asked
    /// before.
    pub fn decide(&mut self, a: Id, b: Id, decision: Decision) -> Placed<Id> {
        let handles = [self.records.find(a), self.records.find(b)];
        let seeds: Vec<Handle> = handles.into_iter().flatten().collect();
        self.decisions.insert(ordered(a, b), decision);
        let mut made = Vec::new();
        if let [a, b] = seeds[..]
            && !self.edges[a as usize].iter().any(|half| half.other == b)
        {
            let log_odds = self.log_odds_of(a, b);
            made = self.connect(a, &[Half { other: b, log_odds }]);
        }
        Placed {
            clusters: self.regroup(seeds),
            cut: Vec::new(),
            made,
        }
    }

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

    /// The clusters, each in order, in the order of their first.
    pub fn partition(&self) -> Vec<Vec<Id>> {
        let roots = (0_u32..).zip(self.cluster_of.values());
        let roots = roots.filter(|(handle, root)| handle == *root);
        let mut partition: Vec<Vec<Id>> = roots.map(|(_, root)| self.names(self.members(root))).collect();
        partition.sort_unstable();
        partition
    }

    /// How likely it is now that two records taken at random belong together.
    pub fn prior(&self) -> Prior {
        let counted = self.records.count() as f64;
        match self.whole_table {
            Some(records) => Prior::of(self.weights.match_rate, &self.weights, records),
            None => Prior::live(&self.weights, self.linked_pairs as f64, counted),
        }
    }

    /// How two records agree, and what that weighs; none when one isn't there.
    pub fn compare(&self, a: Id, b: Id) -> Option<(Agreement, Score)> {
        Some(self.score(self.records.find(a)?, self.records.find(b)?))
    }

    /// The evidence of one column of a pair that agrees so, in bits, without and with its value's rarity.
    pub fn column_bits(&self, a: Id, column: usize, agreement: &Agreement) -> Option<(f64, f64)> {
        let view = self.view(self.records.find(a)?);
        Some(
            self.scorer
                .column_bits(&self.model, column, agreement, view, &self.frequencies),
        )
    }

    /// Takes in a record that is compared with none: one that [`Self::insert`] refused, or that was linked
    /// before and is brought back. Records are brought back in the order of their last change.
    pub fn insert_unlinked(&mut self, id: Id, record: &Record) {
        let mut hashes = Vec::new();
        blocking::hashes(&self.model, &self.dictionary, &record.slots, &mut hashes);
        self.put_in(id, record, &hashes);
    }

    /// Brings back a pair.
    pub fn restore_edge(&mut self, edge: &Edge<Id>) {
        if let (Some(a), Some(b)) = (self.records.find(edge.left), self.records.find(edge.right)) {
            self.join(a, b, edge.log_odds);
        }
    }

    /// Brings back a decision.
    pub fn restore_decision(&mut self, a: Id, b: Id, decision: Decision) {
        self.decisions.insert(ordered(a, b), decision);
    }

    /// Brings back a cluster of records that are there.
    pub fn restore_cluster(&mut self, ids: &[Id]) {
        let handles: Vec<Handle> = ids.iter().filter_map(|&id| self.records.find(id)).collect();
        for handle in &handles {
            self.dissolve(*handle);
        }
        if !handles.is_empty() {
            self.form(handles);
        }
    }

    fn halves(&self, id: Id, record: &Record, found: &[Handle]) -> Vec<Half> {
        let least = score::log_odds(self.thresholds.review).min(0.0);
        let prior = self.prior();
        let view = View {
            slots: &record.slots,
            marked: record.marked,
        };
        let mut halves = Vec::new();
        for &other in found {
            let agreement = score::agreement(&self.model, &self.dictionary, self.view(other), view);
            let score = self
                .scorer
                .score(&self.model, &agreement, self.view(other), &self.frequencies);
            let log_odds = self.bounded(&agreement, score.log_odds(&prior));
            if log_odds >= least || self.decisions.contains_key(&ordered(id, self.records.id(other))) {
                let log_odds = of_millibits(millibits(log_odds));
                halves.push(Half { other, log_odds });
            }
        }
        halves
    }

    /// Records that were decided about with this one and that no key brings together with it any more.
    fn decided_with(&self, id: Id, found: &[Handle]) -> Vec<Handle> {
        let Some(known) = self.records.find(id).filter(|_| !self.decisions.is_empty()) else {
            return Vec::new();
        };
        let others = self.edges[known as usize].iter().map(|half| half.other);
        others
            .filter(|&other| self.decision(known, other).is_some() && !found.contains(&other))
            .collect()
    }

    fn log_odds_of(&self, a: Handle, b: Handle) -> f32 {
        let (agreement, score) = self.score(a, b);
        of_millibits(millibits(self.bounded(&agreement, score.log_odds(&self.prior()))))
    }

    /// A weight as far as rules let it link: the same personal number with another name and another date of
    /// birth, or two births years apart, are looked at by a person.
    pub(crate) fn bounded(&self, agreement: &Agreement, log_odds: f64) -> f64 {
        let ours = &self.model.ours;
        let level = |column: Option<usize>| column.map_or(MISSING, |column| agreement.level(column));
        let (number, born, given) = (
            level(ours.personal_number),
            level(ours.date_of_birth),
            level(ours.given_name),
        );
        let other_name = given != MISSING && given >= compare::DIFFERS;
        let other_birth = born != MISSING && born >= BIRTH_DIFFERS;
        let borrowed = number == 0 && other_name && other_birth;
        if borrowed {
            // The next weight that is looked at, as weights are kept.
            let review = (score::log_odds(self.thresholds.review) * 1_000.0).ceil() / 1_000.0;
            return log_odds.clamp(review, (score::log_odds(self.thresholds.link) - 1.0).max(review));
        }
        if born != MISSING && born == BORN_YEARS_APART {
            return log_odds.min(score::log_odds(self.thresholds.link) - 1.0);
        }
        log_odds
    }

    fn put_in(&mut self, id: Id, record: &Record, hashes: &[u64]) -> Handle {
        let handle = self.records.insert(id, record);
        if self.edges.len() < self.records.capacity() {
            self.edges.push([Box::default()]);
            self.cluster_of.push([NOWHERE]);
        }
        self.index.insert(handle, hashes);
        self.form(vec![handle]);
        handle
    }

    /// Takes out a record; who hung together with it, and the pairs that are cut.
    fn take_out(&mut self, handle: Handle) -> (Vec<Handle>, Vec<Edge<Id>>) {
        let halves = std::mem::take(&mut self.edges[handle as usize]);
        let cut = halves.iter().map(|half| self.edge(handle, *half)).collect();
        let mut around: Vec<Handle> = halves.iter().map(|half| half.other).collect();
        for &other in &around {
            let halves = &mut self.edges[other as usize];
            let mut left = std::mem::take(halves).into_vec();
            left.retain(|half| half.other != handle);
            *halves = left.into();
        }
        let members = self.dissolve(handle);
        for &member in members.iter().filter(|&&member| member != handle) {
            self.form(vec![member]);
            around.push(member);
        }
        let mut hashes = Vec::new();
        blocking::hashes(
            &self.model,
            &self.dictionary,
            self.records.slots(handle),
            &mut hashes,
        );
        self.index.remove(handle, &hashes);
        self.records.remove(handle);
        (around, cut)
    }

    fn connect(&mut self, handle: Handle, halves: &[Half]) -> Vec<Edge<Id>> {
        for half in halves.iter().filter(|half| half.other != handle) {
            self.join(handle, half.other, half.log_odds);
        }
        halves.iter().map(|half| self.edge(handle, *half)).collect()
    }

    fn join(&mut self, a: Handle, b: Handle, log_odds: f32) {
        for (one, other) in [(a, b), (b, a)] {
            let halves = &mut self.edges[one as usize];
            let mut more = std::mem::take(halves).into_vec();
            more.reserve_exact(1);
            more.push(Half { other, log_odds });
            *halves = more.into();
        }
    }

    fn edge(&self, one: Handle, half: Half) -> Edge<Id> {
        let (a, b) = (self.records.id(one), self.records.id(half.other));
        Edge {
            left: a.min(b),
            right: a.max(b),
            log_odds: half.log_odds,
        }
    }

    /// Makes a cluster of records that are in none.
    fn form(&mut self, mut handles: Vec<Handle>) {
        handles.sort_unstable_by_key(|&handle| self.records.id(handle));
        let root = handles[0];
        for &member in &handles {
            self.cluster_of[member as usize] = root;
        }
        let size = handles.len() as u64;
        self.linked_pairs += size * (size - 1);
        self.count_root(root, true);
        if handles.len() > 1 {
            self.clusters.insert(root, handles);
        }
    }

    /// The cluster of its first record.
    fn members<'a>(&'a self, root: &'a Handle) -> &'a [Handle] {
        let known = self.clusters.get(root);
        known.map_or(std::slice::from_ref(root), Vec::as_slice)
    }

    /// Takes the cluster of a record apart: its members are in none until they form one.
    fn dissolve(&mut self, handle: Handle) -> Vec<Handle> {
        let root = self.cluster_of[handle as usize];
        if root == NOWHERE {
            return Vec::new();
        }
        let members = self.clusters.remove(&root).unwrap_or_else(|| vec![root]);
        for &member in &members {
            self.cluster_of[member as usize] = NOWHERE;
        }
        let size = members.len() as u64;
        self.linked_pairs -= size * (size - 1);
        self.count_root(root, false);
        members
    }

    /// A person's values count once, by the first record.
    fn count_root(&mut self, root: Handle, comes: bool) {
        if self.whole_table.is_none() {
            count_person(
                &self.model,
                &mut self.frequencies,
                self.records.slots(root),
                comes,
            );
        }
    }

    /// Groups anew what hangs together with these records.
    fn regroup(&mut self, seeds: Vec<Handle>) -> Vec<Vec<Id>> {
        let mut members = self.together(&seeds, None);
        if let [only] = members[..]
            && self.cluster_of[only as usize] == only
        {
            return vec![self.names(&members)];
        }
        members.sort_unstable_by_key(|&member| self.records.id(member));
        let groups = match members[..] {
            [_] => vec![vec![0]],
            _ => self
                .pairs(&members)
                .groups(score::log_odds(self.thresholds.link) as f32),
        };
        let groups: Vec<Vec<Handle>> = groups
            .into_iter()
            .map(|group| group.into_iter().map(|n| members[n]).collect())
            .collect();
        for &member in &members {
            self.dissolve(member);
        }
        let named = groups.iter().map(|group| self.names(group)).collect();
        for group in groups {
            self.form(group);
        }
        named
    }

    fn names(&self, members: &[Handle]) -> Vec<Id> {
        members.iter().map(|&member| self.records.id(member)).collect()
    }

    /// The records that pairs more likely than not, decisions and clusters connect with these.
    fn together(&self, seeds: &[Handle], without: Option<Handle>) -> Vec<Handle> {
        let mut seen: FxHashSet<Handle> = seeds.iter().copied().chain(without).collect();
        let mut members: Vec<Handle> = seeds
            .iter()
            .copied()
            .filter(|&seed| Some(seed) != without)
            .collect();
        members.sort_unstable();
        members.dedup();
        let mut next = 0;
        while next < members.len() {
            let at = members[next];
            next += 1;
            let connected = self.edges[at as usize]
                .iter()
                .filter(|half| half.log_odds >= 0.0 || self.is_decided(at, half.other));
            // One that is in none stands in no cluster of more.
            let cluster = self.members(&self.cluster_of[at as usize]);
            let cluster = cluster.iter().copied().filter(|&other| other != NOWHERE);
            let others = connected.map(|half| half.other).chain(cluster);
            for other in others {
                if seen.insert(other) {
                    members.push(other);
                }
            }
        }
        members
    }

    fn too_many(&self, around: &[Handle], without: Option<Handle>) -> bool {
        // Each part is bounded, but many parts might be named.
        around.len() > MOST_TOGETHER || self.together(around, without).len() >= MOST_TOGETHER
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

    fn pairs(&self, members: &[Handle]) -> Pairs {
        Pairs::of(members.len(), |a, b| {
            let (a, b) = (members[a], members[b]);
            let known = self.edges[a as usize].iter().find(|half| half.other == b);
            let log_odds = known.map_or_else(|| self.log_odds_of(a, b), |half| half.log_odds);
            match self.decision(a, b) {
                Some(Decision::Same) => Pair {
                    log_odds: f32::INFINITY,
                    apart: false,
                    two_people: false,
                },
                Some(Decision::Different) => Pair {
                    log_odds: f32::NEG_INFINITY,
                    apart: true,
                    two_people: true,
                },
                None => Pair {
                    // Who was never brought together by a key is not joined by a weight.
                    log_odds: if known.is_some() {
                        log_odds
                    } else {
                        log_odds.min(0.0)
                    },
                    apart: log_odds < APART || self.broken_rule(a, b).is_some(),
                    two_people: log_odds < 0.0,
                },
            }
        })
    }

    /// A rule that no weight outdoes: two different personal numbers are two people, and nobody is their own
    /// parent.
    fn broken_rule(&self, a: Handle, b: Handle) -> Option<&'static str> {
        let own = self.model.ours.personal_number?;
        let value = |handle: Handle, column: usize| &self.records.slots(handle)[self.model.slots(column)];
        let certain = |handle: Handle| self.records.has_certain_number(handle);
        if certain(a) && certain(b) && value(a, own) != value(b, own) {
            return Some("two different personal numbers are never linked without a person looking");
        }
        let parents = [self.model.ours.father_number, self.model.ours.mother_number];
        let mut parents = parents.into_iter().flatten();
        let is_parent = |one: Handle, other: Handle, parent: usize| {
            certain(one) && value(one, own) == value(other, parent)
        };
        parents
            .any(|parent| is_parent(a, b, parent) || is_parent(b, a, parent))
            .then_some("nobody is their own parent")
    }

    fn score(&self, a: Handle, b: Handle) -> (Agreement, Score) {
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
}

fn ordered<T: Ord>(a: T, b: T) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
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
