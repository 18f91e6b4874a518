//! VNI for Windows, seen as Latin-1: a letter, and a second one that stands for its marks.
//!
//! Source: the VNI-Win character set of VNI Software; compared with Unikey's tables.

use crate::letter::Vowel;

/// What stands for the five tones on a letter without further marks: grave, acute, hook, tilde, dot.
const TONES: [char; 5] = ['ø', 'ù', 'û', 'õ', 'ï'];
/// The circumflex alone, then with each tone.
const CIRCUMFLEX: [char; 6] = ['â', 'à', 'á', 'å', 'ã', 'ä'];
/// The breve alone, then with each tone.
const BREVE: [char; 6] = ['ê', 'è', 'é', 'ú', 'ü', 'ë'];

/// The word in Unicode, when every letter of it is one of VNI's.
pub(super) fn word(seen: &str) -> Option<String> {
    let mut read = String::with_capacity(seen.len());
    let mut letters = seen.chars().peekable();
    while let Some(letter) = letters.next() {
        let alone = alone(letter)?;
        match letters.peek().and_then(|&mark| marked(alone, small(mark))) {
            Some(both) => {
                letters.next();
                read.push(both);
            }
            None => read.push(alone),
        }
    }
    Some(read)
}

/// A letter that no mark follows.
fn alone(letter: char) -> Option<char> {
    let read = match small(letter) {
        'í' => 'í',
        'ì' => 'ì',
        'æ' => 'ỉ',
        'ó' => 'ĩ',
        'ò' => 'ị',
        'ô' => 'ơ',
        'ö' => 'ư',
        'î' => 'ỵ',
        'ñ' if letter == 'Ñ' => return Some('Đ'),
        'ñ' => return Some('đ'),
        _ if letter.is_ascii() => return Some(letter),
        _ => return None,
    };
    let capital = small(letter) != letter;
    Vowel::of(read).map(|vowel| vowel.in_case_of(capital).letter())
}

/// A letter with the marks that `mark` stands for.
fn marked(letter: char, mark: char) -> Option<char> {
    let vowel = Vowel::of(letter).filter(|vowel| vowel.tone == 0)?;
    let among = |marks: &[char]| marks.iter().position(|&known| known == mark);
    let (quality, tone) = match vowel.quality() {
        'a' => toned('a', among(&TONES))
            .or_else(|| with('â', among(&CIRCUMFLEX)))
            .or_else(|| with('ă', among(&BREVE)))?,
        'e' => toned('e', among(&TONES)).or_else(|| with('ê', among(&CIRCUMFLEX)))?,
        'o' => toned('o', among(&TONES)).or_else(|| with('ô', among(&CIRCUMFLEX)))?,
        other @ ('ơ' | 'u' | 'ư' | 'y') => toned(other, among(&TONES))?,
        _ => return None,
    };
    let plain = Vowel::of(quality)?;
    Some(plain.with_tone(tone).in_case_of(vowel.capital).letter())
}

fn toned(quality: char, tone: Option<usize>) -> Option<(char, u8)> {
    tone.map(|at| (quality, at as u8 + 1))
}

fn with(quality: char, tone: Option<usize>) -> Option<(char, u8)> {
    tone.map(|at| (quality, at as u8))
}

/// The small letter, of Latin-1.
fn small(letter: char) -> char {
    match letter {
        'À'..='Þ' if letter != '×' => char::from_u32(letter as u32 + 0x20).unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_by_the_table() {
        for (seen, read) in [
            ("Nguyeãn", Some("Nguyễn")),
            ("Vaên", Some("Văn")),
            ("NGUYEÃN", Some("NGUYỄN")),
            ("Ñaëng", Some("Đặng")),
            ("Ñöùc", Some("Đức")),
            ("Traàn", Some("Trần")),
            ("Thò", Some("Thị")),
            ("Höôùng", Some("Hướng")),
            ("Lyù", Some("Lý")),
            ("Thaùi", Some("Thái")),
            ("Thuûy", Some("Thủy")),
            ("Hoàng", Some("Hồng")),
            ("NguyÔn¨", None),
        ] {
            assert_eq!(word(seen).as_deref(), read, "{seen}");
        }
    }
}
