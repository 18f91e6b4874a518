//! Where the tone of an open syllable with a glide stands: on the first letter of oa, oe and uy.
//!
//! `hòa` and `hoà` are the same word, and both placements are in use; a register needs one, and takes
//! the one that birth registers were written with. Closed syllables (`hoàn`) have one placement only
//! and stay, as does what begins with qu or gi.

use crate::letter::{Vowel, is_vietnamese};

/// The text with the tones of such syllables on their first letter, where one stood on the second.
pub(super) fn place(text: &str) -> Option<String> {
    let mut placed: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(start) = text[at..].find(char::is_alphabetic).map(|found| at + found) {
        let end = text[start..]
            .find(|c: char| !is_of_a_word(c))
            .map_or(text.len(), |found| start + found);
        if let Some((glide_at, glide, vowel)) = moved(&text[start..end]) {
            let placed = placed.get_or_insert_with(|| String::with_capacity(text.len()));
            placed.push_str(&text[copied..start + glide_at]);
            placed.push(glide);
            placed.push(vowel);
            copied = end;
        }
        at = end;
    }
    placed.map(|placed| placed + &text[copied..])
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}

/// Where the glide of the word stands, and glide and vowel with the tone moved.
fn moved(word: &str) -> Option<(usize, char, char)> {
    let mut letters = word.char_indices().rev();
    let (_, last) = letters.next()?;
    let vowel = Vowel::of(last).filter(|vowel| vowel.tone != 0)?;
    let (glide_at, before) = letters.next()?;
    let glide = Vowel::of(before).filter(|glide| glide.tone == 0)?;
    if !matches!((glide.quality(), vowel.quality()), ('o', 'a' | 'e') | ('u', 'y')) {
        return None;
    }
    let onset = |(_, letter): (usize, char)| {
        is_vietnamese(letter) && Vowel::of(letter).is_none() && !matches!(letter, 'q' | 'Q')
    };
    let mut onsets = letters.by_ref().take(4);
    // The longest onset, ngh, has three letters.
    if !onsets.all(onset) || word[..glide_at].chars().count() > 3 {
        return None;
    }
    let (toned, plain) = (glide.with_tone(vowel.tone), vowel.with_tone(0));
    Some((glide_at, toned.letter(), plain.letter()))
}
