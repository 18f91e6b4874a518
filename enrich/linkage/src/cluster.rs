//! Clusters from edges: the strongest first, never against what keeps two people apart.
//!
//! A component is taken apart and put together anew whenever a record comes to it, so that the result
//! does not depend on which came first.

use crate::linker::{Decision, Edge, Linker, Regrouped, Seen};
use crate::records::Handle;
use crate::score;
use std::hash::Hash;

/// Records of one component beyond which nothing more is joined: a person must look.
pub const MOST_IN_COMPONENT: usize = 256;
/// log2 of the odds from which on a pair keeps the clusters of its records apart: .001.
const APART: f64 = -9.96;

/// A pair that may join two clusters, the strongest first, then by the names of its records.
#[derive(Clone, Copy)]
struct Bond<Id> {
    log_odds: f32,
    names: (Id, Id),
    a: usize,
    b: usize,
}

impl<Id: Copy + Ord + Hash + std::fmt::Debug> Linker<Id> {
    /// Groups anew what hangs together with a record.
    pub(crate) fn regroup(&mut self, handle: Handle) -> Regrouped {
        let members = self.component(handle);
        let groups = self.group(&members);
        let mut clusters = Vec::new();
        for &member in &members {
            self.clusters.remove(&self.cluster_of[member as usize]);
        }
        for group in groups {
            let mut handles: Vec<Handle> = group.into_iter().map(|n| members[n]).collect();
            handles.sort_unstable_by_key(|&handle| self.records.id(handle));
            let root = handles[0];
            for &member in &handles {
                self.cluster_of[member as usize] = root;
            }
            self.clusters.insert(root, handles.clone());
            clusters.push(handles);
        }
        Regrouped { clusters }
    }

    /// The records that pairs more likely than not connect with this one, and their clusters' members.
    fn component(&self, handle: Handle) -> Vec<Handle> {
        let mut seen = Seen::default();
        let mut members = vec![handle];
        seen.insert(handle);
        let mut next = 0;
        while next < members.len() && members.len() < MOST_IN_COMPONENT {
            let at = members[next];
            next += 1;
            let connected = self.edges[at as usize].iter().filter(|edge| edge.log_odds >= 0.0);
            let cluster = self.clusters.get(&self.cluster_of[at as usize]);
            let others = connected
                .map(|edge| edge.other)
                .chain(cluster.into_iter().flatten().copied());
            for other in others {
                if seen.insert(other) {
                    members.push(other);
                }
            }
        }
        members.sort_unstable_by_key(|&member| self.records.id(member));
        members
    }

    fn group(&self, members: &[Handle]) -> Vec<Vec<usize>> {
        let mut bonds = self.bonds(members);
        bonds.sort_unstable_by(|x, y| {
            y.log_odds
                .total_cmp(&x.log_odds)
                .then_with(|| x.names.cmp(&y.names))
        });
        let mut groups: Vec<Vec<usize>> = (0..members.len()).map(|n| vec![n]).collect();
        let mut group_of: Vec<usize> = (0..members.len()).collect();
        let link = score::log_odds(self.thresholds.link) as f32;
        for n in 0..bonds.len() {
            let Bond { log_odds, a, b, .. } = bonds[n];
            let (x, y) = (group_of[a], group_of[b]);
            if log_odds < link || x == y {
                continue;
            }
            if self.keep_apart(members, &groups[x], &groups[y])
                || self.is_ambiguous(members, &bonds, &groups, &group_of, n)
            {
                continue;
            }
            let moved = std::mem::take(&mut groups[y]);
            for &member in &moved {
                group_of[member] = x;
            }
            groups[x].extend(moved);
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    fn bonds(&self, members: &[Handle]) -> Vec<Bond<Id>> {
        let place = |handle: Handle| {
            let name = self.records.id(handle);
            members
                .binary_search_by_key(&name, |&member| self.records.id(member))
                .ok()
        };
        let mut bonds = Vec::new();
        for (a, &member) in members.iter().enumerate() {
            for &Edge { other, log_odds } in &self.edges[member as usize] {
                if let Some(b) = place(other).filter(|&b| a < b && log_odds >= 0.0) {
                    let names = (self.records.id(member), self.records.id(other));
                    let log_odds = match self.decisions.get(&names) {
                        Some(Decision::Same) => f32::INFINITY,
                        _ => log_odds,
                    };
                    bonds.push(Bond {
                        log_odds,
                        names,
                        a,
                        b,
                    });
                }
            }
        }
        bonds
    }

    /// Whether any pair between two groups keeps them apart.
    fn keep_apart(&self, members: &[Handle], one: &[usize], other: &[usize]) -> bool {
        one.iter().any(|&a| {
            other
                .iter()
                .any(|&b| self.pair_keeps_apart(members[a], members[b]))
        })
    }

    fn pair_keeps_apart(&self, a: Handle, b: Handle) -> bool {
        let (x, y) = (self.records.id(a), self.records.id(b));
        match self.decisions.get(&(x.min(y), x.max(y))) {
            Some(Decision::Same) => false,
            Some(Decision::Different) => true,
            None => self.breaks_a_rule(a, b) || self.log_odds(a, b) < APART,
        }
    }

    /// Whether any pair between two groups speaks for two people, not only for a rule that was broken: a
    /// mistyped number makes no twin.
    fn are_two_people(&self, members: &[Handle], one: &[usize], other: &[usize]) -> bool {
        let pair = |a: usize, b: usize| {
            let (x, y) = (self.records.id(members[a]), self.records.id(members[b]));
            match self.decisions.get(&(x.min(y), x.max(y))) {
                Some(decision) => *decision == Decision::Different,
                None => self.log_odds(members[a], members[b]) < 0.0,
            }
        };
        one.iter().any(|&a| other.iter().any(|&b| pair(a, b)))
    }

    /// Rules that no weight outdoes: two different personal numbers are two people.
    fn breaks_a_rule(&self, a: Handle, b: Handle) -> bool {
        let Some(number) = self.model.column("personal_number") else {
            return false;
        };
        let slots = self.model.slots(number);
        self.records.has_certain_number(a)
            && self.records.has_certain_number(b)
            && self.records.slots(a)[slots.clone()] != self.records.slots(b)[slots]
    }

    /// Whether one of the groups that a pair would join might as well join a third, which can't be the
    /// other's person: between twins, a record without given name or number goes to neither.
    fn is_ambiguous(
        &self,
        members: &[Handle],
        bonds: &[Bond<Id>],
        groups: &[Vec<usize>],
        group_of: &[usize],
        n: usize,
    ) -> bool {
        let bond = bonds[n];
        let (x, y) = (group_of[bond.a], group_of[bond.b]);
        let margin = score::log_odds(self.thresholds.link) as f32;
        let rivals = bonds
            .iter()
            .filter(|rival| rival.log_odds >= bond.log_odds - margin);
        rivals
            .flat_map(|rival| {
                [
                    (group_of[rival.a], group_of[rival.b]),
                    (group_of[rival.b], group_of[rival.a]),
                ]
            })
            .any(|(at, third)| {
                let opposite = if at == x {
                    y
                } else if at == y {
                    x
                } else {
                    return false;
                };
                third != x && third != y && self.are_two_people(members, &groups[opposite], &groups[third])
            })
    }
}
