//! Whether a word can be a Vietnamese syllable: onset, rhyme and tone fit together.
//!
//! Source: the spelling of Quốc ngữ, as in Hoàng Phê (ed.), Từ điển tiếng Việt.

use crate::letter::Vowel;
use fold::fold;
use std::sync::LazyLock;

const ONSETS: &[&str] = &[
    "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x",
];

/// Every rhyme without its tone, sorted.
const RHYMES: &[&str] = &[
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e", "ec", "em", "en",
    "eng", "eo", "ep", "et", "i", "ia", "ich", "im", "in", "inh", "ip", "it", "iu", "iêc", "iêm", "iên",
    "iêng", "iêp", "iêt", "iêu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap",
    "oat", "oay", "oc", "oe", "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot", "oăc",
    "oăm", "oăn", "oăng", "oăt", "u", "ua", "uc", "ui", "um", "un", "ung", "up", "ut", "uy", "uya", "uych",
    "uyn", "uynh", "uyp", "uyt", "uyu", "uyên", "uyêt", "uân", "uâng", "uât", "uây", "uê", "uêch", "uênh",
    "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uơ", "y", "yêm", "yên", "yêng", "yêt", "yêu", "âc", "âm",
    "ân", "âng", "âp", "ât", "âu", "ây", "ê", "êch", "êm", "ên", "ênh", "êp", "êt", "êu", "ô", "ôc", "ôi",
    "ôm", "ôn", "ông", "ôp", "ôt", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt",
    "ư", "ưa", "ưc", "ưi", "ưm", "ưn", "ưng", "ưt", "ưu", "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt",
    "ươu",
];

/// Rhymes that are written with y behind qu, and with i elsewhere.
const BEHIND_QU: &[&str] = &["yt", "ynh", "ych", "yn"];

/// The longest syllable has 7 letters: `nghiêng`.
const LONGEST: usize = 7;

/// Whether the word can be one syllable. Case must be that of a word: small, a capital in front, or all
/// capitals. The look-alikes `Ð` and `ð` count as `Đ` and `đ`.
pub fn is_syllable(word: &str) -> bool {
    let mut bare = String::with_capacity(LONGEST * 2);
    let (mut tone, mut letters, mut capitals, mut first_is_capital) = (0, 0, 0, false);
    for letter in word.chars() {
        letters += 1;
        if letters > LONGEST {
            return false;
        }
        let (small, capital) = match letter {
            'Đ' | '\u{d0}' => ('đ', true),
            'đ' | '\u{f0}' => ('đ', false),
            _ => match Vowel::of(letter) {
                Some(vowel) if vowel.tone != 0 && tone != 0 => return false,
                Some(vowel) => {
                    tone |= vowel.tone;
                    (vowel.quality(), vowel.capital)
                }
                None if letter.is_ascii_alphabetic() => {
                    (letter.to_ascii_lowercase(), letter.is_ascii_uppercase())
                }
                None => return false,
            },
        };
        capitals += u32::from(capital);
        first_is_capital |= capital && letters == 1;
        bare.push(small);
    }
    let one_case = capitals == 0 || capitals as usize == letters || (capitals == 1 && first_is_capital);
    one_case && spells(&bare, tone)
}

/// Whether the word, folded, can be one syllable that was written without tone and marks.
pub fn is_syllable_without_marks(folded: &str) -> bool {
    static FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut rhymes: Vec<String> = RHYMES.iter().map(|rhyme| fold(rhyme)).collect();
        rhymes.sort_unstable();
        rhymes.dedup();
        rhymes
    });
    splits(folded).any(|(onset, rhyme)| {
        let is_known = FOLDED.binary_search_by(|known| known.as_str().cmp(rhyme)).is_ok();
        is_known || (onset == "qu" && BEHIND_QU.contains(&rhyme))
    })
}

fn spells(bare: &str, tone: u8) -> bool {
    splits(bare).any(|(onset, rhyme)| {
        let known = RHYMES.binary_search(&rhyme).is_ok() || (onset == "qu" && BEHIND_QU.contains(&rhyme));
        known && carries(rhyme, tone)
    })
}

/// A word's onsets with what is left of it.
fn splits(word: &str) -> impl Iterator<Item = (&str, &str)> {
    let onsets = ONSETS
        .iter()
        .filter_map(move |onset| Some((*onset, word.strip_prefix(onset)?)));
    onsets.chain([("", word)])
}

/// A syllable that ends in c, ch, p or t has the acute tone or the dot below, and no other.
fn carries(rhyme: &str, tone: u8) -> bool {
    let stopped = rhyme.ends_with(['c', 'p', 't']) || rhyme.ends_with("ch");
    !stopped || matches!(tone, 2 | 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_syllable_and_what_is_not() {
        assert!(RHYMES.is_sorted());
        for word in [
            "Nguyễn", "văn", "Đặng", "Ðinh", "THỊ", "quý", "Quốc", "gì", "giếng", "hoà", "hòa", "khuya",
            "Pâng", "nghiêng", "ý", "Yên", "thuở", "Quỳnh", "xoong", "ương", "Ễn", "Giàng", "Mỷ",
        ] {
            assert!(is_syllable(word), "{word}");
        }
        for word in [
            "",
            "NguyÔn",
            "Vaên",
            "Nguyeãn",
            "Br",
            "Müller",
            "tac",
            "hợch̉",
            "TrÇn",
            "oè́",
            "Vậ",
            "abc",
            "nghiêngg",
            "nGuyễn",
            "cafộ",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
    }

    #[test]
    fn without_marks_any_tone_may_have_been_meant() {
        for word in ["nguyen", "duc", "quoc", "quyt", "nghieng", "y", "pang", "gi"] {
            assert!(is_syllable_without_marks(word), "{word}");
        }
        for word in ["", "nguyeen", "dduc", "hohg", "thhi", "br", "muller", "phm"] {
            assert!(!is_syllable_without_marks(word), "{word}");
        }
    }
}
