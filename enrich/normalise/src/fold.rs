//! The folded form of a name, for lookups: marks and case don't count.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in lower case, without tones and marks, `đ` as `d`: `Đỗ Thị Hồng` is `do thi hong`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfd().filter(|&c| !is_combining_mark(c)) {
        match c {
            'Đ' | 'đ' | '\u{d0}' | '\u{189}' => folded.push('d'),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_marks_and_case_do_not_count() {
        assert_eq!(fold("Đỗ Thị Hồng"), "do thi hong");
        assert_eq!(fold("NGUYỄN VĂN ĐỨC"), fold("nguyễn văn đức"));
    }
}
