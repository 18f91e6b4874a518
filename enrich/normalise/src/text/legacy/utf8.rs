//! UTF-8 whose bytes were read as Windows-1252, so that each letter became two or three: `Nguyá»…n`.

use crate::letter::is_vietnamese;

/// What Windows-1252 has from 0x80 to 0x9F; where it has nothing, readers leave the control character.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text as it was before, when its characters are the bytes of UTF-8, at least one of them was part
/// of a longer character, and Vietnamese came out. The form of UTF-8 leaves no doubt then.
pub(super) fn text(seen: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = seen.chars().map(byte).collect();
    let read = String::from_utf8(bytes?).ok()?;
    (read != seen && read.chars().all(is_expected)).then_some(read)
}

fn is_expected(c: char) -> bool {
    c.is_ascii()
        || is_vietnamese(c)
        || matches!(c, '\u{a0}' | '\u{300}'..='\u{36f}' | '\u{2010}'..='\u{2027}')
}

fn byte(seen: char) -> Option<u8> {
    match u8::try_from(seen) {
        Ok(byte) => Some(byte),
        Err(_) => {
            let at = WINDOWS_1252.iter().position(|&known| known == seen)?;
            u8::try_from(0x80 + at).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_utf8_underneath() {
        for (seen, read) in [
            ("Nguyá»…n VÄƒn Ä\u{90}á»©c", Some("Nguyễn Văn Đức")),
            ("HoÃ ", None),
            ("Ho\u{c3}\u{a0}", Some("Hoà")),
            ("Nguyễn", None),
            ("abc", None),
            ("Hoà", None),
        ] {
            assert_eq!(text(seen).as_deref(), read, "{seen}");
        }
    }
}
