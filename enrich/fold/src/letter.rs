//! One letter and its marks.

use std::sync::LazyLock;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The marks of a Vietnamese letter: at most one quality (`ă`, `â` `ê` `ô`, `ơ` `ư`, `đ`) and one tone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u8);

impl Marks {
    const TONE: u8 = 0b111;

    /// A mark that stands alone, as decomposed text has it: the combining characters of Vietnamese.
    pub const fn combining(c: char) -> Option<Self> {
        Some(Self(match c {
            '\u{300}' | '\u{340}' => 1, // grave: huyền
            '\u{301}' | '\u{341}' => 2, // acute: sắc
            '\u{309}' => 3,             // hook above: hỏi
            '\u{303}' => 4,             // tilde: ngã
            '\u{323}' => 5,             // dot below: nặng
            '\u{306}' => 1 << 3,        // breve: ă
            '\u{302}' => 2 << 3,        // circumflex: â, ê, ô
            '\u{31b}' => 3 << 3,        // horn: ơ, ư
            _ => return None,
        }))
    }

    /// The bar of `đ`.
    const BAR: Self = Self(4 << 3);

    /// These marks and those of `other`. A letter has one tone and one quality: the first of each stays.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        let tone = if self.tone() == 0 {
            other.tone()
        } else {
            self.tone()
        };
        let quality = if self.quality() == 0 {
            other.quality()
        } else {
            self.quality()
        };
        Self(quality << 3 | tone)
    }

    /// The tone: 0 none, 1 huyền, 2 sắc, 3 hỏi, 4 ngã, 5 nặng.
    pub const fn tone(self) -> u8 {
        self.0 & Self::TONE
    }

    /// What is left without the tone: 0 none, else the quality of the letter.
    pub const fn quality(self) -> u8 {
        self.0 >> 3
    }
}

/// A letter without its marks, and the marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The letter, in lower case and without marks.
    pub base: char,
    /// The marks of Vietnamese among those it had.
    pub marks: Marks,
}

impl Letter {
    /// The letter that a character of the Latin blocks is. `None`: a combining mark, or a character of
    /// another script.
    pub fn of(c: char) -> Option<Self> {
        if c.is_ascii() {
            return Some(Self {
                base: c.to_ascii_lowercase(),
                marks: Marks::default(),
            });
        }
        let code = u32::from(c);
        let place = match code {
            0x80..0x250 => code - 0x80,
            0x1e00..0x1f00 => code - 0x1e00 + (0x250 - 0x80),
            _ => return None,
        };
        LATIN[place as usize]
    }
}

/// The letters of Latin-1 Supplement, Latin Extended-A and -B, and Latin Extended Additional. Those that
/// fold to more than one character are left to [`fold_any`].
static LATIN: LazyLock<Vec<Option<Letter>>> = LazyLock::new(|| {
    ('\u{80}'..'\u{250}')
        .chain('\u{1e00}'..'\u{1f00}')
        .map(|c| {
            let mut marks = Marks::default();
            decompose_canonical(c, |part| {
                marks = marks.and(Marks::combining(part).unwrap_or_default());
            });
            let mut folded = String::new();
            fold_any(c, &mut folded);
            let mut chars = folded.chars();
            let base = chars.next().filter(|_| chars.next().is_none())?;
            if base == 'd' && decomposes_to_itself(c) {
                marks = Marks::BAR;
            }
            Some(Letter { base, marks })
        })
        .collect()
});

fn decomposes_to_itself(c: char) -> bool {
    let mut same = true;
    decompose_canonical(c, |part| same &= part == c);
    same
}

/// Folds any character by the Unicode Standard: canonical decomposition, no marks, lower case.
pub(crate) fn fold_any(c: char, folded: &mut String) {
    decompose_canonical(c, |part| {
        if !is_combining_mark(part) {
            match part {
                'Đ' | 'đ' | '\u{d0}' | '\u{f0}' | '\u{189}' | '\u{256}' => folded.push('d'),
                _ => folded.extend(part.to_lowercase()),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_its_base_its_quality_and_its_tone() {
        for (c, base, quality, tone) in [
            ('a', 'a', 0, 0),
            ('Ằ', 'a', 1, 1),
            ('ế', 'e', 2, 2),
            ('Ử', 'u', 3, 3),
            ('ỹ', 'y', 0, 4),
            ('ọ', 'o', 0, 5),
            ('Đ', 'd', 4, 0),
            ('Ð', 'd', 4, 0),
            ('ñ', 'n', 0, 4),
        ] {
            let letter = Letter::of(c).expect("a Latin letter");
            let found = (letter.base, letter.marks.quality(), letter.marks.tone());
            assert_eq!(found, (base, quality, tone), "{c}");
        }
        assert_eq!(Letter::of('Я'), None);
    }
}
