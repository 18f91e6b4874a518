//! Other names and remarks beside the name of the birth certificate: in brackets, or behind words like
//! `tức` and `bí danh`.

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
    "vợ ông ",
    "vợ anh ",
    "chồng bà ",
    "chồng chị ",
    "con ông ",
    "con bà ",
    "con anh ",
    "con chị ",
    "con của ",
    "mẹ của ",
    "mẹ cháu ",
    "cháu ông ",
    "cháu bà ",
    "bé trai",
    "bé gái",
    "con trai ",
    "con gái ",
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
    let start: String = text.chars().take(16).collect::<String>().to_lowercase() + " ";
    DESCRIPTIONS.iter().any(|known| start.starts_with(known))
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
        let small = remark.to_lowercase();
        let begins = |known: &str| {
            let rest = small.strip_prefix(known);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
        };
        if remark.chars().any(char::is_numeric) {
            self.digits = true;
        } else if RELATIONS.iter().any(|known| begins(known)) {
            self.relation = true;
        } else if remark.chars().any(char::is_alphabetic) {
            let other = MARKERS.iter().chain(SMALL_MARKERS).find(|known| begins(known));
            let from = other.map_or(0, |known| bytes_of(remark, known.chars().count()));
            let name = remark[from..].trim_start_matches([' ', ':', ',', '-']);
            self.other.get_or_insert_with(|| name.to_owned());
        }
    }
}

/// The name before a marker and the other name behind it, where both are there.
fn marked(text: &str) -> Option<(&str, &str)> {
    let has_capitals = text.chars().any(char::is_uppercase);
    let has_smalls = text.chars().any(char::is_lowercase);
    for (at, _) in text.match_indices(' ') {
        let behind = &text[at + 1..];
        let found = MARKERS.iter().map(|known| (known, false));
        for (known, exact) in found.chain(SMALL_MARKERS.iter().map(|known| (known, true))) {
            let letters = known.chars().count();
            let end = bytes_of(behind, letters);
            let (word, rest) = behind.split_at(end);
            let is_marker = if exact {
                has_capitals && has_smalls && word == *known
            } else {
                word.to_lowercase() == **known
            };
            let other = rest.trim_start_matches([' ', ':', ',', '-', '.']);
            if is_marker && rest.starts_with([' ', ':', ',']) && !other.is_empty() {
                return Some((&text[..at], other));
            }
        }
    }
    None
}

fn bytes_of(text: &str, letters: usize) -> usize {
    text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at)
}
