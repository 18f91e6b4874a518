//! Text of the years before Unicode, seen through the wrong table: TCVN3 (ABC), VNI, or UTF-8 twice.
//!
//! It is converted when there is no doubt: something that Vietnamese in Unicode can't have was seen,
//! and exactly one table turns every word that it touches into a syllable. Else it is held.

mod tcvn3;
mod utf8;
mod vni;

use crate::fold::fold;
use crate::letter::Vowel;
use crate::syllable::is_syllable;

/// What a text turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Legacy {
    /// Nothing of the kind.
    No,
    /// In this table without doubt: the text in Unicode and the rule that made it.
    Certain(String, &'static str),
    /// Probably, and what it may say.
    Uncertain(Vec<String>),
}

/// Whether the text has something that Vietnamese in Unicode can't have, as far as one look at each
/// letter and the one before can tell. Cheap; true is only a reason to look closely.
pub(super) fn is_suspicious(previous: char, letter: char) -> bool {
    if !('\u{80}'..='\u{ff}').contains(&letter) {
        return false;
    }
    let Some(vowel) = Vowel::of(letter) else {
        return letter != '\u{a0}';
    };
    if vowel.capital && previous.is_lowercase() {
        return true;
    }
    // Two vowels of which the second is marked: Unicode has these only as in hoà, quê, quý, giá, yêu.
    match (previous.to_ascii_lowercase(), vowel.quality()) {
        ('o', 'a' | 'e' | 'o') | ('u', 'a' | 'e' | 'ê' | 'i' | 'y') | ('y', 'ê') => false,
        ('u', 'â' | 'ô') => false,
        ('a' | 'e' | 'o' | 'u' | 'y', _) => true,
        _ => Vowel::of(previous).is_some_and(|before| !before.letter().is_ascii()),
    }
}

/// Whether a text, of letters up to U+00FF only, has a word that is no syllable.
pub(super) fn has_no_syllable(text: &str) -> bool {
    words(text).any(|word| !word.is_ascii() && !is_in_any_case(word))
}

/// Reads a text that is suspicious, or has a word that is no syllable.
pub(super) fn read(text: &str) -> Legacy {
    if let Some(read) = utf8::text(text) {
        return Legacy::Certain(read, "text.utf8-twice");
    }
    let suspicious = {
        let mut previous = ' ';
        text.chars()
            .any(|c| is_suspicious(std::mem::replace(&mut previous, c), c))
    };
    let in_part = || {
        let doubtful = |word| !is_in_any_case(word) && Table::ALL.iter().any(|table| table.reads(word));
        if suspicious && words(text).any(doubtful) {
            Legacy::Uncertain(Vec::new())
        } else {
            Legacy::No
        }
    };
    if !text.chars().all(|c| c <= '\u{ff}' || is_separator(c)) {
        return in_part();
    }
    if !has_no_syllable(text) {
        return Legacy::No;
    }
    let fitting = Table::ALL
        .into_iter()
        .filter_map(|table| Some((table.text(text)?, table)));
    match fitting.collect::<Vec<_>>().as_mut_slice() {
        [] => in_part(),
        // One word that is no syllable may be a slip of the pen: without another sign that is no proof.
        [(read, table)] if !read.in_capitals && (suspicious || read.proven > 1) => {
            Legacy::Certain(std::mem::take(&mut read.text), table.rule())
        }
        all => Legacy::Uncertain(
            all.iter_mut()
                .map(|(read, _)| std::mem::take(&mut read.text))
                .collect(),
        ),
    }
}

#[derive(Clone, Copy)]
enum Table {
    Tcvn3,
    Vni,
}

/// A text that one table fits.
struct Text {
    text: String,
    /// Words that are no syllable in Unicode, and one in this table.
    proven: usize,
    /// Whether the letters beside the converted ones are capitals, where TCVN3 has none to tell.
    in_capitals: bool,
}

impl Table {
    const ALL: [Self; 2] = [Self::Tcvn3, Self::Vni];

    const fn rule(self) -> &'static str {
        match self {
            Self::Tcvn3 => "text.tcvn3",
            Self::Vni => "text.vni",
        }
    }

    /// The word in this table; none with the rhymes oong and ooc, which only borrowed words have and
    /// which many a word of the other table would get.
    fn word(self, seen: &str) -> Option<String> {
        let read = match self {
            Self::Tcvn3 => tcvn3::word(seen),
            Self::Vni => vni::word(seen),
        }?;
        let folded = fold(&read);
        (!folded.ends_with("oong") && !folded.ends_with("ooc")).then_some(read)
    }

    /// Whether this word, of more than a sign, becomes a syllable. `Ð` alone proves nothing: it is mostly
    /// written for `Đ`.
    fn reads(self, word: &str) -> bool {
        word.chars().any(|c| !c.is_ascii() && !matches!(c, 'Ð' | 'ð'))
            && word.chars().nth(1).is_some()
            && word.bytes().any(|b| b.is_ascii_alphabetic())
            && self.word(word).is_some_and(|read| {
                is_syllable(&read) || (is_shown_in_capitals(word) && is_in_any_case(&read))
            })
    }

    /// The whole text, when every word that changes becomes a syllable and one of them proves it.
    fn text(self, seen: &str) -> Option<Text> {
        let mut text = String::with_capacity(seen.len());
        let (mut proven, mut in_capitals, mut at) = (0, false, 0);
        for word in words(seen) {
            let start = word.as_ptr() as usize - seen.as_ptr() as usize;
            text.push_str(&seen[at..start]);
            at = start + word.len();
            if word.is_ascii() {
                text.push_str(word);
                continue;
            }
            let read = self.word(word)?;
            if is_syllable(&read) {
                text.push_str(&read);
            } else if is_shown_in_capitals(word) && is_in_any_case(&read) {
                in_capitals = true;
                text.push_str(&read.to_uppercase());
            } else {
                return None;
            }
            proven += usize::from(self.reads(word) && !is_in_any_case(word));
        }
        text.push_str(&seen[at..]);
        (proven > 0).then_some(Text {
            text,
            proven,
            in_capitals,
        })
    }
}

/// Whether the word is a syllable, whatever the shift key did to it.
fn is_in_any_case(word: &str) -> bool {
    is_syllable(word) || is_syllable(&word.to_lowercase())
}

/// Whether all of a word's plain letters are capitals, and it has two of them.
fn is_shown_in_capitals(word: &str) -> bool {
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    capitals >= 2 && !word.bytes().any(|b| b.is_ascii_lowercase())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_separator).filter(|word| !word.is_empty())
}

fn is_separator(c: char) -> bool {
    (c.is_ascii() && !c.is_ascii_alphabetic()) || c.is_whitespace() || ('\u{2010}'..='\u{2027}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspicious(text: &str) -> bool {
        text.chars()
            .scan(' ', |previous, c| {
                Some(is_suspicious(std::mem::replace(previous, c), c))
            })
            .any(|suspicious| suspicious)
    }

    #[test]
    fn certain_doubtful_and_none() {
        let certain = |text: &str, rule| Legacy::Certain(text.to_owned(), rule);
        let doubtful = |texts: &[&str]| Legacy::Uncertain(texts.iter().map(|&t| t.to_owned()).collect());
        for (seen, read) in [
            ("NguyÔn V¨n A", certain("Nguyễn Văn A", "text.tcvn3")),
            ("TrÇn ThÞ H\u{ad}¬ng", certain("Trần Thị Hương", "text.tcvn3")),
            ("Vò V¨n §øc", certain("Vũ Văn Đức", "text.tcvn3")),
            ("Lß ThÞ ¸nh", certain("Lò Thị ánh", "text.tcvn3")),
            ("Nguyeãn Vaên Ñöùc", certain("Nguyễn Văn Đức", "text.vni")),
            ("NGUYEÃN THÒ HOÀ", certain("NGUYỄN THỊ HỒ", "text.vni")),
            ("Haø Noäi", certain("Hà Nội", "text.vni")),
            ("Nguyá»…n", certain("Nguyễn", "text.utf8-twice")),
            // The capital fonts: what looks like Ô may be Ô or Ễ.
            ("NGUYÔN V¡N A", doubtful(&["NGUYỄN VĂN A"])),
            ("Nguyễn V¨n", doubtful(&[])),
            ("Long Quèc BÝch", certain("Long Quốc Bích", "text.tcvn3")),
            ("Noâng Thò Huy", certain("Nông Thị Huy", "text.vni")),
            ("Lý TiÕn", certain("Lý Tiến", "text.tcvn3")),
            ("Chu Quèc", doubtful(&["Chu Quốc"])),
            ("Müller", Legacy::No),
            ("Giá 5 £", Legacy::No),
            ("A · B", Legacy::No),
            ("Ðinh", Legacy::No),
            ("Ðo", Legacy::No),
            ("BÐ", Legacy::No),
            ("bÌNH", Legacy::No),
            ("HÐND", Legacy::No),
        ] {
            assert!(suspicious(seen) || has_no_syllable(seen), "{seen}");
            assert_eq!(super::read(seen), read, "{seen}");
        }
    }

    #[test]
    fn vietnamese_in_unicode_is_not_suspicious() {
        for text in [
            "Nguyễn Văn Hoà",
            "quý bà Quế",
            "già Giàng A Páo",
            "yêu",
            "Lò Văn Toán",
            "uống",
            "Hoàng Thị Huê",
            "HOÀ BÌNH",
            "xoè",
            "đoòng",
            "Lê Ý",
            "NGUYỄN",
            "K'Brêi",
            "quì",
            "luân",
        ] {
            assert!(!suspicious(text), "{text}");
        }
    }
}
