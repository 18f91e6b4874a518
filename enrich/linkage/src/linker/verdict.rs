//! Why two records are in one cluster or in two: what grouping them has met, told from its end.

use super::{Decision, Edge, Linker};
use crate::blocking;
use crate::cluster::Pairs;
use crate::records::Handle;
use crate::score;
use std::collections::VecDeque;
use std::hash::Hash;

/// Why two records are in one cluster or in two.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict<Id> {
    /// In one: each record of this chain is linked to the next. Without a chain nothing holds them together any
    /// more, and they come apart when something near them changes.
    Together(Vec<Id>),
    /// In two: the likeliest pair of the two clusters is less likely than what a person looks at.
    Unlikely(Edge<Id>),
    /// In two: the likeliest pair of the two clusters is one that a person looks at.
    InDoubt(Edge<Id>),
    /// In two: the likeliest pair of the two clusters has one number and little else, and nobody is asked about it while one of
    /// the two is looked at, or was found to be one, with somebody likelier who has another number.
    AskedOtherwise(Edge<Id>),
    /// In two: no key has brought this pair together, so it was never compared.
    NeverCompared(Id, Id),
    /// In two: a decision, a rule or the evidence keeps this pair of the two clusters apart.
    Apart(Id, Id),
    /// In two: the first might as well be one person with the second, who is another person than the third. The
    /// first is of one of the two clusters, the third of the other.
    Ambiguous(Id, Id, Id),
    /// In two, and nothing keeps them so: they are linked when something near them changes.
    Due(Edge<Id>),
}

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// Why two records are in one cluster or in two; none when one of them isn't there.
    pub fn verdict(&self, a: Id, b: Id) -> Option<Verdict<Id>> {
        let ends = [self.records.find(a)?, self.records.find(b)?];
        let mut members = self.together(&ends, None);
        members.sort_unstable_by_key(|&member| self.records.id(member));
        let at = |handle: Handle| members.iter().position(|&member| member == handle);
        let (a, b) = (at(ends[0])?, at(ends[1])?);
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for n in 0..members.len() {
            let same = |group: &Vec<usize>| self.root(members[group[0]]) == self.root(members[n]);
            match groups.iter_mut().find(|group| same(group)) {
                Some(group) => group.push(n),
                None => groups.push(vec![n]),
            }
        }
        let group_of = |n: usize| groups.iter().position(|group| group.contains(&n));
        let scene = Scene {
            linker: self,
            pairs: self.pairs(&members),
            link: score::log_odds(self.thresholds.link) as f32,
            members: &members,
        };
        let (x, y) = (group_of(a)?, group_of(b)?);
        if x == y {
            return Some(Verdict::Together(scene.chain(&groups[x], a, b)));
        }
        scene.why_two(&groups, [a, b], [x, y])
    }

    /// The blocking keys that bring two records together, as a mapping writes them.
    pub fn shared_keys(&self, a: Id, b: Id) -> Vec<String> {
        let hashes = |id: Id| {
            let mut hashes = Vec::new();
            if let Some(handle) = self.records.find(id) {
                let slots = self.records.slots(handle);
                blocking::hashes(&self.model, &self.dictionary, slots, &mut hashes);
            }
            hashes
        };
        let keys = self.model.keys().iter().zip(hashes(a).into_iter().zip(hashes(b)));
        keys.filter(|(_, (one, other))| one == other && *one != blocking::NO_KEY)
            .map(|(key, _)| self.model.describe(key))
            .collect()
    }

    fn root(&self, handle: Handle) -> Handle {
        self.cluster_of[handle as usize]
    }
}

/// What hangs together with two records, numbered in order.
struct Scene<'a, Id> {
    linker: &'a Linker<Id>,
    pairs: Pairs,
    link: f32,
    members: &'a [Handle],
}

impl<Id: Copy + Ord + Hash> Scene<'_, Id> {
    /// The shortest chain of links within a group.
    fn chain(&self, group: &[usize], from: usize, to: usize) -> Vec<Id> {
        let mut before: Vec<Option<usize>> = vec![None; self.members.len()];
        let mut next = VecDeque::from([from]);
        while let Some(at) = next.pop_front() {
            for &other in group {
                let new = other != from && other != at && before[other].is_none();
                if new && self.pairs.get(at, other).log_odds >= self.link {
                    before[other] = Some(at);
                    next.push_back(other);
                }
            }
        }
        let mut chain = vec![to];
        while let Some(at) = before[chain[chain.len() - 1]] {
            chain.push(at);
        }
        chain.reverse();
        if chain[0] == from {
            chain.into_iter().map(|n| self.id(n)).collect()
        } else {
            Vec::new()
        }
    }

    /// Why two records are in two groups.
    fn why_two(&self, groups: &[Vec<usize>], ends: [usize; 2], [x, y]: [usize; 2]) -> Option<Verdict<Id>> {
        let across = || {
            groups[x]
                .iter()
                .flat_map(|&a| groups[y].iter().map(move |&b| (a, b)))
        };
        let least = score::log_odds(self.linker.thresholds.review) as f32;
        let weight = |&(a, b): &(usize, usize)| self.pairs.get(a, b).log_odds;
        let strongest = |x: &(usize, usize), y: &(usize, usize)| weight(x).total_cmp(&weight(y));
        let best = across().max_by(strongest)?;
        let apart = across().filter(|&(a, b)| self.pairs.get(a, b).apart);
        let asked = apart.clone().find(|&(a, b)| [a, b] == ends);
        let apart = asked.or_else(|| apart.min_by(|x, y| strongest(x, y)));
        if let Some((a, b)) = apart.filter(|&(a, b)| weight(&best) >= least || self.is_decided(a, b)) {
            return Some(Verdict::Apart(self.id(a), self.id(b)));
        }
        let known = self.edge(best.0, best.1);
        if weight(&best) < self.link {
            let missed = across().find(|&(a, b)| !self.is_known(a, b) && self.now(a, b) >= least);
            return Some(match missed {
                Some((a, b)) if weight(&best) < least || !self.is_known(best.0, best.1) => {
                    Verdict::NeverCompared(self.id(a), self.id(b))
                }
                _ if weight(&best) < least => Verdict::Unlikely(known),
                _ if self.are_asked_about(groups, x, y) => Verdict::InDoubt(known),
                _ => Verdict::AskedOtherwise(known),
            });
        }
        let rival = self.pairs.rival(groups, x, y, weight(&best) - self.link);
        Some(match rival {
            Some([one, rival, other]) => Verdict::Ambiguous(self.id(one), self.id(rival), self.id(other)),
            None => Verdict::Due(known),
        })
    }

    /// Whether a person looks at a pair of two groups.
    fn are_asked_about(&self, groups: &[Vec<usize>], x: usize, y: usize) -> bool {
        let both = || groups[x].iter().chain(&groups[y]);
        let among = |id: Id| both().any(|&n| self.id(n) == id);
        let reviews = self.linker.reviews_of(&[self.id(groups[x][0])]);
        reviews
            .iter()
            .any(|review| among(review.left) && among(review.right))
    }

    fn id(&self, n: usize) -> Id {
        self.linker.records.id(self.members[n])
    }

    fn is_decided(&self, a: usize, b: usize) -> bool {
        self.linker.decision(self.members[a], self.members[b]) == Some(Decision::Different)
    }

    fn is_known(&self, a: usize, b: usize) -> bool {
        let halves = &self.linker.edges[self.members[a] as usize];
        halves.iter().any(|half| half.other == self.members[b])
    }

    /// What a pair weighs today, whether a key has brought it together or not.
    fn now(&self, a: usize, b: usize) -> f32 {
        self.linker.log_odds_of(self.members[a], self.members[b])
    }

    fn edge(&self, a: usize, b: usize) -> Edge<Id> {
        let (one, other) = (self.id(a), self.id(b));
        let log_odds = if self.is_known(a, b) {
            self.pairs.get(a, b).log_odds
        } else {
            self.now(a, b)
        };
        Edge {
            left: one.min(other),
            right: one.max(other),
            log_odds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Record;
    use crate::{Thresholds, Weights, applicant};
    use schemas::Field;

    type Person = Vec<(Field, &'static str)>;

    fn person(name: &'static str, born: &'static str, number: &'static str) -> Person {
        vec![
            (Field::FullName, name),
            (Field::DateOfBirth, born),
            (Field::Sex, "M"),
            (Field::PersonalNumber, number),
            (Field::FatherName, "Lò Văn Ín"),
            (Field::MotherName, "Quàng Thị Hặc"),
            (Field::Phone, "+84912345678"),
        ]
    }

    fn record_of(linker: &mut Linker<u32>, person: &Person) -> Record {
        let value = |field: Field| person.iter().find(|(of, _)| *of == field);
        linker.applicant(|field| value(field).map(|(_, value)| *value))
    }

    /// A linker of these people, numbered from 1.
    fn linker(people: &[Person]) -> Linker<u32> {
        let mut linker = Linker::new(applicant::model(), Weights::shipped(), Thresholds::default());
        for (n, person) in people.iter().enumerate() {
            let record = record_of(&mut linker, person);
            linker.insert(n as u32 + 1, &record).expect("few together");
        }
        linker
    }

    const PANG: &str = "Lò Văn Pâng";
    const BORN: &str = "1987-09-05";
    const NUMBER: &str = "011087001234";
    const MISTYPED: &str = "011087001284";

    #[test]
    fn one_person_by_a_chain_of_links() {
        let linker = linker(&[person(PANG, BORN, NUMBER), person(PANG, BORN, NUMBER)]);
        assert_eq!(linker.verdict(1, 2), Some(Verdict::Together(vec![1, 2])));
        assert!(linker.shared_keys(1, 2).contains(&"personal_number".to_owned()));
        assert_eq!(linker.verdict(1, 9), None);
    }

    #[test]
    fn a_mistyped_number_keeps_a_pair_apart_and_clusters_with_it() {
        let people = [
            person(PANG, BORN, NUMBER),
            person(PANG, BORN, MISTYPED),
            person(PANG, BORN, NUMBER),
        ];
        let linker = linker(&people);
        assert_eq!(linker.verdict(1, 2), Some(Verdict::Apart(1, 2)));
        assert_eq!(linker.verdict(3, 2), Some(Verdict::Apart(3, 2)));
    }

    #[test]
    fn a_decision_is_told_before_anything_else() {
        let mut linker = linker(&[person(PANG, BORN, NUMBER), person(PANG, BORN, MISTYPED)]);
        linker.decide(1, 2, Decision::Same);
        assert_eq!(linker.verdict(1, 2), Some(Verdict::Together(vec![1, 2])));
        linker.decide(1, 2, Decision::Different);
        assert_eq!(linker.verdict(1, 2), Some(Verdict::Apart(1, 2)));
    }

    #[test]
    fn between_twins_a_third_is_ambiguous() {
        let mut linker = linker(&[person("Lò Văn Hùng", BORN, ""), person("Lò Văn Dũng", BORN, "")]);
        linker.decide(1, 2, Decision::Different);
        let third = linker.applicant(|field| (field == Field::DateOfBirth).then_some(BORN));
        linker.insert_unlinked(3, &third);
        for twin in [1, 2] {
            linker.restore_edge(&Edge::of(twin, 3, 15_000));
        }
        assert_eq!(linker.verdict(1, 3), Some(Verdict::Ambiguous(3, 2, 1)));
    }

    #[test]
    fn a_relative_with_the_same_number_is_not_asked_about_beside_whom_it_fits() {
        let mut linker = linker(&[]);
        let people = [
            person("Quàng Thị Hặc", "1960-01-02", NUMBER),
            person(PANG, BORN, NUMBER),
            person(PANG, BORN, "011087005678"),
        ];
        for (n, person) in people.iter().enumerate() {
            let record = record_of(&mut linker, person);
            linker.insert_unlinked(n as u32 + 1, &record);
        }
        linker.restore_edge(&Edge::of(1, 2, -2_000));
        assert!(matches!(linker.verdict(1, 2), Some(Verdict::InDoubt(_))));
        linker.restore_edge(&Edge::of(2, 3, 5_000));
        assert!(matches!(linker.verdict(1, 2), Some(Verdict::AskedOtherwise(_))));
    }

    #[test]
    fn strangers_are_unlikely_and_share_no_key() {
        let mut stranger = person("Giàng Thị Mỷ", "1990-02-11", "");
        stranger.truncate(3);
        let linker = linker(&[person(PANG, BORN, NUMBER), stranger]);
        let told = linker.verdict(1, 2).expect("both are there");
        let Verdict::Unlikely(edge) = told else {
            panic!("{told:?}")
        };
        assert!(edge.log_odds < 0.0);
        assert!(linker.shared_keys(1, 2).is_empty());
    }

    #[test]
    fn what_no_key_brought_together_was_never_compared() {
        let mut linker = linker(&[person(PANG, BORN, NUMBER)]);
        let record = record_of(&mut linker, &person(PANG, BORN, NUMBER));
        linker.insert_unlinked(2, &record);
        assert_eq!(linker.verdict(1, 2), Some(Verdict::NeverCompared(1, 2)));
    }
}
