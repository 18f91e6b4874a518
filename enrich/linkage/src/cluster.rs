//! Clusters from pairs: the strongest first, never against what keeps two people apart.
//!
//! What hangs together is taken apart and put together anew whenever something in it changes, so that the
//! result does not depend on which record came first.

/// What two records of a component are to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    /// log2 of the odds that they are one person; infinite where a reviewer said so.
    pub log_odds: f32,
    /// They must never be in one cluster.
    pub apart: bool,
    /// The evidence speaks for two people; a broken rule alone does not: a mistyped number makes no twin.
    pub two_people: bool,
}

/// The pairs of the records of one component, which are numbered by the order of their names.
pub(crate) struct Pairs {
    records: usize,
    pairs: Vec<Pair>,
}

impl Pairs {
    /// Asks for each pair `(a, b)`, `a < b`.
    pub fn of(records: usize, mut pair: impl FnMut(usize, usize) -> Pair) -> Self {
        let mut pairs = Vec::with_capacity(records * records.saturating_sub(1) / 2);
        for b in 1..records {
            for a in 0..b {
                pairs.push(pair(a, b));
            }
        }
        let mut pairs = Self { records, pairs };
        pairs.waive();
        pairs
    }

    /// Who a reviewer said is one person with another, is apart from a third only if the other is: a mistyped
    /// number that was looked at keeps nobody apart any more.
    fn waive(&mut self) {
        let all = |records: usize| (1..records).flat_map(|b| (0..b).map(move |a| (a, b)));
        let same: Vec<(usize, usize)> = all(self.records)
            .filter(|&(a, b)| self.get(a, b).log_odds == f32::INFINITY)
            .collect();
        for (one, other) in same.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
            for third in (0..self.records).filter(|&third| third != one && third != other) {
                let pair = self.get(one, third);
                if pair.apart && pair.log_odds != f32::NEG_INFINITY && !self.get(other, third).apart {
                    let at = index(one, third);
                    self.pairs[at].apart = false;
                    self.pairs[at].two_people = false;
                }
            }
        }
    }

    /// What two records are to each other.
    pub fn get(&self, a: usize, b: usize) -> Pair {
        self.pairs[index(a, b)]
    }

    /// Groups of records; each in order, the groups in the order of their first.
    pub fn groups(&self, link: f32) -> Vec<Vec<usize>> {
        let mut bonds: Vec<(f32, usize, usize)> = Vec::new();
        for b in 1..self.records {
            for a in 0..b {
                let log_odds = self.get(a, b).log_odds;
                if log_odds >= link {
                    bonds.push((log_odds, a, b));
                }
            }
        }
        bonds.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let two_people = self.pairs.iter().any(|pair| pair.two_people);
        let mut groups: Vec<Vec<usize>> = (0..self.records).map(|n| vec![n]).collect();
        let mut group_of: Vec<usize> = (0..self.records).collect();
        for (log_odds, a, b) in bonds {
            let (x, y) = (group_of[a].min(group_of[b]), group_of[a].max(group_of[b]));
            let free = x != y
                && !self.any(&groups[x], &groups[y], |pair| pair.apart)
                && !(two_people && self.rival(&groups, x, y, log_odds - link).is_some());
            if free {
                let moved = std::mem::take(&mut groups[y]);
                for &member in &moved {
                    group_of[member] = x;
                }
                groups[x].extend(moved);
                groups[x].sort_unstable();
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    fn any(&self, one: &[usize], other: &[usize], is: impl Fn(Pair) -> bool) -> bool {
        one.iter().any(|&a| other.iter().any(|&b| is(self.get(a, b))))
    }

    /// Whether one of two groups might as well (`least`, log2 of the odds) join a third that is another
    /// person than the other of the two: between twins, a record without given name or number goes to
    /// neither. A record of the first, one of the third, and one of the other.
    pub fn rival(&self, groups: &[Vec<usize>], x: usize, y: usize, least: f32) -> Option<[usize; 3]> {
        let find = |one: &[usize], other: &[usize], is: &dyn Fn(Pair) -> bool| {
            let mut pairs = one.iter().flat_map(|&a| other.iter().map(move |&b| (a, b)));
            pairs.find(|&(a, b)| is(self.get(a, b)))
        };
        let rivals = |of: usize, against: usize| {
            let thirds = (0..groups.len()).filter(|&third| third != of && third != against);
            thirds.into_iter().find_map(|third| {
                let (one, rival) = find(&groups[of], &groups[third], &|pair| pair.log_odds >= least)?;
                let (other, _) = find(&groups[against], &groups[third], &|pair| pair.two_people)?;
                Some([one, rival, other])
            })
        };
        rivals(x, y).or_else(|| rivals(y, x))
    }
}

const fn index(a: usize, b: usize) -> usize {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high * (high - 1) / 2 + low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINK: f32 = 10.0;

    fn grouped(records: usize, said: &[(usize, usize, f32)]) -> Vec<Vec<usize>> {
        let pairs = Pairs::of(records, |a, b| {
            let said = said.iter().find(|(x, y, _)| (*x, *y) == (a, b));
            let log_odds = said.map_or(0.0, |(_, _, log_odds)| *log_odds);
            Pair {
                log_odds,
                apart: log_odds < -LINK,
                two_people: log_odds < 0.0,
            }
        });
        pairs.groups(LINK)
    }

    #[test]
    fn what_hangs_together_is_one_person() {
        assert_eq!(
            grouped(4, &[(0, 1, 20.0), (1, 3, 11.0), (0, 2, 9.0)]),
            [vec![0, 1, 3], vec![2]]
        );
    }

    #[test]
    fn a_third_record_does_not_join_twins() {
        let twins = [(0, 1, -20.0), (0, 2, 15.0), (1, 2, 14.0)];
        assert_eq!(
            grouped(3, &twins),
            [vec![0], vec![1], vec![2]],
            "it could be either"
        );
        let clearer = [(0, 1, -20.0), (0, 2, 30.0), (1, 2, 14.0)];
        assert_eq!(grouped(3, &clearer), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn a_mistyped_number_is_not_a_rival() {
        let pairs = Pairs::of(3, |a, b| Pair {
            log_odds: 40.0,
            apart: (a, b) == (0, 1),
            two_people: false,
        });
        assert_eq!(pairs.groups(LINK), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn a_mistyped_number_that_was_looked_at_keeps_nobody_apart() {
        // 2 has another number than 0 and 1; somebody said that 1 and 2 are one person.
        let pairs = Pairs::of(3, |a, b| match (a, b) {
            (1, 2) => Pair {
                log_odds: f32::INFINITY,
                apart: false,
                two_people: false,
            },
            _ => Pair {
                log_odds: 40.0,
                apart: b == 2,
                two_people: false,
            },
        });
        assert_eq!(pairs.groups(LINK), [vec![0, 1, 2]]);
    }

    proptest! {
        #[test]
        fn no_group_holds_what_must_be_apart(weights in prop::collection::vec(-30.0_f32..40.0, 28)) {
            let pairs = Pairs::of(8, |a, b| {
                let log_odds = weights[b * (b - 1) / 2 + a];
                Pair { log_odds, apart: log_odds < -10.0, two_people: log_odds < 0.0 }
            });
            let groups = pairs.groups(LINK);
            let mut all: Vec<usize> = groups.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..8).collect::<Vec<_>>());
            for group in &groups {
                for (n, &a) in group.iter().enumerate() {
                    for &b in &group[n + 1..] {
                        prop_assert!(!pairs.get(a, b).apart);
                    }
                }
            }
        }
    }
}
