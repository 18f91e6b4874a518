//! One node's series of events: which came, whether they chain, and the books.

use schemas::Sha256;
use schemas::change::LedgerState;
use schemas::finding::OutcomeKind;
use std::collections::BTreeMap;

/// The first eight bytes of a digest: enough to tell two events of one place apart.
type Prefix = u64;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Series {
    /// Received events by the first sequence of each unbroken range.
    ranges: BTreeMap<i64, Range>,
    pub books: LedgerState,
    /// Slug of the province whose topic its first event came through.
    pub province: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Range {
    /// What the event after each one must name, in order of sequence.
    links: Vec<Prefix>,
    /// What the first one names as its predecessor.
    names: Prefix,
}

/// What stands beside a place.
struct Beside {
    /// What the event before it must be named as.
    before: Option<Prefix>,
    /// What the event behind it names.
    after: Option<Prefix>,
}

/// What an event is in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Its place was free.
    New {
        /// Its predecessor isn't there yet.
        before_predecessor: bool,
    },
    /// The same event was there already.
    Copy,
    /// Another event has its place.
    Conflict,
}

impl Series {
    /// Enters an event; `link` is what its successor must name, `names` what it names itself.
    /// Counts copies, conflicts and broken links; the outcome is counted by [`Self::count`].
    pub fn enter(&mut self, sequence: i64, link: Sha256, names: Sha256) -> Arrival {
        let (link, names) = (prefix(link), prefix(names));
        match self.at(sequence) {
            Some(known) if known == link => {
                self.books.copies += 1;
                return Arrival::Copy;
            }
            Some(_) => {
                self.books.conflicts += 1;
                return Arrival::Conflict;
            }
            None => {}
        }
        let Beside { before, after } = self.put(sequence, link, names);
        // Before the first event stand 32 zero bytes.
        let named = before.or((sequence == 1).then_some(0));
        self.books.broken_links += i64::from(named.is_some_and(|link| link != names));
        self.books.broken_links += i64::from(after.is_some_and(|named| named != link));
        Arrival::New {
            before_predecessor: before.is_none() && sequence > 1,
        }
    }

    /// Puts an event back in its place without counting anything: the books are restored by themselves.
    /// `names` is what it names as its predecessor, where that had not come before it.
    pub fn place(&mut self, sequence: i64, link: Sha256, names: Option<Sha256>) {
        if self.at(sequence).is_none() {
            self.put(sequence, prefix(link), prefix(names.unwrap_or(Sha256::ZERO)));
        }
    }

    /// What the successor of this event must name; none when it isn't there.
    fn at(&self, sequence: i64) -> Option<Prefix> {
        let (first, range) = self.ranges.range(..=sequence).next_back()?;
        range.links.get((sequence - first) as usize).copied()
    }

    /// Puts an event in a place that is free.
    fn put(&mut self, sequence: i64, link: Prefix, names: Prefix) -> Beside {
        let next = self.ranges.remove(&(sequence + 1));
        let after = next.as_ref().map(|range| range.names);
        let behind = next.map(|range| range.links).unwrap_or_default();
        match self.ranges.range_mut(..sequence).next_back() {
            Some((&first, range)) if range.last(first) + 1 == sequence => {
                let before = range.links.last().copied();
                range.links.push(link);
                range.links.extend(behind);
                Beside { before, after }
            }
            _ => {
                let links = [vec![link], behind].concat();
                self.ranges.insert(sequence, Range { links, names });
                Beside { before: None, after }
            }
        }
    }

    /// Counts an event that took its place.
    pub fn count(&mut self, outcome: OutcomeKind) {
        *self.of(outcome) += 1;
    }

    /// Counts an event whose outcome changed.
    pub fn recount(&mut self, from: OutcomeKind, to: OutcomeKind) {
        *self.of(from) -= 1;
        *self.of(to) += 1;
    }

    const fn of(&mut self, outcome: OutcomeKind) -> &mut i64 {
        match outcome {
            OutcomeKind::Loaded => &mut self.books.loaded,
            OutcomeKind::Held => &mut self.books.held,
            _ => &mut self.books.rejected,
        }
    }
}

impl Range {
    fn last(&self, first: i64) -> i64 {
        first + self.links.len() as i64 - 1
    }
}

fn prefix(digest: Sha256) -> Prefix {
    let mut first = [0; 8];
    first.copy_from_slice(&digest.0[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash(n: i64) -> Sha256 {
        if n == 0 {
            Sha256::ZERO
        } else {
            Sha256::of(&n.to_be_bytes())
        }
    }

    fn enter(series: &mut Series, n: i64) -> Arrival {
        series.enter(n, hash(n), hash(n - 1))
    }

    #[test]
    fn a_fork_a_copy_and_a_broken_link_are_told_apart() {
        let mut series = Series::default();
        assert_eq!(
            enter(&mut series, 1),
            Arrival::New {
                before_predecessor: false
            }
        );
        assert_eq!(enter(&mut series, 1), Arrival::Copy);
        assert_eq!(series.enter(1, hash(99), Sha256::ZERO), Arrival::Conflict);
        assert_eq!(
            enter(&mut series, 3),
            Arrival::New {
                before_predecessor: true
            }
        );
        assert_eq!(series.books.broken_links, 0);
        assert_eq!(
            series.enter(2, hash(77), hash(1)),
            Arrival::New {
                before_predecessor: false
            }
        );
        assert_eq!(series.books.broken_links, 1, "3 names another 2");
        assert_eq!((series.books.copies, series.books.conflicts), (1, 1));
    }

    proptest! {
        #[test]
        fn any_order_ends_in_one_unbroken_range(order in Just((1..=40).collect::<Vec<i64>>()).prop_shuffle()) {
            let mut series = Series::default();
            for n in order {
                enter(&mut series, n);
            }
            prop_assert_eq!(series.ranges.len(), 1);
            prop_assert_eq!(series.books, LedgerState::default());
        }
    }
}
