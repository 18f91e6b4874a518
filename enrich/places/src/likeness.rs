//! How a written name is like the name of a unit that folds to the same letters.

use crate::words::Words;
use fold::{Letter, Marks};

/// How the marks of a written name are like those of a unit's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// The same, wherever in a syllable its tone was put.
    Same,
    /// Marks are missing, or i is written for y: less was written, nothing else.
    Less,
    /// A mark that the unit's name doesn't have.
    Other,
}

/// How words `begin` to `end` are like a name; `None` if their letters differ.
pub(crate) fn likeness(words: &Words, begin: usize, end: usize, name: &str) -> Option<Likeness> {
    let mut written = words.letters(begin, end);
    let mut like = Likeness::Same;
    let (mut tone, mut tone_of_name) = (0, 0);
    let (mut before, mut before_that) = (b' ', b' ');
    for c in name.chars() {
        let letter = Letter::of(c).filter(|letter| letter.base.is_ascii_alphanumeric());
        let Some(Letter { base, marks }) = letter else {
            if c.is_whitespace() {
                like = like.max(of_marks(tone, tone_of_name));
                (tone, tone_of_name, before, before_that) = (0, 0, b' ', b' ');
            }
            continue;
        };
        let (letter, written_marks) = written.next()?;
        let base = base as u8;
        if letter != base {
            let one_sound =
                matches!((letter, base), (b'i', b'y') | (b'y', b'i')) && is_i_or_y(before_that, before);
            if !one_sound {
                return None;
            }
            like = like.max(Likeness::Less);
        }
        like = like.max(of_marks(written_marks.quality(), marks.quality()));
        add_tone(&mut tone, written_marks);
        add_tone(&mut tone_of_name, marks);
        (before_that, before) = (before, base);
    }
    like = like.max(of_marks(tone, tone_of_name));
    written.next().is_none().then_some(like)
}

fn of_marks(written: u8, of_name: u8) -> Likeness {
    match written {
        _ if written == of_name => Likeness::Same,
        0 => Likeness::Less,
        _ => Likeness::Other,
    }
}

fn add_tone(tone: &mut u8, marks: Marks) {
    if *tone == 0 {
        *tone = marks.tone();
    }
}

/// Where i and y are one sound: after a consonant (Lí, Lý), at the beginning of a syllable, after qu (Quí,
/// Quý). Elsewhere they aren't: Tai and Tây, Thúi and Thúy.
fn is_i_or_y(before_that: u8, before: u8) -> bool {
    match before {
        b'u' => before_that == b'q',
        b'a' | b'e' | b'i' | b'o' | b'y' => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_same_missing_or_others() {
        use Likeness::*;
        for (written, name, like) in [
            ("Mường Phăng", "Mường Phăng", Some(Same)),
            ("Mừơng Phăng", "Mường Phăng", Some(Same)),
            ("Hoà Bình", "Hòa Bình", Some(Same)),
            (
                "Mu\u{31b}o\u{31b}\u{300}ng Pha\u{306}ng",
                "Mường Phăng",
                Some(Same),
            ),
            ("Muong Phang", "Mường Phăng", Some(Less)),
            ("Muờng Phăng", "Mường Phăng", Some(Less)),
            ("Lí Bôn", "Lý Bôn", Some(Less)),
            ("Qui Đức", "Quy Đức", Some(Less)),
            ("Văn Lang", "Văn Lăng", Some(Less)),
            ("Văn Lăng", "Văn Lang", Some(Other)),
            ("Mường Phằng", "Mường Phăng", Some(Other)),
            ("Tai Sơn", "Tây Sơn", None),
            ("K Dang", "KDang", Some(Same)),
            ("Ea H'Drai", "Ea H' Drai", Some(Same)),
            ("Mường", "Mường Phăng", None),
            ("Mường Phăng A", "Mường Phăng", None),
        ] {
            let words = Words::of(written).expect("short");
            assert_eq!(likeness(&words, 0, words.len(), name), like, "{written}, {name}");
        }
    }
}
