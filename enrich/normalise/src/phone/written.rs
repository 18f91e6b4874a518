//! A written telephone number as groups of digits, with what the words beside them say.

use crate::character::{half_width, is_invisible, look_alike};
use crate::fold::fold;

/// A written telephone number.
#[derive(Default)]
pub(super) struct Written {
    /// Digits in the groups they stand in; a group may begin with `+`.
    pub groups: Vec<String>,
    /// The first group stands in brackets.
    pub bracketed: bool,
    /// A letter O, l or I stands for a digit.
    pub repaired: bool,
    /// There is an extension, left out of the groups.
    pub extension: bool,
    /// The words say that there is no telephone.
    pub says_none: bool,
    /// There are words that say something else.
    pub words: bool,
}

/// Groups of digits beyond which a text is none.
const MOST_GROUPS: usize = 32;

const LABELS: &[&str] = &[
    "dt",
    "sdt",
    "dd",
    "dtdd",
    "dtb",
    "dien",
    "thoai",
    "di",
    "dong",
    "so",
    "tel",
    "phone",
    "mobile",
    "mob",
    "hotline",
    "zalo",
    "lien",
    "he",
    "lh",
    "nha",
    "rieng",
    "nr",
    "cq",
    "co",
    "quan",
    "ban",
    "may",
    "hoac",
    "va",
    "or",
    "and",
    "fax",
    "viettel",
    "vina",
    "vinaphone",
    "mobi",
    "mobifone",
    "vietnamobile",
    "vn",
    "vnpt",
];
const EXTENSIONS: &[&str] = &["ext", "extension", "le", "noi", "bo", "x"];
const NONE: &[&str] = &[
    "khong", "chua", "dung", "ko", "k", "kc", "ro", "biet", "nho", "none", "null", "na", "n", "a", "xx",
    "xxx",
];

/// Takes a text apart; nothing where it has more than a telephone number could.
pub(super) fn read(text: &str) -> Option<Written> {
    let mut written = Written::default();
    let (mut run, mut plus) = (String::new(), false);
    let seen = text.chars().map(half_width).filter(|&c| !is_invisible(c));
    for c in seen.chain([' ']) {
        if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            run.push(c);
            continue;
        }
        if !run.is_empty() {
            written.end_of_run(&run, plus);
            (plus, run) = (false, String::new());
        }
        match c {
            '+' => plus = true,
            '(' if written.groups.is_empty() => written.bracketed = true,
            '#' => written.extension = !written.groups.is_empty(),
            '.' | '-' | '_' | '(' | ')' | '[' | ']' | '/' | '\\' | ',' | ';' | ':' | '|' | '&' | '\''
            | '"' | '’' | '*' | '?' => {}
            c if c.is_whitespace() => {}
            _ => written.words = true,
        }
        if written.groups.len() > MOST_GROUPS {
            return None;
        }
    }
    Some(written)
}

impl Written {
    fn end_of_run(&mut self, run: &str, plus: bool) {
        if let Some(digits) = digits(run) {
            if self.extension {
                return;
            }
            self.repaired |= digits != run;
            self.groups.push(if plus { format!("+{digits}") } else { digits });
            return;
        }
        let letters = run.find(|c: char| c.is_ascii_digit()).unwrap_or(run.len());
        let (word, rest) = run.split_at(letters);
        let folded = fold(word);
        let word = folded.as_str();
        let digits_behind = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
        if !rest.is_empty() && !digits_behind {
            self.words = true;
        } else if EXTENSIONS.contains(&word) && !self.groups.is_empty() {
            self.extension = true;
        } else if LABELS.contains(&word) {
            if digits_behind {
                self.groups.push(rest.to_owned());
            }
        } else if rest.is_empty() && (NONE.contains(&word) || word == "x") {
            self.says_none = true;
        } else {
            self.words = true;
        }
    }
}

fn digits(run: &str) -> Option<String> {
    let mut some = false;
    let digits = run.chars().map(|c| {
        some |= c.is_ascii_digit();
        let digit = look_alike(c).unwrap_or(c);
        digit.is_ascii_digit().then_some(digit)
    });
    let digits: String = digits.collect::<Option<_>>()?;
    some.then_some(digits)
}
