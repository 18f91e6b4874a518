//! The letters of Vietnamese: a vowel's quality and tone, taken apart and put together.

/// Each vowel without tone, then with grave, acute, hook, tilde and dot below.
const VOWELS: [[char; 6]; 12] = [
    ['a', 'à', 'á', 'ả', 'ã', 'ạ'],
    ['ă', 'ằ', 'ắ', 'ẳ', 'ẵ', 'ặ'],
    ['â', 'ầ', 'ấ', 'ẩ', 'ẫ', 'ậ'],
    ['e', 'è', 'é', 'ẻ', 'ẽ', 'ẹ'],
    ['ê', 'ề', 'ế', 'ể', 'ễ', 'ệ'],
    ['i', 'ì', 'í', 'ỉ', 'ĩ', 'ị'],
    ['o', 'ò', 'ó', 'ỏ', 'õ', 'ọ'],
    ['ô', 'ồ', 'ố', 'ổ', 'ỗ', 'ộ'],
    ['ơ', 'ờ', 'ớ', 'ở', 'ỡ', 'ợ'],
    ['u', 'ù', 'ú', 'ủ', 'ũ', 'ụ'],
    ['ư', 'ừ', 'ứ', 'ử', 'ữ', 'ự'],
    ['y', 'ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ'],
];
/// The same, as capitals.
const CAPITALS: [[char; 6]; 12] = [
    ['A', 'À', 'Á', 'Ả', 'Ã', 'Ạ'],
    ['Ă', 'Ằ', 'Ắ', 'Ẳ', 'Ẵ', 'Ặ'],
    ['Â', 'Ầ', 'Ấ', 'Ẩ', 'Ẫ', 'Ậ'],
    ['E', 'È', 'É', 'Ẻ', 'Ẽ', 'Ẹ'],
    ['Ê', 'Ề', 'Ế', 'Ể', 'Ễ', 'Ệ'],
    ['I', 'Ì', 'Í', 'Ỉ', 'Ĩ', 'Ị'],
    ['O', 'Ò', 'Ó', 'Ỏ', 'Õ', 'Ọ'],
    ['Ô', 'Ồ', 'Ố', 'Ổ', 'Ỗ', 'Ộ'],
    ['Ơ', 'Ờ', 'Ớ', 'Ở', 'Ỡ', 'Ợ'],
    ['U', 'Ù', 'Ú', 'Ủ', 'Ũ', 'Ụ'],
    ['Ư', 'Ừ', 'Ứ', 'Ử', 'Ữ', 'Ự'],
    ['Y', 'Ỳ', 'Ý', 'Ỷ', 'Ỹ', 'Ỵ'],
];
/// The letter under the marks of each row.
const BASES: [u8; 12] = *b"aaaeeiooouuy";

const LATIN: usize = 0x1b1;
const ADDITIONAL: usize = 0x1ea0;
const CAPITAL: u8 = 0x80;

/// For each letter below U+01B1 and from U+1EA0 on: 1 + row * 6 + tone, and whether it is a capital;
/// 0 for what is no vowel.
static PLACES: [u8; LATIN + 0x5a] = places();

const fn places() -> [u8; LATIN + 0x5a] {
    let mut table = [0; LATIN + 0x5a];
    let mut at = 0;
    while at < 72 {
        let place = 1 + at as u8;
        table[slot(VOWELS[at / 6][at % 6])] = place;
        table[slot(CAPITALS[at / 6][at % 6])] = place | CAPITAL;
        at += 1;
    }
    table
}

const fn slot(letter: char) -> usize {
    let point = letter as usize;
    if point < LATIN {
        point
    } else {
        point - ADDITIONAL + LATIN
    }
}

/// A vowel of Vietnamese, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vowel {
    row: u8,
    /// 0 for none, then grave, acute, hook, tilde, dot below.
    pub tone: u8,
    pub capital: bool,
}

impl Vowel {
    /// The vowel that this letter is.
    pub fn of(letter: char) -> Option<Self> {
        let point = letter as usize;
        if (LATIN..ADDITIONAL).contains(&point) {
            return None;
        }
        let place = *PLACES.get(slot(letter))?;
        let at = (place & !CAPITAL).checked_sub(1)?;
        Some(Self {
            row: at / 6,
            tone: at % 6,
            capital: place & CAPITAL != 0,
        })
    }

    /// The letter.
    pub fn letter(self) -> char {
        let table = if self.capital { &CAPITALS } else { &VOWELS };
        table[usize::from(self.row)][usize::from(self.tone)]
    }

    /// The small letter without its tone: `ễ` is `ê`.
    pub fn quality(self) -> char {
        VOWELS[usize::from(self.row)][0]
    }

    /// The small letter without tone and marks: `ễ` is `e`.
    pub fn base(self) -> char {
        char::from(BASES[usize::from(self.row)])
    }

    #[must_use]
    pub const fn with_tone(self, tone: u8) -> Self {
        Self { tone, ..self }
    }

    #[must_use]
    pub const fn in_case_of(self, capital: bool) -> Self {
        Self { capital, ..self }
    }
}

/// Whether this is a letter that Vietnamese is written with, foreign F, J, W and Z included.
pub(crate) fn is_vietnamese(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, 'đ' | 'Đ') || Vowel::of(letter).is_some()
}

/// The small letter of one of Vietnamese; `None` for others.
pub(crate) fn small(letter: char) -> Option<char> {
    match letter {
        'đ' | 'Đ' => Some('đ'),
        _ if letter.is_ascii_alphabetic() => Some(letter.to_ascii_lowercase()),
        _ => Vowel::of(letter).map(|vowel| vowel.in_case_of(false).letter()),
    }
}

/// The capital of a letter of Vietnamese; `None` for others.
pub(crate) fn capital(letter: char) -> Option<char> {
    match letter {
        'đ' | 'Đ' => Some('Đ'),
        _ if letter.is_ascii_alphabetic() => Some(letter.to_ascii_uppercase()),
        _ => Vowel::of(letter).map(|vowel| vowel.in_case_of(true).letter()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn every_vowel_comes_apart_as_unicode_has_it() {
        const TONES: [&str; 6] = ["", "\u{300}", "\u{301}", "\u{309}", "\u{303}", "\u{323}"];
        let mut found = 0;
        for letter in '\0'..'\u{3000}' {
            let Some(vowel) = Vowel::of(letter) else { continue };
            found += 1;
            assert_eq!(vowel.letter(), letter);
            assert_eq!(vowel.capital, letter.is_uppercase());
            assert!(small(letter).into_iter().eq(letter.to_lowercase()));
            assert!(capital(letter).into_iter().eq(letter.to_uppercase()));
            let marked = format!("{}{}", vowel.quality(), TONES[usize::from(vowel.tone)]);
            let lower: String = letter.to_lowercase().collect();
            assert_eq!(marked.nfc().collect::<String>(), lower);
            assert_eq!(letter.to_lowercase().nfd().next(), Some(vowel.base()));
        }
        assert_eq!(found, 2 * 72);
    }
}
