//! Characters that stand for others, or for nothing.

/// The ASCII character that a full-width one or another dash or slash stands for. Unicode Standard, block
/// Halfwidth and Fullwidth Forms.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xff01 + 0x21).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{b7}' | '\u{2022}' | '\u{2027}' => '.',
        _ => c,
    }
}

/// Whether nobody sees a character: soft hyphen, zero-width ones, direction marks, byte order mark.
///
/// Source: Unicode's `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`), and the interlinear
/// annotation marks.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The digit that a letter of its shape stands for where only digits can: O and l or I, of whichever
/// alphabet.
pub(crate) const fn look_alike(c: char) -> Option<char> {
    match c {
        'O' | 'o' | '\u{39f}' | '\u{3bf}' | '\u{41e}' | '\u{43e}' => Some('0'),
        'l' | 'I' | '|' | '\u{399}' | '\u{406}' => Some('1'),
        _ => None,
    }
}
