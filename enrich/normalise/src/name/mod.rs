//! Names of people: case, letters, what stands beside a name, and a name taken apart.

mod other;
mod placeholder;
mod surname;
mod title;
mod word;

use crate::text::{self, Form};
use other::Apart;
use rules::catalogue::{name as found, text as text_found};
use rules::{Reading, Rule};
pub use surname::{Split, split};
use title::Title;

/// Words of a name beyond which something else may have got into it.
const MOST_WORDS: usize = 10;
/// Characters of a name beyond which something else may have got into it.
const LONGEST: usize = 60;

/// A name as it was read, and another name that stood beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// What the rules make of the name.
    pub reading: Reading,
    /// The other name, in its normal form.
    pub other: Option<String>,
}

/// Reads the full name of the person whom the form is about.
pub fn read(written: &str) -> Name {
    full(written, Whose::Applicant)
}

/// Reads the full name of another person on the form: it may be unknown or known in part.
pub fn of_another(written: &str) -> Name {
    full(written, Whose::Another)
}

/// Reads a part of a name, or a name beside the full one.
pub fn part(written: &str) -> Reading {
    full(written, Whose::Part).reading
}

/// Whether a full name is in its normal form for certain, with nothing to be found. False says nothing.
pub fn is_normal(name: &str) -> bool {
    name.contains(' ')
        && is_normal_part(name)
        && name.split(' ').next().is_some_and(|first| !title::begins(first))
}

/// The same of a name's part, or of a name beside the full one.
pub fn is_normal_part(part: &str) -> bool {
    let is_filler = matches!(
        part.split(' ').next(),
        Some("Không" | "Khong" | "Chưa" | "Chua" | "Vô" | "Vo" | "Ẩn" | "An")
    );
    let mut words = 0;
    !is_filler
        && part.split(' ').all(|word| {
            words += 1;
            word::is_plain(word)
                && !matches!(
                    word,
                    "Y" | "Và"
                        | "Không"
                        | "Chưa"
                        | "Tức"
                        | "Alias"
                        | "Aka"
                        | "Bí"
                        | "Hay"
                        | "Tên"
                        | "Còn"
                        | "Pháp"
                )
        })
        && words <= 5
        && text::is_normal(part)
}

/// Whose name it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Applicant,
    Another,
    Part,
}

fn full(written: &str, whose: Whose) -> Name {
    let form = text::form(written);
    if !form.certain {
        return Name {
            reading: uncertain(form),
            other: None,
        };
    }
    let mut reading = Reading {
        changed_by: form.changed_by,
        found: form.found,
        ..Reading::default()
    };
    let only_its_form = if whose == Whose::Part {
        is_normal_part(&form.text)
    } else {
        is_normal(&form.text)
    };
    if only_its_form {
        reading.value = Some(form.text.into_owned());
        return Name { reading, other: None };
    }
    let text = form.text.trim_matches(is_edge);
    if let Some(rule) = nobody(text, whose) {
        return nameless(reading, rule, None);
    }
    let apart = if whose == Whose::Part {
        None
    } else {
        other::apart(text)
    };
    let mut other = None;
    let name = match &apart {
        Some(apart) => {
            note_apart(apart, &mut reading);
            other = apart.other.as_deref().and_then(|other| part(other).value);
            apart.name.trim_matches(is_edge)
        }
        None => text,
    };
    if let Some(rule) = nobody(name, whose) {
        return nameless(reading, rule, other);
    }
    let name = if whose == Whose::Part {
        name
    } else {
        untitled(name, &mut reading)
    };
    let name = &*word::joined(name);
    check(name, whose, &mut reading);
    let mut value = String::with_capacity(name.len());
    in_case(name, &mut value);
    if value != *name && !text::is_normal(&value) {
        // kÂ is a word in no encoding; Kâ may be one of an old font, and Eân is Ên in one for certain.
        let mut cased = text::form(&value);
        if cased.certain && cased.text != value {
            cased.find(&text_found::LEGACY_ENCODING_UNCERTAIN);
            cased.certain = false;
            cased.candidates = vec![cased.text.to_string(), value.clone()];
        }
        if !cased.certain {
            return Name {
                reading: uncertain(cased),
                other,
            };
        }
    }
    if value != *name {
        reading.changed_by.push("name.case");
    } else if name.len() != form.text.len() && reading.changed_by.is_empty() {
        reading.changed_by.push("name.edges");
    }
    if reading.found.iter().any(|rule| is_unreadable(rule)) {
        reading.candidates.extend(spaced(name));
        reading.changed_by.clear();
    } else {
        reading.value = Some(value);
    }
    Name { reading, other }
}

/// What was read of a text that names nobody.
fn nameless(mut reading: Reading, rule: &'static Rule, other: Option<String>) -> Name {
    reading.changed_by.clear();
    Name {
        reading: reading.with(rule),
        other,
    }
}

/// A text that isn't certain: what it may say, in the case of a name.
fn uncertain(form: Form<'_>) -> Reading {
    let in_case = |candidate: &String| {
        let mut name = String::with_capacity(candidate.len());
        in_case(candidate, &mut name);
        name
    };
    Reading {
        value: None,
        candidates: form.candidates.iter().map(in_case).collect(),
        changed_by: Vec::new(),
        found: form.found,
    }
}

/// Signs around a name that say nothing. A question mark does say something.
fn is_edge(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            ',' | ';' | ':' | '-' | '_' | '"' | '~' | '/' | '\\' | '|' | '\u{2010}'
                ..='\u{2027}' | '«' | '»' | '\'' | '`'
        )
}

/// Whether the text names nobody.
fn nobody(text: &str, whose: Whose) -> Option<&'static Rule> {
    let missing = text.is_empty();
    let described = || whose != Whose::Part && other::describes(text);
    match whose {
        Whose::Applicant if missing => Some(&found::MISSING),
        _ if missing || is_filler(text, whose) => Some(if whose == Whose::Applicant {
            &found::PLACEHOLDER
        } else {
            &found::UNKNOWN
        }),
        _ if described() => Some(&found::DESCRIBED),
        _ => None,
    }
}

/// Whether the text stands for a name that isn't there. Of a name's parts, what may be a family name
/// isn't: `Khong` is Khổng without its marks.
fn is_filler(text: &str, whose: Whose) -> bool {
    placeholder::is_placeholder(text) && !(whose == Whose::Part && surname::is_surname(text))
}

fn note_apart(apart: &Apart, reading: &mut Reading) {
    for (is_there, rule) in [
        (apart.other.is_some(), &found::OTHER_NAME),
        (apart.relation, &found::RELATION),
        (apart.digits, &found::DIGITS),
    ] {
        if is_there {
            reading.found.push(rule);
        }
    }
    reading.changed_by.push("name.apart");
}

/// The name without the titles in front of it.
fn untitled<'a>(name: &'a str, reading: &mut Reading) -> &'a str {
    let mut rest = name;
    let mut a_womans = false;
    loop {
        match title::of(rest) {
            Title::None => break,
            Title::Unclear { bytes } => {
                reading.found.push(&found::TITLE_UNCLEAR);
                let mut candidate = String::new();
                in_case(&rest[bytes..], &mut candidate);
                reading.candidates.push(candidate);
                break;
            }
            Title::Before { bytes, of_a_woman } => {
                a_womans |= of_a_woman;
                rest = rest[bytes..].trim_start();
            }
        }
    }
    if rest.len() != name.len() {
        reading.changed_by.push("name.title");
        reading.found.push(&found::TITLE);
        if a_womans
            && rest
                .split(' ')
                .nth(1)
                .is_some_and(|middle| middle.to_lowercase() == "văn")
        {
            reading.found.push(&found::HUSBANDS_NAME);
        }
    }
    rest
}

/// Looks at each word of the name, and at the whole.
fn check(name: &str, whose: Whose, reading: &mut Reading) {
    let words = name.split(' ').count();
    for (at, word) in name.split(' ').enumerate() {
        let last = at + 1 == words && words > 1;
        let rule = word::fault(trimmed(word, last), last || whose == Whose::Part);
        let known = |rule: &&'static Rule| {
            reading.found.contains(rule)
                || (**rule == found::LETTERS && reading.found.contains(&&text_found::OTHER_SCRIPT))
        };
        if let Some(rule) = rule.filter(|rule| !known(rule)) {
            reading.found.push(rule);
        }
    }
    if whose != Whose::Part && placeholder::is_partly_unknown(name) {
        reading.found.push(match whose {
            Whose::Applicant => &found::INCOMPLETE,
            _ => &found::PARTIAL,
        });
    }
    let readable = !reading.found.iter().any(|rule| is_unreadable(rule));
    let one = words == 1 && readable && !name.contains(['\'', '-']);
    match whose {
        Whose::Applicant if one => reading.found.push(&found::ONE_WORD),
        Whose::Another if one => reading.found.push(&found::PARTIAL),
        _ => {}
    }
    if names_several(name) {
        reading.found.push(&found::SEVERAL);
    }
    if words > MOST_WORDS || (name.len() > LONGEST && name.chars().count() > LONGEST) {
        reading.found.push(&found::TOO_LONG);
    }
}

/// Whether an "and" stands between two names. Và is a family name of the Mông as well, so it counts with two
/// words on either side.
fn names_several(name: &str) -> bool {
    let mut words = name.split(' ');
    words.by_ref().take(2).count() == 2
        && words
            .by_ref()
            .any(|word| matches!(word, "và" | "Và" | "VÀ" | "&"))
        && words.count() >= 2
}

/// Whether a finding means that no normal form of the name can be told.
fn is_unreadable(rule: &Rule) -> bool {
    [
        &found::SEVERAL,
        &found::DIGITS,
        &found::INCOMPLETE,
        &found::SIGNS,
        &found::ABBREVIATED,
        &found::RUN_TOGETHER,
        &found::TITLE_UNCLEAR,
        &found::DESCRIBED,
    ]
    .contains(&rule)
}

/// Words that were run together, apart.
fn spaced(name: &str) -> Option<String> {
    let mut apart = String::with_capacity(name.len() + 4);
    let mut any = false;
    for word in name.split(' ') {
        match word::runs(word) {
            Some(runs) => {
                any = true;
                runs.iter().for_each(|run| join(&mut apart, run));
            }
            None => join(&mut apart, word),
        }
    }
    any.then_some(apart)
}

fn join(name: &mut String, word: &str) {
    if !name.is_empty() {
        name.push(' ');
    }
    word::cased(word, name);
}

fn in_case(name: &str, value: &mut String) {
    let words = name.split(' ').count();
    for (at, word) in name.split(' ').enumerate() {
        join(value, trimmed(word, at + 1 == words));
    }
}

/// The last word without the full stop of a sentence; that of an abbreviation stays.
fn trimmed(word: &str, last: bool) -> &str {
    match word.strip_suffix('.') {
        Some(bare) if last && !bare.contains('.') && word::is_spelled_out(bare) => bare,
        _ => word,
    }
}

#[cfg(test)]
mod tests;
