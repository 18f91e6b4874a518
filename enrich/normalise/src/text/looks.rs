//! One look at a text: which steps it has need of. Most texts need none, and are not copied.

use super::legacy;
use crate::letter::Vowel;

/// What a text has that may need a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks {
    /// Spaces at an end, twice, or of another kind.
    pub spaces: bool,
    /// A character that isn't plain Vietnamese.
    pub unusual: bool,
    /// A sign of TCVN3, VNI or UTF-8 read wrongly.
    pub legacy: bool,
    /// A tone on the second letter of oa, oe or uy.
    pub glide: bool,
    /// A sign that is written for an apostrophe.
    pub apostrophe: bool,
    /// A question mark between two letters.
    pub lost_letters: bool,
}

pub(super) fn of(text: &str) -> Looks {
    let mut looks = Looks::default();
    let (mut before, mut previous) = (' ', ' ');
    // Whether the letter before bears the tone that its glide ought to have, if the syllable ends there.
    let mut ends_on_glide = false;
    let mut highest = '\0';
    for (at, c) in text.char_indices() {
        let mut is_glide = false;
        match c {
            'a'..='z' | 'A'..='Z' => ends_on_glide = false,
            'đ' | 'Đ' => {
                ends_on_glide = false;
                highest = highest.max(c);
            }
            ' ' => looks.spaces |= previous == ' ',
            '`' => looks.apostrophe = true,
            '?' => looks.lost_letters |= previous.is_alphabetic() && begins_with_letter(&text[at + 1..]),
            '!'..='~' => {}
            '\t'..='\r' => looks.spaces = true,
            _ => {
                highest = highest.max(c);
                looks.legacy |= legacy::is_suspicious(previous, c);
                match Vowel::of(c) {
                    Some(vowel) => {
                        ends_on_glide = false;
                        is_glide = vowel.tone != 0 && glides(before, previous, vowel.quality());
                    }
                    None => looks.unusual = true,
                }
            }
        }
        looks.glide |= ends_on_glide;
        ends_on_glide = is_glide;
        (before, previous) = (previous, c);
    }
    looks.glide |= ends_on_glide;
    // Nearly every Vietnamese text has letters above U+00FF, which no old table could show.
    looks.legacy |= ('\u{80}'..='\u{ff}').contains(&highest) && legacy::has_no_syllable(text);
    looks.spaces |= previous == ' ' && !text.is_empty();
    looks
}

const fn glides(before: char, glide: char, vowel: char) -> bool {
    match (glide, vowel) {
        ('o' | 'O', 'a' | 'e') => true,
        ('u' | 'U', 'y') => !matches!(before, 'q' | 'Q'),
        _ => false,
    }
}

fn begins_with_letter(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic)
}
