//! How alike the letters of two texts are. Nothing is allocated for texts as short as names and streets are.

use crate::dictionary::Entry;

/// Longest text, in bytes, whose letters fit the bits of a word.
const SHORT: usize = 64;

/// Whether one letter more, less or another, or two neighbours that changed places, make one text of the
/// other: an edit distance of one (optimal string alignment).
pub(super) fn one_edit(
    a: impl DoubleEndedIterator<Item = char> + Clone,
    b: impl DoubleEndedIterator<Item = char> + Clone,
) -> bool {
    let (mut a, mut b) = (a, b);
    loop {
        let (x, y) = (a.clone(), b.clone());
        match (a.next(), b.next()) {
            (Some(one), Some(other)) if one == other => {}
            _ => {
                (a, b) = (x, y);
                break;
            }
        }
    }
    loop {
        let (x, y) = (a.clone(), b.clone());
        match (a.next_back(), b.next_back()) {
            (Some(one), Some(other)) if one == other => {}
            _ => {
                (a, b) = (x, y);
                break;
            }
        }
    }
    let mut first = || (a.next(), b.next());
    match [first(), first(), first()] {
        [
            (None, Some(_)) | (Some(_), None) | (Some(_), Some(_)),
            (None, None),
            _,
        ] => true,
        [(Some(m), Some(n)), (Some(o), Some(p)), (None, None)] => m == p && n == o,
        _ => false,
    }
}

/// The Jaro-Winkler likeness of two texts, from 0 to 1, whichever comes first.
///
/// # Source
/// W. E. Winkler, String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record
/// Linkage (1990); the boost for a common beginning from .7 on.
pub(super) fn jaro_winkler(a: &str, b: &str) -> f64 {
    // Which letters of a repeated one are taken depends on the order.
    let (a, b) = if (a.len(), a) <= (b.len(), b) {
        (a, b)
    } else {
        (b, a)
    };
    if b.len() > SHORT || !a.is_ascii() || !b.is_ascii() {
        return strsim::jaro_winkler(a, b);
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let alike = jaro(a, b);
    if alike <= 0.7 {
        return alike;
    }
    let ahead = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    alike + 0.1 * ahead as f64 * (1.0 - alike)
}

/// What of two entries is compared by its letters: how many there are, and how many agree in front.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub lengths: (usize, usize),
    pub ahead: usize,
}

impl Extent {
    pub fn of(
        a: impl Iterator<Item = char> + Clone,
        b: impl Iterator<Item = char> + Clone,
        lengths: (usize, usize),
    ) -> Self {
        Self {
            lengths,
            ahead: a.zip(b).take(4).take_while(|(x, y)| x == y).count(),
        }
    }
}

/// Whether two texts can't be as alike as `least`, above .7, by the letters they have: one that the other
/// doesn't have at all finds no match.
pub(super) fn are_unlike(a: Entry<'_>, b: Entry<'_>, extent: Extent, least: f64) -> bool {
    if a.letters == 0 || b.letters == 0 {
        return false;
    }
    let (a_len, b_len) = extent.lengths;
    let unmatched = |one: u32, other: u32| (one & !other).count_ones() as usize;
    let matches = (a_len.saturating_sub(unmatched(a.letters, b.letters)))
        .min(b_len.saturating_sub(unmatched(b.letters, a.letters))) as f64;
    let most = (matches / a_len as f64 + matches / b_len as f64 + 1.0) / 3.0;
    // A little more than exact, for the rounding of the real figure.
    most + 0.1 * extent.ahead as f64 * (1.0 - most) < least - 1e-9
}

/// The letters of a text, without its spaces.
pub(super) fn letters(text: &str) -> impl DoubleEndedIterator<Item = char> + Clone {
    text.chars().filter(|c| *c != ' ')
}

/// Of two texts of ASCII, the second not shorter than the first and not longer than a word has bits.
fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() {
        return if b.is_empty() { 1.0 } else { 0.0 };
    }
    let mut places = [0_u64; 128];
    for (n, &letter) in b.iter().enumerate() {
        places[usize::from(letter & 127)] |= 1 << n;
    }
    let range = (b.len() / 2).saturating_sub(1);
    let (mut a_taken, mut b_taken) = (0_u64, 0_u64);
    for (n, &letter) in a.iter().enumerate() {
        let from = u64::MAX << n.saturating_sub(range);
        let to = u64::MAX >> (63 - (n + range).min(63));
        let free = places[usize::from(letter & 127)] & from & to & !b_taken;
        if free != 0 {
            a_taken |= 1 << n;
            b_taken |= free & free.wrapping_neg();
        }
    }
    let matches = a_taken.count_ones();
    if matches == 0 {
        return 0.0;
    }
    let mut out_of_order = 0_u32;
    while a_taken != 0 {
        let (x, y) = (
            a_taken.trailing_zeros() as usize,
            b_taken.trailing_zeros() as usize,
        );
        out_of_order += u32::from(a[x] != b[y]);
        a_taken &= a_taken - 1;
        b_taken &= b_taken - 1;
    }
    let share = |of: usize| f64::from(matches) / of as f64;
    let in_order = f64::from(matches - out_of_order / 2) / f64::from(matches);
    (share(a.len()) + share(b.len()) + in_order) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Dictionary;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn likeness_is_what_the_library_has(a in "[a-e ]{0,70}", b in "[a-e ]{0,70}") {
            let (short, long) = if (a.len(), &a) <= (b.len(), &b) { (&a, &b) } else { (&b, &a) };
            prop_assert_eq!(jaro_winkler(&a, &b).to_bits(), strsim::jaro_winkler(short, long).to_bits());
        }

        #[test]
        fn likeness_does_not_depend_on_the_order(a in "\\PC{0,30}", b in "\\PC{0,30}") {
            prop_assert_eq!(jaro_winkler(&a, &b).to_bits(), jaro_winkler(&b, &a).to_bits());
        }

        #[test]
        fn who_is_unlike_by_letters_is_unlike(a in "[a-g ]{1,12}", b in "[a-k ]{1,12}") {
            let mut dictionary = Dictionary::default();
            let (one, other) = (dictionary.symbol(&a), dictionary.symbol(&b));
            let (one, other) = (dictionary.entry(one), dictionary.entry(other));
            if are_unlike(one, other, Extent::of(a.chars(), b.chars(), (a.len(), b.len())), 0.8) {
                prop_assert!(jaro_winkler(&a, &b) < 0.8);
            }
            let joined = [&a, &b].map(|text| text.replace(' ', ""));
            let lengths = (joined[0].len(), joined[1].len());
            if are_unlike(one, other, Extent::of(letters(&a), letters(&b), lengths), 0.8) {
                prop_assert!(jaro_winkler(&joined[0], &joined[1]) < 0.8);
            }
        }

        #[test]
        fn one_edit_is_a_distance_of_one(a in "[abă ]{0,6}", b in "[abă ]{0,6}") {
            prop_assert_eq!(one_edit(a.chars(), b.chars()), strsim::osa_distance(&a, &b) == 1);
        }
    }
}
