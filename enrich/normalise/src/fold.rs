//! The folded form of a name, for lookups: marks and case don't count.

use crate::letter::Vowel;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in lower case, without tones and marks, `đ` as `d`: `Đỗ Thị Hồng` is `do thi hong`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match quick(c) {
            Some(letter) => folded.push(letter),
            None => {
                slow(&text[at..], &mut folded);
                break;
            }
        }
    }
    folded
}

/// The folded letter of what has no combining marks of its own.
fn quick(c: char) -> Option<char> {
    match c {
        '\0'..'\u{80}' => Some(c.to_ascii_lowercase()),
        'Đ' | 'đ' => Some('d'),
        _ => Vowel::of(c).map(Vowel::base),
    }
}

fn slow(text: &str, folded: &mut String) {
    for c in text.nfd().filter(|&c| !is_combining_mark(c)) {
        match c {
            'Đ' | 'đ' | '\u{d0}' | '\u{f0}' | '\u{189}' | '\u{256}' => folded.push('d'),
            _ => folded.extend(c.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tones_marks_and_case_do_not_count() {
        assert_eq!(fold("Đỗ Thị Hồng"), "do thi hong");
        assert_eq!(fold("NGUYỄN VĂN ĐỨC"), fold("nguyễn văn đức"));
        assert_eq!(fold("H'Mông ƯỚC ỵ"), "h'mong uoc y");
    }

    proptest! {
        #[test]
        fn the_quick_way_gives_what_the_slow_way_gives(text in "[\\x20-\\x{1b0}\\x{1ea0}-\\x{1ef9}\\x{300}-\\x{310}]{0,20}") {
            let mut slowly = String::new();
            slow(&text, &mut slowly);
            prop_assert_eq!(fold(&text), slowly);
        }
    }
}
