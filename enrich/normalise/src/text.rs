//! Unicode form and spaces.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text in Unicode Normalization Form C with single spaces and none at the ends, where that
/// differs. Source: Unicode Standard Annex 15.
pub fn nfc_spaces(text: &str) -> Option<String> {
    if single_spaced(text) && (plainly_nfc(text) || is_nfc(text)) {
        return None;
    }
    let composed: String = text.nfc().collect();
    let mut spaced = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    Some(spaced)
}

/// Whether every character is in a block that has no other form: Latin without combining marks, and
/// Vietnamese. False says nothing.
fn plainly_nfc(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\0'..'\u{300}' | '\u{1ea0}'..='\u{1ef9}'))
}

fn single_spaced(text: &str) -> bool {
    let mut after_space = true;
    for c in text.chars() {
        if c.is_whitespace() && (after_space || c != ' ') {
            return false;
        }
        after_space = c.is_whitespace();
    }
    text.is_empty() || !after_space
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_without_another_form_are_composed() {
        let plain = ('\0'..'\u{2000}').filter(|&c| plainly_nfc(&c.to_string()));
        for (a, b) in plain.clone().zip(plain.skip(1)) {
            assert!(is_nfc(&format!("{a}{b}{a}")), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn form_and_spaces() {
        for (written, normal) in [
            ("Lò Văn Pâng", None),
            ("", None),
            (" Lò  Văn\u{a0}Pâng ", Some("Lò Văn Pâng")),
            ("Lo\u{300} Va\u{306}n", Some("Lò Văn")),
            ("\t", Some("")),
        ] {
            assert_eq!(nfc_spaces(written).as_deref(), normal, "{written:?}");
        }
    }
}
