//! Names: marks, spelling, what was shortened, and how many letters or words differ.

use super::{Level, LevelName, level};
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
pub(super) fn compare(a: &Entry, b: &Entry, both_marked: bool) -> Level {
    if a.folded == b.folded {
        return if both_marked { 5 } else { 1 };
    }
    let (a_words, b_words): (Vec<&str>, Vec<&str>) =
        (a.folded.split(' ').collect(), b.folded.split(' ').collect());
    if same_spelling(&a_words, &b_words) {
        return 2;
    }
    if is_shortened(&a_words, &b_words) || is_shortened(&b_words, &a_words) {
        return 3;
    }
    if a_words.len() == b_words.len() && a_words.len() > 1 && sorted(&a_words) == sorted(&b_words) {
        return 4;
    }
    let lengths_apart = a.folded.len().abs_diff(b.folded.len());
    if lengths_apart <= 1 && a.folded.len() > 2 && strsim::osa_distance(&a.folded, &b.folded) == 1 {
        return 6;
    }
    if a_words.len() == b_words.len() && a_words.len() > 1 {
        let apart: Vec<usize> = (0..a_words.len()).filter(|&n| a_words[n] != b_words[n]).collect();
        match apart[..] {
            [n] if n + 1 == a_words.len() => return 8,
            [_] => return 7,
            _ => {}
        }
    }
    let alike = strsim::jaro_winkler(&a.folded, &b.folded);
    if alike >= 0.9 {
        9
    } else if alike >= 0.8 {
        10
    } else {
        11
    }
}

/// i and y, spaces, and pairs of dialects.
fn same_spelling(a: &[&str], b: &[&str]) -> bool {
    if a.len() != b.len() {
        return a.concat() == b.concat();
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

fn sorted<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}
