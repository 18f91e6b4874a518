//! Unicode forms and TCVN3 against implementations that are not ours: Python's unicodedata and glibc's
//! iconv. The files in `data` say how they were made.

use normalise::text;

fn rows(table: &'static str) -> impl Iterator<Item = (String, String)> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| row.split_once('\t'))
        .map(|(one, other)| (unescaped(one), unescaped(other)))
}

/// `\u{1ea1}` for the character.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (point, rest) = part.split_once('}').expect("an escape ends");
        let point = u32::from_str_radix(point, 16).expect("hexadecimal");
        plain.push(char::from_u32(point).expect("a character"));
        plain.push_str(rest);
    }
    plain
}

#[test]
fn every_form_of_a_syllable_is_composed() {
    let mut read = 0;
    for (written, composed) in rows(include_str!("data/unicode.tsv")) {
        assert_eq!(
            text::read(&written).value.as_deref(),
            Some(composed.as_str()),
            "{written:?}"
        );
        read += 1;
    }
    assert_eq!(read, 400);
}

#[test]
fn every_letter_of_tcvn3_is_read() {
    let mut read = 0;
    for (letter, seen) in rows(include_str!("data/tcvn3.tsv")) {
        // Words around it prove the table, and what isn't a vowel by itself is one with n behind.
        let behind = if "ăâĂÂđĐ".contains(&letter) || letter.chars().any(|c| "ằẳẵắặầẩẫấậ".contains(c))
        {
            if "đĐ".contains(&letter) { "i" } else { "n" }
        } else {
            ""
        };
        let written = format!("V\u{a8}n {seen}{behind} Th\u{de}");
        let expected = format!("Văn {letter}{behind} Thị");
        assert_eq!(
            text::read(&written).value.as_deref(),
            Some(expected.as_str()),
            "{letter}"
        );
        read += 1;
    }
    assert_eq!(read, 74);
}
