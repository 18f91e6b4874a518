//! Clusters: what hangs together, and how it is grouped.

use super::{APART, Decision, Linker, MOST_TOGETHER, NOWHERE};
use crate::cluster::{Pair, Pairs};
use crate::frequency::count_person;
use crate::records::Handle;
use crate::score;
use rustc_hash::FxHashSet;
use std::hash::Hash;

impl<Id: Copy + Ord + Hash> Linker<Id> {
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

    /// The clusters, each in order, in the order of their first.
    pub fn partition(&self) -> Vec<Vec<Id>> {
        let roots = (0_u32..).zip(self.cluster_of.values());
        let roots = roots.filter(|(handle, root)| handle == *root);
        let mut partition: Vec<Vec<Id>> = roots.map(|(_, root)| self.names(self.members(root))).collect();
        partition.sort_unstable();
        partition
    }

    /// Makes a cluster of records that are in none.
    pub(super) fn form(&mut self, mut handles: Vec<Handle>) {
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
    pub(super) fn members<'a>(&'a self, root: &'a Handle) -> &'a [Handle] {
        let known = self.clusters.get(root);
        known.map_or(std::slice::from_ref(root), Vec::as_slice)
    }

    /// Takes the cluster of a record apart: its members are in none until they form one.
    pub(super) fn dissolve(&mut self, handle: Handle) -> Vec<Handle> {
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
    pub(super) fn count_root(&mut self, root: Handle, comes: bool) {
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
    pub(super) fn regroup(&mut self, seeds: Vec<Handle>) -> Vec<Vec<Id>> {
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
    pub(super) fn together(&self, seeds: &[Handle], without: Option<Handle>) -> Vec<Handle> {
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

    pub(super) fn too_many(&self, around: &[Handle], without: Option<Handle>) -> bool {
        // Each part is bounded, but many parts might be named.
        around.len() > MOST_TOGETHER || self.together(around, without).len() >= MOST_TOGETHER
    }

    pub(super) fn pairs(&self, members: &[Handle]) -> Pairs {
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
}
