//! The words of a text, without allocating for as many as names and streets have.

/// Words that are kept in place.
const FEW: usize = 12;

/// What `look` makes of the words of two texts.
pub(super) fn of_both<T>(a: &str, b: &str, look: impl FnOnce(&mut [&str], &mut [&str]) -> T) -> T {
    let (mut a_place, mut b_place) = ([""; FEW], [""; FEW]);
    match (split(a, &mut a_place), split(b, &mut b_place)) {
        (Some(m), Some(n)) => look(&mut a_place[..m], &mut b_place[..n]),
        _ => {
            let mut a: Vec<&str> = a.split(' ').collect();
            let mut b: Vec<&str> = b.split(' ').collect();
            look(&mut a, &mut b)
        }
    }
}

fn split<'a>(text: &'a str, place: &mut [&'a str; FEW]) -> Option<usize> {
    let mut count = 0;
    for word in text.split(' ') {
        *place.get_mut(count)? = word;
        count += 1;
    }
    Some(count)
}

/// Whether two lists have the same words, in whatever order. They are put in order.
pub(super) fn same_words(a: &mut [&str], b: &mut [&str]) -> bool {
    a.sort_unstable();
    b.sort_unstable();
    a == b
}

/// How many distinct words two lists share, and how many the richer one has.
pub(super) fn shared(a: &[&str], b: &[&str]) -> (usize, usize) {
    let is_first = |words: &[&str], n: usize| !words[..n].contains(&words[n]);
    let distinct = |words: &[&str]| (0..words.len()).filter(|&n| is_first(words, n)).count();
    let shared = (0..a.len())
        .filter(|&n| b.contains(&a[n]) && is_first(a, n))
        .count();
    (shared, distinct(a).max(distinct(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn shared_words_are_those_of_both_sets(a in "[ab ]{0,20}", b in "[ab ]{0,40}") {
            let sets = [&a, &b].map(|text| text.split(' ').collect::<BTreeSet<_>>());
            let expected = (sets[0].intersection(&sets[1]).count(), sets[0].len().max(sets[1].len()));
            prop_assert_eq!(of_both(&a, &b, |a, b| shared(a, b)), expected);
        }
    }
}
