//! Records taken in, replaced and taken out, and pairs decided about.

use super::{Decision, Edge, Half, Linker, NOWHERE, Placed, TooManyTogether, ordered};
use crate::blocking;
use crate::records::{Handle, Record};
use std::hash::Hash;

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// Takes in a record, in place of the one it had before, and links it.
    ///
    /// # Errors
    /// [`TooManyTogether`]; nothing has changed then.
    pub fn insert(&mut self, id: Id, record: &Record) -> Result<Placed<Id>, TooManyTogether> {
        let mut hashes = std::mem::take(&mut self.hashes);
        let mut found = std::mem::take(&mut self.found);
        blocking::hashes(&self.model, &self.dictionary, &record.slots, &mut hashes);
        let blocks_cut = self.index.candidates(&hashes, &mut found) as u64;
        let known = self.records.find(id);
        found.retain(|&other| Some(other) != known);
        found.extend(self.decided_with(id, &found));
        let halves = self.halves(id, record, &found);
        self.counters.blocks_cut += blocks_cut;
        self.counters.pairs += found.len() as u64;
        let around: Vec<Handle> = halves
            .iter()
            .filter(|half| half.log_odds >= 0.0)
            .map(|half| half.other)
            .collect();
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
            let hashes = self.hashes_of(handle);
            self.index.remove(handle, &hashes);
            self.index.insert(handle, &hashes);
            self.hashes = hashes;
        }
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

    pub(super) fn put_in(&mut self, id: Id, record: &Record, hashes: &[u64]) -> Handle {
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
    pub(super) fn take_out(&mut self, handle: Handle) -> (Vec<Handle>, Vec<Edge<Id>>) {
        let halves = std::mem::take(&mut self.edges[handle as usize]);
        let cut = halves.iter().map(|half| self.edge(handle, *half)).collect();
        let mut around: Vec<Handle> = halves.iter().map(|half| half.other).collect();
        for &other in &around {
            self.forget(other, handle);
        }
        let members = self.dissolve(handle);
        for &member in members.iter().filter(|&&member| member != handle) {
            self.form(vec![member]);
            around.push(member);
        }
        self.leave_blocks(handle);
        self.records.remove(handle);
        (around, cut)
    }

    pub(super) fn enter_blocks(&mut self, handle: Handle) {
        let hashes = self.hashes_of(handle);
        self.index.insert(handle, &hashes);
        self.hashes = hashes;
    }

    pub(super) fn leave_blocks(&mut self, handle: Handle) {
        let hashes = self.hashes_of(handle);
        self.index.remove(handle, &hashes);
        self.hashes = hashes;
    }

    /// The hashes of a record, in a list that is to be given back.
    fn hashes_of(&mut self, handle: Handle) -> Vec<u64> {
        let mut hashes = std::mem::take(&mut self.hashes);
        let slots = self.records.slots(handle);
        blocking::hashes(&self.model, &self.dictionary, slots, &mut hashes);
        hashes
    }

    fn connect(&mut self, handle: Handle, halves: &[Half]) -> Vec<Edge<Id>> {
        for half in halves.iter().filter(|half| half.other != handle) {
            self.join(handle, half.other, half.log_odds);
        }
        halves.iter().map(|half| self.edge(handle, *half)).collect()
    }

    pub(super) fn join(&mut self, a: Handle, b: Handle, log_odds: f32) {
        for (one, other) in [(a, b), (b, a)] {
            let halves = &mut self.edges[one as usize];
            let mut more = std::mem::take(halves).into_vec();
            more.reserve_exact(1);
            more.push(Half { other, log_odds });
            *halves = more.into();
        }
    }

    /// Takes a pair from one of its records.
    pub(super) fn forget(&mut self, one: Handle, other: Handle) {
        let halves = &mut self.edges[one as usize];
        let mut left = std::mem::take(halves).into_vec();
        left.retain(|half| half.other != other);
        *halves = left.into();
    }

    pub(super) fn edge(&self, one: Handle, half: Half) -> Edge<Id> {
        let (a, b) = (self.records.id(one), self.records.id(half.other));
        Edge {
            left: a.min(b),
            right: a.max(b),
            log_odds: half.log_odds,
        }
    }
}
