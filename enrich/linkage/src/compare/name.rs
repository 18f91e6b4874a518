//! Names: marks, spelling, what was shortened, and how many letters or words differ.

use super::letters::{Extent, are_unlike, jaro_winkler, one_edit};
use super::{Level, LevelName, level, part, words};
use crate::dictionary::Entry;
use normalise::syllable;

pub(super) const LEVELS: &[LevelName] = &[
    level("same", "the same"),
    level("unmarked", "the same, one of them written without marks"),
    level("spelling", "another spelling of the same name"),
    level("shortened", "one of them is shortened"),
    level("order", "the same words in another order"),
    part(
        "slip",
        "one letter differs, and one of the two is no syllable of Vietnamese",
        "letter",
    ),
    level("mark", "another mark on the same letters"),
    level("letter", "one letter differs"),
    level("middle", "the same given name, one other word differs"),
    level("given", "the given name differs, the other words are the same"),
    level("close", "a few letters differ (Jaro-Winkler at least .9)"),
    level("near", "alike (Jaro-Winkler at least .8)"),
    level("other", "another name"),
];

const UNMARKED: Level = 1;
const SPELLING: Level = 2;
const SHORTENED: Level = 3;
pub(crate) const SWAPPED: Level = 4;
const SLIP: Level = 5;
/// From this level on the name is another: another mark, letter or word, each of which people have.
pub(crate) const DIFFERS: Level = MARK;
const MARK: Level = 6;
const LETTER: Level = 7;
const MIDDLE: Level = 8;
const GIVEN: Level = 9;
const CLOSE: Level = 10;
const NEAR: Level = 11;
const OTHER: Level = 12;

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
        return if both_marked { MARK } else { UNMARKED };
    }
    words::of_both(a, b, |a_words, b_words| {
        by_words(a_words, b_words)
            .or_else(|| {
                let is_letter = a.len().min(b.len()) > 2 && one_edit(a.chars(), b.chars());
                is_letter.then(|| if is_slip(one, other) { SLIP } else { LETTER })
            })
            .or_else(|| one_word_apart(a_words, b_words))
            .or_else(|| (a.len() == b.len() && words::same_words(a_words, b_words)).then_some(SWAPPED))
    })
    .unwrap_or_else(|| {
        let extent = Extent::of(a.chars(), b.chars(), (a.len(), b.len()));
        if are_unlike(one, other, extent, 0.8) {
            return OTHER;
        }
        match jaro_winkler(a, b) {
            0.9.. => CLOSE,
            0.8.. => NEAR,
            _ => OTHER,
        }
    })
}

fn by_words(a: &[&str], b: &[&str]) -> Option<Level> {
    if same_spelling(a, b) {
        Some(SPELLING)
    } else if is_shortened(a, b) || is_shortened(b, a) {
        Some(SHORTENED)
    } else {
        None
    }
}

/// Whether of two words that one letter makes differ one can be a syllable and the other can't: nobody is called
/// that, so it is a slip of the pen and no namesake, brother or twin. Where both have marks, these must agree.
fn is_slip(one: Entry<'_>, other: Entry<'_>) -> bool {
    let mut apart = written_words(one)
        .zip(written_words(other))
        .filter(|(a, b)| a.1 != b.1);
    let spells = |(text, folded): (&str, &str)| {
        if text.is_ascii() {
            syllable::is_syllable_without_marks(folded)
        } else {
            syllable::is_syllable(text)
        }
    };
    let marks_agree = || {
        let (a, b) = (one.text.to_lowercase(), other.text.to_lowercase());
        one.text.is_ascii() || other.text.is_ascii() || one_edit(a.chars(), b.chars())
    };
    apart.next().is_some_and(|(a, b)| spells(a) != spells(b)) && marks_agree()
}

/// The words of a name as they were written, with their folded forms.
fn written_words<'a>(name: Entry<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    name.text.split(' ').zip(name.folded.split(' '))
}

/// One word differs: the given name, which is the last, or another.
fn one_word_apart(a: &[&str], b: &[&str]) -> Option<Level> {
    if a.len() != b.len() || a.len() < 2 {
        return None;
    }
    let mut apart = (0..a.len()).filter(|&n| a[n] != b[n]);
    match (apart.next(), apart.next()) {
        (Some(n), None) => Some(if n + 1 == a.len() { GIVEN } else { MIDDLE }),
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
