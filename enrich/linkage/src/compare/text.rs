//! Any text, such as a street: by letters and by words.

use super::{Level, LevelName, level};
use crate::dictionary::Entry;
use std::collections::BTreeSet;

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
pub(super) fn compare(a: &Entry, b: &Entry) -> Level {
    let joined = |entry: &Entry| entry.folded.replace(' ', "");
    let (a_joined, b_joined) = (joined(a), joined(b));
    if a_joined == b_joined {
        return 1;
    }
    if a_joined.len().abs_diff(b_joined.len()) <= 1
        && a_joined.len() > 2
        && strsim::osa_distance(&a_joined, &b_joined) == 1
    {
        return 2;
    }
    let alike = strsim::jaro_winkler(&a_joined, &b_joined);
    if alike >= 0.92 {
        return 3;
    }
    let words = |entry: &'_ Entry| {
        entry
            .folded
            .split(' ')
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let (a_words, b_words) = (words(a), words(b));
    let shared = a_words.intersection(&b_words).count();
    if 2 * shared >= a_words.len().max(b_words.len()) {
        4
    } else if alike >= 0.8 {
        5
    } else {
        6
    }
}
