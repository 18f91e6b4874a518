//! A set of sequences as ranges: small however many events a node has.

use std::collections::BTreeMap;

/// Distinct sequences, kept as disjoint ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequences(BTreeMap<i64, i64>);

impl Sequences {
    /// Adds `first` to `last`, both included.
    pub fn insert(&mut self, first: i64, last: i64) {
        if first > last {
            return;
        }
        let (mut first, mut last) = (first, last);
        let touching: Vec<i64> = self
            .0
            .range(..=last.saturating_add(1))
            .filter(|&(_, &end)| end >= first.saturating_sub(1))
            .map(|(&start, _)| start)
            .collect();
        for start in touching {
            if let Some(end) = self.0.remove(&start) {
                (first, last) = (first.min(start), last.max(end));
            }
        }
        self.0.insert(first, last);
    }

    /// Whether `sequence` is in it.
    pub fn contains(&self, sequence: i64) -> bool {
        self.0
            .range(..=sequence)
            .next_back()
            .is_some_and(|(_, &last)| last >= sequence)
    }

    /// How many there are.
    pub fn count(&self) -> i64 {
        count(self.0.iter().map(|(&first, &last)| (first, last)))
    }

    /// Their sum.
    pub fn sum(&self) -> i128 {
        let of_range = |(&first, &last): (&i64, &i64)| {
            let (first, last) = (i128::from(first), i128::from(last));
            (first + last) * (last - first + 1) / 2
        };
        self.0.iter().map(of_range).sum()
    }

    /// The highest, 0 for none.
    pub fn highest(&self) -> i64 {
        self.0.last_key_value().map_or(0, |(_, &last)| last)
    }

    /// What of `first` to `last` is not in it, as ranges with both ends included.
    pub fn holes(&self, first: i64, last: i64) -> Vec<(i64, i64)> {
        let (mut holes, mut next) = (Vec::new(), first);
        for (&start, &end) in &self.0 {
            if start > last {
                break;
            }
            if start > next {
                holes.push((next, start - 1));
            }
            if end >= last {
                return holes;
            }
            next = next.max(end + 1);
        }
        if next <= last {
            holes.push((next, last));
        }
        holes
    }
}

/// How many sequences these ranges hold.
pub(super) fn count(ranges: impl IntoIterator<Item = (i64, i64)>) -> i64 {
    let length = |(first, last): (i64, i64)| last.saturating_sub(first).saturating_add(1);
    ranges.into_iter().map(length).fold(0, i64::saturating_add)
}

impl FromIterator<(i64, i64)> for Sequences {
    fn from_iter<I: IntoIterator<Item = (i64, i64)>>(ranges: I) -> Self {
        let mut sequences = Self::default();
        for (first, last) in ranges {
            sequences.insert(first, last);
        }
        sequences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_and_holes_are_found() {
        for (ranges, first, last, count, highest, holes) in [
            (&[][..], 1, 3, 0, 0, &[(1, 3)][..]),
            (&[(1, 3)], 1, 3, 3, 3, &[]),
            (&[(1, 2), (4, 4)], 1, 6, 3, 4, &[(3, 3), (5, 6)]),
            (&[(4, 4), (1, 2), (3, 3)], 1, 4, 4, 4, &[]),
            (&[(2, 9), (1, 3), (5, 12)], 1, 12, 12, 12, &[]),
            (&[(3, 4)], 1, 2, 2, 4, &[(1, 2)]),
            (&[(3, 4)], 4, 5, 2, 4, &[(5, 5)]),
            (&[(1, i64::MAX)], 1, i64::MAX, i64::MAX, i64::MAX, &[]),
        ] {
            let sequences: Sequences = ranges.iter().copied().collect();
            let told = (
                sequences.count(),
                sequences.highest(),
                sequences.holes(first, last),
            );
            assert_eq!(told, (count, highest, holes.to_vec()), "{ranges:?}");
        }
        let sequences: Sequences = [(2, 3)].into_iter().collect();
        assert_eq!(
            [1, 2, 3, 4].map(|n| sequences.contains(n)),
            [false, true, true, false]
        );
        let apart: Sequences = [(1, 4), (10, 10)].into_iter().collect();
        assert_eq!(apart.sum(), 20);
    }
}
