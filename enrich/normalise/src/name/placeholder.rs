//! What people write into a name's field when they have no name to write.

use crate::fold::fold;
use std::collections::HashSet;
use std::sync::LazyLock;

/// In small letters; without marks they count as well, where the text has none at all.
const PLACEHOLDERS: &[&str] = &[
    "x",
    "k",
    "ko",
    "kh",
    "kg",
    "ko có",
    "ko rõ",
    "ko biết",
    "k có",
    "k rõ",
    "k biết",
    "không",
    "không có",
    "không có tên",
    "không rõ",
    "không rõ tên",
    "không rõ họ tên",
    "không biết",
    "không biết tên",
    "không tên",
    "không nhớ",
    "không khai",
    "không ghi",
    "không xác định",
    "chưa",
    "chưa có",
    "chưa có tên",
    "chưa rõ",
    "chưa biết",
    "chưa đặt",
    "chưa đặt tên",
    "chưa xác định",
    "chưa khai",
    "chưa cung cấp",
    "chưa cập nhật",
    "vô danh",
    "ẩn danh",
    "bỏ trống",
    "để trống",
    "như trên",
    "tên",
    "họ tên",
    "họ và tên",
    "n/a",
    "n.a",
    "none",
    "null",
    "nil",
    "nan",
    "no",
    "no name",
    "noname",
    "unknown",
    "unk",
    "unnamed",
    "undefined",
    "anonymous",
    "tbd",
    "test",
    "testing",
    "tester",
    "test test",
    "thử nghiệm",
    "kiểm tra",
    "abc",
    "abcd",
    "xyz",
    "asd",
    "asdf",
    "qwe",
    "qwerty",
    "name",
    "full name",
    "fullname",
    "người dùng",
    "user",
];

static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let unmarked = PLACEHOLDERS.iter().map(|known| fold(known));
    PLACEHOLDERS
        .iter()
        .map(|&known| known.to_owned())
        .chain(unmarked)
        .collect()
});

/// The longest filler has 16 letters.
const LONGEST: usize = 24;

/// Whether the text says that there is no name: a filler, nothing but signs and digits, or one letter
/// over and over.
pub(super) fn is_placeholder(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphabetic());
    if bare.len() > 3 * LONGEST {
        return false;
    }
    let small = bare.to_lowercase();
    small.is_empty() || is_repeated(&small) || KNOWN.contains(&small)
}

fn is_repeated(small: &str) -> bool {
    let first = small.chars().next();
    small.chars().all(|c| Some(c) == first) && (first == Some('x') || small.chars().nth(2).is_some())
}

/// Fillers in place of the rest of a name: `Nguyễn Văn không rõ`.
const ENDINGS: &[&str] = &[
    " không rõ",
    " không biết",
    " không nhớ",
    " không tên",
    " chưa rõ",
    " chưa biết",
    " chưa có",
    " chưa đặt tên",
];

/// Whether a part of the name is said to be unknown.
pub(super) fn is_partly_unknown(name: &str) -> bool {
    let small = name.to_lowercase();
    ENDINGS.iter().any(|ending| small.ends_with(ending))
}
