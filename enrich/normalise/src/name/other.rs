//! Other names and remarks beside the name of the birth certificate: in brackets, or behind words like
//! `tức` and `bí danh`.

use crate::letter::small;

/// Words that another name follows, in small letters; the longest first.
const MARKERS: &[&str] = &[
    "hay còn gọi là",
    "thường gọi là",
    "hay còn gọi",
    "tên thường gọi",
    "tên gọi khác",
    "còn gọi là",
    "tên khác",
    "tên cũ",
    "bí danh",
    "pháp danh",
    "tức là",
    "alias",
    "tức",
    "aka",
];
/// The same, that are given names as well: only in small letters in a name that has capitals.
const SMALL_MARKERS: &[&str] = &["hay", "tự"];
/// Words that a remark on a relation begins with.
const RELATIONS: &[&str] = &[
    "vợ",
    "chồng",
    "con",
    "mẹ",
    "cha",
    "bố",
    "cháu",
    "em",
    "anh",
    "chị",
    "họ chồng",
    "nhũ danh",
    "nee",
    "née",
    "tên thời con gái",
    "nam",
    "nữ",
    "đã mất",
    "đã chết",
    "chết",
];
/// How a person is told who is known only through another one.
const DESCRIPTIONS: &[&str] = &[
    "vợ ông",
    "vợ anh",
    "chồng bà",
    "chồng chị",
    "con ông",
    "con bà",
    "con anh",
    "con chị",
    "con của",
    "mẹ của",
    "mẹ cháu",
    "cháu ông",
    "cháu bà",
    "bé trai",
    "bé gái",
    "con trai",
    "con gái",
];

/// A name and what was beside it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Apart {
    pub name: String,
    /// Another name of the person.
    pub other: Option<String>,
    /// Whether a remark on a relation was there.
    pub relation: bool,
    /// Whether there were digits in brackets, a year for instance.
    pub digits: bool,
}

/// Sets apart what stands in brackets or behind a marker; `None` when the text has neither.
pub(super) fn apart(text: &str) -> Option<Apart> {
    let mut apart = if text.contains(['(', '[', '{']) {
        bracketed(text)
    } else {
        Apart {
            name: text.to_owned(),
            ..Apart::default()
        }
    };
    if let Some((name, other)) = marked(&apart.name) {
        let name = name.trim_end_matches([' ', ',', '-', ';', ':', '.']).to_owned();
        apart.other.get_or_insert_with(|| other.to_owned());
        apart.name = name;
    }
    (apart.name != text).then_some(apart)
}

/// Whether the text tells of a person through another one, without a name of their own.
pub(super) fn describes(text: &str) -> bool {
    DESCRIPTIONS
        .iter()
        .any(|known| after(text, known).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// What is behind a beginning, which the text has in any case. The beginning is in small letters.
fn after<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let mut letters = text.chars();
    for wanted in beginning.chars() {
        let letter = letters.next()?;
        let same =
            small(letter).map_or_else(|| letter.to_lowercase().eq([wanted]), |letter| letter == wanted);
        if !same {
            return None;
        }
    }
    Some(letters.as_str())
}

fn bracketed(text: &str) -> Apart {
    let mut apart = Apart::default();
    let mut rest = text;
    while let Some(open) = rest.find(['(', '[', '{']) {
        let (before, inside) = rest.split_at(open);
        push(&mut apart.name, before);
        let inside = &inside[1..];
        let close = inside.find([')', ']', '}']).unwrap_or(inside.len());
        apart.remark(inside[..close].trim());
        rest = inside.get(close + 1..).unwrap_or("");
    }
    push(&mut apart.name, rest);
    if apart.name.is_empty()
        && let Some(only) = apart.other.take()
    {
        apart.name = only;
    }
    apart
}

fn push(name: &mut String, part: &str) {
    let part = part.trim();
    if !name.is_empty() && !part.is_empty() {
        name.push(' ');
    }
    name.push_str(part);
}

impl Apart {
    fn remark(&mut self, remark: &str) {
        let behind = |known: &&str| {
            after(remark, known).filter(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
        };
        if remark.chars().any(char::is_numeric) {
            self.digits = true;
        } else if RELATIONS.iter().any(|known| behind(known).is_some()) {
            self.relation = true;
        } else if remark.chars().any(char::is_alphabetic) {
            let name = MARKERS
                .iter()
                .chain(SMALL_MARKERS)
                .find_map(behind)
                .unwrap_or(remark);
            self.other
                .get_or_insert_with(|| name.trim_start_matches([' ', ':', ',', '-']).to_owned());
        }
    }
}

/// The name before a marker and the other name behind it, where both are there.
fn marked(text: &str) -> Option<(&str, &str)> {
    for (at, _) in text.match_indices(' ') {
        let word = &text[at + 1..];
        let behind = MARKERS.iter().find_map(|known| after(word, known)).or_else(|| {
            let behind = SMALL_MARKERS.iter().find_map(|known| word.strip_prefix(known))?;
            (text.chars().any(char::is_uppercase)).then_some(behind)
        });
        let other = behind
            .filter(|rest| rest.starts_with([' ', ':', ',']))
            .map(|rest| rest.trim_start_matches([' ', ':', ',', '-', '.']));
        if let Some(other) = other.filter(|other| !other.is_empty()) {
            return Some((&text[..at], other));
        }
    }
    None
}
