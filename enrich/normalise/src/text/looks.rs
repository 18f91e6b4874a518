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
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' => looks.lost_letters |= previous == '?' && before.is_alphabetic(),
            ' ' => looks.spaces |= previous == ' ',
            '`' => looks.apostrophe = true,
            '!'..='~' => {}
            '\t'..='\r' => looks.spaces = true,
            'đ' | 'Đ' => {}
            _ => {
                looks.legacy |= legacy::is_suspicious(previous, c);
                match Vowel::of(c) {
                    Some(vowel) => {
                        looks.glide |= matches!(
                            (previous, vowel.quality()),
                            ('o' | 'O', 'a' | 'e') | ('u' | 'U', 'y')
                        );
                        looks.lost_letters |= previous == '?' && before.is_alphabetic();
                    }
                    None => looks.unusual = true,
                }
            }
        }
        before = previous;
        previous = c;
    }
    looks.spaces |= previous == ' ' && !text.is_empty();
    looks
}
