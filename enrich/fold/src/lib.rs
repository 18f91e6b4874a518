//! The folded form of a text, for lookups: marks and case don't count.
//!
//! **Invariant:** no clock, no network, no disk. Folding is a function of the text alone.

mod letter;

pub use letter::{Letter, Marks};

/// The text in lower case, without tones and marks, `đ` as `d`: `Đỗ Thị Hồng` is `do thi hong`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match Letter::of(c) {
            Some(letter) => folded.push(letter.base),
            None => letter::fold_any(c, &mut folded),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;

    #[test]
    fn tones_marks_and_case_do_not_count() {
        assert_eq!(fold("Đỗ Thị Hồng"), "do thi hong");
        assert_eq!(fold("NGUYỄN VĂN ĐỨC"), fold("nguyễn văn đức"));
        assert_eq!(
            fold("\u{d0}\u{f0}\u{189}\u{256}"),
            "dddd",
            "look-alikes of Đ and đ"
        );
    }

    /// Folding by the letter of the standard: decompose, drop the marks, lower case.
    fn by_the_standard(text: &str) -> String {
        let mut folded = String::new();
        for c in text.nfd().filter(|&c| !is_combining_mark(c)) {
            match c {
                'Đ' | 'đ' | '\u{d0}' | '\u{f0}' | '\u{189}' | '\u{256}' => folded.push('d'),
                _ => folded.extend(c.to_lowercase()),
            }
        }
        folded
    }

    #[test]
    fn every_character_folds_as_the_standard_has_it() {
        for c in '\0'..=char::MAX {
            let text = String::from(c);
            assert_eq!(fold(&text), by_the_standard(&text), "U+{:04X}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn any_text_folds_as_the_standard_has_it(text in "\\PC{0,60}") {
            prop_assert_eq!(fold(&text), by_the_standard(&text));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
