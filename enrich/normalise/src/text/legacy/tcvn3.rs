//! TCVN3 (ABC fonts), seen as Latin-1 or Windows-1252.
//!
//! Source: TCVN 5712:1993, table VN3. It has small letters only, and capitals without a tone; the ABC
//! capital fonts draw the small letters as capitals.

/// U+00A1 to U+00FE; a dot where the table has no letter.
const LETTERS: [&str; 6] = [
    "ĂÂÊÔƠƯĐăâêôơưđ.",
    ".....àảãáạ.ằẳẵắ.",
    "......ặầẩẫấậè.ẻẽ",
    "éẹềểễếệìỉ...ĩíịò",
    ".ỏõóọồổỗốộờởỡớợù",
    ".ủũúụừửữứựỳỷỹýỵ.",
];

/// The letter that this character stands for.
pub(super) fn letter(seen: char) -> Option<char> {
    let at = match seen {
        '\u{a1}'..='\u{ae}' => (0, seen as usize - 0xa1),
        '\u{b0}'..='\u{ff}' => (seen as usize / 16 - 10, seen as usize % 16),
        _ => return None,
    };
    LETTERS[at.0].chars().nth(at.1).filter(|&letter| letter != '.')
}

/// The word in Unicode, when the table has all of its letters.
pub(super) fn word(seen: &str) -> Option<String> {
    seen.chars()
        .map(|c| if c.is_ascii() { Some(c) } else { letter(c) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_by_the_table() {
        for (seen, read) in [
            ("NguyÔn", Some("Nguyễn")),
            ("V¨n", Some("Văn")),
            ("§Æng", Some("Đặng")),
            ("Th\u{ad}¬ng", Some("Thương")),
            ("Lß", Some("Lò")),
            ("Mû", Some("Mỷ")),
            ("ThÞ", Some("Thị")),
            ("QuúnhÀ", None),
            ("Nguyễn", None),
        ] {
            assert_eq!(word(seen).as_deref(), read, "{seen}");
        }
        assert_eq!(('\u{a0}'..='\u{ff}').filter_map(letter).count(), 67 + 7);
    }
}
