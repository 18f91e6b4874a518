//! Any text, such as a street: by letters and by words.

use super::letters::{Extent, are_unlike, jaro_winkler, letters, one_edit};
use super::{Level, LevelName, level, words};
use crate::dictionary::Entry;

pub(super) const LEVELS: &[LevelName] = &[
    level("same", "the same"),
    level("folded", "the same but for marks, case and spaces"),
    level("letter", "one letter differs"),
    level("close", "a few letters differ (Jaro-Winkler at least .92)"),
    level("words", "half of the words are the same"),
    level("near", "alike (Jaro-Winkler at least .8)"),
    level("other", "something else"),
];

/// The level of two texts that differ.
pub(super) fn compare(a: Entry<'_>, b: Entry<'_>) -> Level {
    let (a_letters, b_letters) = (letters(a.folded), letters(b.folded));
    if a_letters.clone().eq(b_letters.clone()) {
        return 1;
    }
    let lengths = (len(a.folded), len(b.folded));
    let extent = Extent::of(a_letters.clone(), b_letters.clone(), lengths);
    if lengths.0.min(lengths.1) > 2 && one_edit(a_letters, b_letters) {
        return 2;
    }
    let alike = if are_unlike(a, b, extent, 0.8) {
        0.0
    } else {
        joined(a.folded, |a| joined(b.folded, |b| jaro_winkler(a, b)))
    };
    if alike >= 0.92 {
        return 3;
    }
    let (shared, most) = words::of_both(a.folded, b.folded, |a, b| words::shared(a, b));
    if 2 * shared >= most {
        4
    } else if alike >= 0.8 {
        5
    } else {
        6
    }
}

/// Bytes of a text without its spaces.
fn len(text: &str) -> usize {
    text.bytes().filter(|byte| *byte != b' ').count()
}

/// What `look` makes of a text without its spaces.
fn joined<T>(text: &str, look: impl FnOnce(&str) -> T) -> T {
    let mut place = [0; 64];
    if text.len() > place.len() || !text.contains(' ') {
        return if text.contains(' ') {
            look(&text.replace(' ', ""))
        } else {
            look(text)
        };
    }
    let mut len = 0;
    for byte in text.bytes().filter(|byte| *byte != b' ') {
        place[len] = byte;
        len += 1;
    }
    // Leaving out spaces leaves UTF-8.
    look(std::str::from_utf8(&place[..len]).unwrap_or_default())
}
