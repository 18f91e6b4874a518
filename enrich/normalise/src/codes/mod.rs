//! Values that come from a list, each with the ways people write it.
//!
//! A text is one of the list when it is written like it; marks that are missing don't matter as long as
//! one value is left (`Muong`, `Muờng`), marks that contradict do (`Tây` is not `Tày`). Anything else is
//! held, with what it comes nearest to.

pub mod blood_type;
pub mod education;
pub mod ethnicity;
pub mod marital_status;
pub mod nationality;
pub mod occupation;
pub mod relationship;
pub mod religion;
pub mod sex;

use crate::fold::fold;
use crate::letter::Vowel;
use crate::text;
use rules::catalogue::code as found;
use rules::{Reading, Rule};
use std::collections::HashMap;

/// One value of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its official code; the name where there is none.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Other ways to write it.
    pub aliases: &'static [&'static str],
}

/// What stands for a value in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Code,
    Name,
}

impl Shown {
    const fn of(self, code: Code) -> &'static str {
        match self {
            Self::Code => code.code,
            Self::Name => code.name,
        }
    }
}

/// A list, ready to look values up in.
pub(crate) struct Table {
    shown: Shown,
    /// Words in front of a value that say only what the list is, folded, with the space behind.
    prefixes: &'static [&'static str],
    /// Name of the rule that makes a value of a text.
    rule: &'static str,
    unknown: &'static Rule,
    by_key: HashMap<String, Vec<(String, Code)>>,
    /// Spellings that need no more than a look, as they are in the list.
    exact: HashMap<&'static str, Code>,
}

/// The longest key of a list, with room for one that is misspelt.
const LONGEST_KEY: usize = 48;

impl Table {
    pub fn new(
        codes: impl Iterator<Item = Code>,
        shown: Shown,
        prefixes: &'static [&'static str],
        rule: &'static str,
        unknown: &'static Rule,
    ) -> Self {
        let mut by_key: HashMap<String, Vec<(String, Code)>> = HashMap::new();
        for code in codes {
            for spelling in [code.code, code.name].iter().chain(code.aliases) {
                let marked = key(&spelling.to_lowercase());
                by_key.entry(fold(&marked)).or_default().push((marked, code));
            }
        }
        let mut table = Self {
            shown,
            prefixes,
            rule,
            unknown,
            by_key,
            exact: HashMap::new(),
        };
        table.exact = table.unambiguous();
        table
    }

    fn unambiguous(&self) -> HashMap<&'static str, Code> {
        let codes = self.by_key.values().flatten().map(|(_, code)| *code);
        let spellings = codes.flat_map(|code| {
            [code.code, code.name]
                .into_iter()
                .chain(code.aliases.iter().copied())
        });
        let meant = |spelling: &'static str| {
            let [code] = self.meant(&key(&spelling.to_lowercase()))[..] else {
                return None;
            };
            text::is_normal(spelling).then_some((spelling, code))
        };
        spellings.filter_map(meant).collect()
    }

    /// Whether a value is written as the register has it.
    pub fn is_normal(&self, written: &str) -> bool {
        self.exact
            .get(written)
            .is_some_and(|code| self.shown.of(*code) == written)
    }

    /// A list of names without codes: of each line the first is the value, the others mean the same.
    pub fn named(
        list: &'static [&'static [&'static str]],
        prefixes: &'static [&'static str],
        rule: &'static str,
        unknown: &'static Rule,
    ) -> Self {
        let code = |line: &'static [&'static str]| Code {
            code: line[0],
            name: line[0],
            aliases: &line[1..],
        };
        Self::new(
            list.iter().map(|line| code(line)),
            Shown::Name,
            prefixes,
            rule,
            unknown,
        )
    }

    /// Reads a value of the list.
    pub fn read(&self, written: &str) -> Reading {
        if let Some(code) = self.exact.get(written) {
            let value = self.shown.of(*code);
            let rules = [self.rule];
            return Reading::of(value, if value == written { &[] } else { &rules });
        }
        let form = text::form(written);
        if !form.certain {
            return Reading {
                candidates: form.candidates,
                found: form.found,
                ..Reading::default()
            };
        }
        let small = form.text.to_lowercase();
        let marked = key(self.without_prefix(&small));
        if marked.is_empty() {
            return Reading::uncertain(&found::MISSING);
        }
        match self.meant(&marked).as_slice() {
            [] => self.unknown(&marked),
            [code] => {
                let value = self.shown.of(*code);
                let mut changed_by = form.changed_by;
                if value != form.text {
                    changed_by.push(self.rule);
                }
                Reading {
                    value: Some(value.to_owned()),
                    changed_by,
                    found: form.found,
                    ..Reading::default()
                }
            }
            several => Reading {
                candidates: several
                    .iter()
                    .map(|code| self.shown.of(*code).to_owned())
                    .collect(),
                ..Reading::uncertain(&found::AMBIGUOUS)
            },
        }
    }

    fn without_prefix<'a>(&self, small: &'a str) -> &'a str {
        let mut rest = small;
        for prefix in self.prefixes {
            let mut letters = rest.char_indices();
            let begins = prefix
                .chars()
                .all(|wanted| letters.next().is_some_and(|(_, c)| fold_one(c) == wanted));
            if begins {
                rest = letters.as_str();
            }
        }
        rest
    }

    /// The values that a key may mean: those written just so, else those written so but for marks that
    /// are missing.
    fn meant(&self, marked: &str) -> Vec<Code> {
        let Some(alike) = self.by_key.get(&fold(marked)) else {
            return Vec::new();
        };
        let mut meant: Vec<Code> = Vec::new();
        for exact in [true, false] {
            for (spelling, code) in alike {
                let fits = if exact {
                    spelling == marked
                } else {
                    lacks_marks_only(marked, spelling)
                };
                if fits && !meant.contains(code) {
                    meant.push(*code);
                }
            }
            if !meant.is_empty() {
                break;
            }
        }
        meant
    }

    /// What is not in the list, with the values it comes nearest to.
    fn unknown(&self, marked: &str) -> Reading {
        let folded = fold(marked);
        let letters = folded.chars().count();
        let mut near: Vec<(usize, &'static str)> = Vec::new();
        if letters <= LONGEST_KEY {
            // One letter in three may be wrong: beyond that a suggestion says nothing.
            let most = (letters / 3).max(usize::from(self.by_key.contains_key(&folded)));
            for (spelling, alike) in &self.by_key {
                let distance = distance(&folded, spelling);
                if distance <= most {
                    near.extend(alike.iter().map(|(_, code)| (distance, self.shown.of(*code))));
                }
            }
        }
        near.sort_unstable();
        let mut candidates: Vec<String> = Vec::new();
        for (_, value) in near {
            if candidates.len() < 3 && !candidates.iter().any(|known| known == value) {
                candidates.push(value.to_owned());
            }
        }
        Reading {
            candidates,
            ..Reading::uncertain(self.unknown)
        }
    }
}

/// The letters and digits of a text: `H'Mông`, `H Mông` and `Hmông` are the same. The signs of a blood
/// type at its end count.
fn key(small: &str) -> String {
    let mut key: String = small.chars().filter(|c| c.is_alphanumeric()).collect();
    if !key.is_empty() {
        key.extend(
            small
                .trim_end()
                .chars()
                .next_back()
                .filter(|c| matches!(c, '+' | '-')),
        );
    }
    key
}

fn fold_one(c: char) -> char {
    match c {
        'đ' => 'd',
        _ => Vowel::of(c).map_or(c, Vowel::base),
    }
}

/// Whether a text is a spelling but for marks that it lacks: no mark of it contradicts. Both small.
fn lacks_marks_only(text: &str, spelling: &str) -> bool {
    let mut wanted = spelling.chars();
    text.chars()
        .all(|c| wanted.next().is_some_and(|wanted| lacks_marks(c, wanted)))
        && wanted.next().is_none()
}

fn lacks_marks(c: char, wanted: char) -> bool {
    match (Vowel::of(c), Vowel::of(wanted)) {
        (Some(vowel), Some(of)) => {
            let (quality, base) = (vowel.quality(), vowel.base());
            base == of.base()
                && (quality == base || quality == of.quality())
                && (vowel.tone == 0 || vowel.tone == of.tone)
        }
        _ => c == wanted || (c, wanted) == ('d', 'đ'),
    }
}

/// Letters to put in, take out or exchange to make one text of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, known) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *known);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests;
