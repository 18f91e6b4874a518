//! Names: marks, spelling, what was shortened, and how many letters or words differ.

use super::letters::{Extent, are_unlike, jaro_winkler, one_edit};
use super::{Level, LevelName, level, words};
use crate::dictionary::Entry;

pub(super) const LEVELS: &[LevelName] = &[
    level("same", "the same"),
    level("unmarked", "the same, one of them written without marks"),
    level("spelling", "another spelling of the same name"),
    level("shortened", "one of them is shortened"),
    level("order", "the same words in another order"),
    level("mark", "another mark on the same letters"),
    level("letter", "one letter differs"),
    level("middle", "the same given name, one other word differs"),
    level("given", "the given name differs, the other words are the same"),
    level("close", "a few letters differ (Jaro-Winkler at least .9)"),
    level("near", "alike (Jaro-Winkler at least .8)"),
    level("other", "another name"),
];

pub(crate) const SWAPPED: Level = 4;

/// Names that are two pronunciations of one, north and south. Source: Lê Trung Hoa, Họ và tên người
/// Việt Nam (2005), on names changed to avoid a ruler's.
const DIALECT: &[(&str, &str)] = &[
    ("canh", "kieng"),
    ("chau", "chu"),
    ("cuong", "cang"),
    ("hoang", "huynh"),
    ("linh", "lanh"),
    ("nghia", "ngai"),
    ("nhat", "nhut"),
    ("phuc", "phuoc"),
    ("sinh", "sanh"),
    ("son", "san"),
    ("vo", "vu"),
];

/// The level of two names that differ.
pub(super) fn compare(one: Entry<'_>, other: Entry<'_>, both_marked: bool) -> Level {
    let (a, b) = (one.folded, other.folded);
    if a == b {
        return if both_marked { 5 } else { 1 };
    }
    words::of_both(a, b, |a_words, b_words| {
        by_words(a_words, b_words)
            .or_else(|| (a.len().min(b.len()) > 2 && one_edit(a.chars(), b.chars())).then_some(6))
            .or_else(|| one_word_apart(a_words, b_words))
            .or_else(|| (a.len() == b.len() && words::same_words(a_words, b_words)).then_some(4))
    })
    .unwrap_or_else(|| {
        let extent = Extent::of(a.chars(), b.chars(), (a.len(), b.len()));
        if are_unlike(one, other, extent, 0.8) {
            return 11;
        }
        match jaro_winkler(a, b) {
            0.9.. => 9,
            0.8.. => 10,
            _ => 11,
        }
    })
}

fn by_words(a: &[&str], b: &[&str]) -> Option<Level> {
    if same_spelling(a, b) {
        Some(2)
    } else if is_shortened(a, b) || is_shortened(b, a) {
        Some(3)
    } else {
        None
    }
}

/// One word differs: the given name, which is the last, or another.
fn one_word_apart(a: &[&str], b: &[&str]) -> Option<Level> {
    if a.len() != b.len() || a.len() < 2 {
        return None;
    }
    let mut apart = (0..a.len()).filter(|&n| a[n] != b[n]);
    match (apart.next(), apart.next()) {
        (Some(n), None) => Some(if n + 1 == a.len() { 8 } else { 7 }),
        _ => None,
    }
}

/// i and y, spaces, and pairs of dialects.
fn same_spelling(a: &[&str], b: &[&str]) -> bool {
    if a.len() != b.len() {
        let letters = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
        return letters(a) == letters(b)
            && a.iter()
                .flat_map(|word| word.bytes())
                .eq(b.iter().flat_map(|word| word.bytes()));
    }
    a.iter().zip(b).all(|(a, b)| {
        a == b || DIALECT.contains(&(a, b)) || DIALECT.contains(&(b, a)) || with_i(a).eq(with_i(b))
    })
}

fn with_i(word: &str) -> impl Iterator<Item = u8> {
    word.bytes().map(|c| if c == b'y' { b'i' } else { c })
}

/// Whether `short` has some of the words of `long` in order, the last among them, or only their initials.
fn is_shortened(short: &[&str], long: &[&str]) -> bool {
    if short.len() > long.len() {
        return false;
    }
    let initials = |short: &[&str], long: &[&str]| {
        let mut pairs = short.iter().zip(long);
        pairs.all(|(s, l)| {
            s == l || (s.trim_end_matches('.').len() == 1 && l.starts_with(s.trim_end_matches('.')))
        })
    };
    if short.len() == long.len() {
        return initials(short, long);
    }
    let mut rest = long.iter();
    short.last() == long.last() && short.iter().all(|word| rest.any(|known| known == word))
}
