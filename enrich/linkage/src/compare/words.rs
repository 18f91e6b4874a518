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

/// How many distinct words two lists share, and how many the longer one has. They are put in order.
pub(super) fn shared(a: &mut [&str], b: &mut [&str]) -> (usize, usize) {
    a.sort_unstable();
    b.sort_unstable();
    let distinct = |words: &[&str]| 1 + words.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let (mut m, mut n, mut shared) = (0, 0, 0);
    while m < a.len() && n < b.len() {
        match a[m].cmp(b[n]) {
            std::cmp::Ordering::Less => m += 1,
            std::cmp::Ordering::Greater => n += 1,
            std::cmp::Ordering::Equal => {
                let word = a[m];
                shared += 1;
                m += a[m..].iter().take_while(|it| **it == word).count();
                n += b[n..].iter().take_while(|it| **it == word).count();
            }
        }
    }
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
            prop_assert_eq!(of_both(&a, &b, shared), expected);
        }
    }
}
