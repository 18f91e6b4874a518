//! The words of a name: their letters and their case.

use crate::letter::{Vowel, capital, is_vietnamese, small};
use crate::syllable::is_syllable;
use rules::Rule;
use rules::catalogue::name as found;
use std::borrow::Cow;
use unicode_normalization::char::is_combining_mark;

/// Letters that a word without hyphen and apostrophe has at most: `nghiêng` has 7, `Rơchăm` and `Rahlan`
/// have 6.
const LONGEST: usize = 8;

/// Whether the word is written as a word of a name is: a capital, then small letters of Vietnamese.
/// False says nothing.
pub(super) fn is_plain(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next();
    let mut has_vowel = first.is_some_and(|first| Vowel::of(first).is_some());
    let mut count = 1;
    let first_is_capital = match first {
        Some('Đ') => true,
        Some(first) => first.is_ascii_uppercase() || Vowel::of(first).is_some_and(|vowel| vowel.capital),
        None => false,
    };
    first_is_capital
        && letters.all(|letter| {
            count += 1;
            match Vowel::of(letter) {
                Some(vowel) => {
                    has_vowel = true;
                    !vowel.capital
                }
                None => letter == 'đ' || letter.is_ascii_lowercase(),
            }
        })
        && has_vowel
        && count <= LONGEST
}

/// The name with plain hyphens in its words, and without a space behind the apostrophe of `Y' Thông`.
pub(super) fn joined(name: &str) -> Cow<'_, str> {
    let is_dash = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}');
    if !name.contains(is_dash) && !name.contains("' ") {
        return Cow::Borrowed(name);
    }
    let mut joined = String::with_capacity(name.len());
    for word in name.split(' ') {
        let prefix = joined
            .strip_suffix('\'')
            .is_some_and(|before| before.chars().rev().take_while(|&c| c != ' ').count() == 1);
        if !joined.is_empty() && !prefix {
            joined.push(' ');
        }
        joined.extend(word.chars().map(|c| if is_dash(c) { '-' } else { c }));
    }
    Cow::Owned(joined)
}

/// Whether the word has a vowel, so that it is no abbreviation.
pub(super) fn is_spelled_out(word: &str) -> bool {
    word.chars().any(is_vowel)
}

/// Writes a word in the case of a name: a capital in front and behind each hyphen and apostrophe.
pub(super) fn cased(word: &str, name: &mut String) {
    let mut starts = true;
    for letter in word.chars() {
        let cased = if starts { capital(letter) } else { small(letter) };
        match cased {
            Some(cased) => name.push(cased),
            None if starts => name.extend(letter.to_uppercase()),
            None => name.extend(letter.to_lowercase()),
        }
        starts = cased.is_none() && !letter.is_alphabetic() && !is_combining_mark(letter);
    }
}

/// What is wrong with a word, if anything. `last` is whether it is the last of a name with others.
pub(super) fn fault(word: &str, last: bool) -> Option<&'static Rule> {
    if word.chars().any(char::is_numeric) {
        return Some(&found::DIGITS);
    }
    if word.contains('.') && word.chars().all(|c| c == '.' || c.is_alphabetic()) {
        return Some(&found::ABBREVIATED);
    }
    let joins = |c: char| matches!(c, '\'' | '-');
    if word.starts_with(joins) || word.ends_with(joins) {
        return Some(&found::SIGNS);
    }
    word.split(joins)
        .enumerate()
        .find_map(|(at, part)| part_fault(part, last, at, word))
}

fn part_fault(part: &str, last: bool, at: usize, word: &str) -> Option<&'static Rule> {
    if part.is_empty() || !part.chars().all(is_of_a_word) {
        return Some(&found::SIGNS);
    }
    if !part.chars().all(is_of_a_peoples_language) {
        return Some(&found::LETTERS);
    }
    let letters = part.chars().count();
    let whole = part.len() == word.len();
    let has_vowel = is_spelled_out(part);
    if whole && !has_vowel && (letters > 1 || !last) {
        return Some(&found::ABBREVIATED);
    }
    if !whole && !has_vowel && letters > 2 && at > 0 {
        return Some(&found::ABBREVIATED);
    }
    if letters > LONGEST || (whole && is_run_together(part)) {
        return Some(&found::RUN_TOGETHER);
    }
    None
}

fn is_of_a_word(c: char) -> bool {
    is_vietnamese(c) || c.is_alphabetic() || is_combining_mark(c)
}

/// `LòVăn`: a capital inside a word that has small letters, where no single syllable would be mended.
fn is_run_together(word: &str) -> bool {
    runs(word).is_some() && !is_syllable(&word.to_lowercase())
}

/// The syllables of a word that are run together, a capital in front of each: `LòVăn` is Lò and Văn.
pub(super) fn runs(word: &str) -> Option<Vec<&str>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for (at, letter) in word.char_indices().skip(1) {
        if letter.is_uppercase() {
            runs.push(&word[start..at]);
            start = at;
        }
    }
    runs.push(&word[start..]);
    (runs.len() > 1 && runs.iter().all(|run| is_syllable(run))).then_some(runs)
}

fn is_vowel(letter: char) -> bool {
    Vowel::of(letter).is_some() || matches!(letter, 'ĕ' | 'ĭ' | 'ŏ' | 'ŭ' | 'Ĕ' | 'Ĭ' | 'Ŏ' | 'Ŭ')
}

/// Letters of Vietnamese and of the peoples' own scripts in Latin letters: Êđê, Gia Rai, Ba Na, Cơ Ho,
/// Mnông (breves, ƀ, č, ñ), and the marks that these have no composed letters for.
fn is_of_a_peoples_language(letter: char) -> bool {
    is_vietnamese(letter)
        || matches!(
            letter,
            'ĕ' | 'ĭ' | 'ŏ' | 'ŭ' | 'ƀ' | 'č' | 'ñ' | 'Ĕ' | 'Ĭ' | 'Ŏ' | 'Ŭ' | 'Ƀ' | 'Č' | 'Ñ' | '\u{300}'
                ..='\u{303}' | '\u{306}' | '\u{309}' | '\u{323}'
        )
}
