//! Identity numbers.

use crate::Normal;

/// The number without spaces, dots and hyphens, where it has some and digits besides.
pub fn digits(text: &str) -> Option<Normal> {
    let separator = |c: char| c == ' ' || c == '.' || c == '-';
    let bare: String = text.chars().filter(|&c| !separator(c)).collect();
    (bare != text && !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()))
        .then_some((bare, "number.digits"))
}

/// Whether this is a personal identification number by its length: 12 digits.
pub fn is_personal_number(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_no_part_of_a_number() {
        assert_eq!(
            digits("011 087.001-234").map(|(value, _)| value).as_deref(),
            Some("011087001234")
        );
        assert_eq!(digits("011087001234"), None);
        assert_eq!(digits("--"), None);
        assert!(is_personal_number("011087001234"));
        assert!(!is_personal_number("040123456"));
    }
}
