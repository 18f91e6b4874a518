//! The apostrophe inside a word (`Y'Thông`, `H'Mông`), however it was typed.

use unicode_normalization::char::is_combining_mark;

/// U+0027 for every sign that stands between two letters in its place, where there is one.
pub(super) fn unify(text: &str) -> Option<String> {
    let mut unified = String::with_capacity(text.len());
    let (mut previous, mut changed) = (' ', false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let mut inside =
            || previous.is_alphabetic() && letters.peek().is_some_and(|next| next.is_alphabetic());
        if c != '\'' && is_apostrophe(c) && inside() {
            unified.push('\'');
            changed = true;
        } else {
            unified.push(c);
        }
        if !is_combining_mark(c) {
            previous = c;
        }
    }
    changed.then_some(unified)
}

/// Whether people write this for an apostrophe.
pub(crate) const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{b4}' | '\u{2b9}' | '\u{2bb}'..='\u{2bd}' | '\u{2018}'..='\u{201b}' | '\u{2032}'
    )
}
