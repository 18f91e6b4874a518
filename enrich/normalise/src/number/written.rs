//! What is written where a number should be: digits with marks between them, words, several numbers.

use crate::character::{half_width, is_invisible, look_alike};
use crate::fold::fold;

/// What is written where a number should be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Nothing at all.
    Nothing,
    /// That there is none, or a dash.
    NoneYet,
    /// One number.
    One {
        digits: String,
        /// Letters O, l or I stand for some of the digits.
        repaired: bool,
    },
    /// Several numbers, or one with other digits beside it.
    Several(Vec<String>),
    /// Something else, with the numbers that are in it.
    Other(Vec<String>),
}

/// Bytes beyond which nobody wrote a number.
const LONGEST: usize = 400;
/// Digits of a whole number: of a former card, and of a personal number.
const WHOLE: [usize; 2] = [9, 12];

/// Words before a number that say what it is.
const LABELS: &[&str] = &[
    "so", "sodd", "cccd", "cmnd", "cmt", "cmtnd", "cm", "cc", "ddcn", "sddcn", "dd", "ma", "can", "cuoc",
    "cong", "dan", "dinh", "danh", "ca", "nhan", "the", "chung", "minh", "thu", "no", "id", "cu",
];
/// Words that say there is none.
const NONE: &[&str] = &[
    "khong", "chua", "co", "cap", "duoc", "lam", "ko", "k", "kc", "ro", "biet", "nho", "quen", "mat", "none",
    "null", "na", "n", "a", "unknown", "da", "chet",
];

/// Reads what is written where a number should be.
pub(super) fn read(text: &str) -> Written {
    if text.len() > LONGEST {
        return Written::Other(Vec::new());
    }
    let text = without_decimals(text.trim());
    if text.is_empty() {
        return Written::Nothing;
    }
    let mut found = Found::default();
    let mut run = String::new();
    for c in text
        .chars()
        .map(half_width)
        .filter(|&c| !is_invisible(c))
        .chain([' '])
    {
        if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || c == '|' {
            run.push(c);
        } else {
            found.end_of_run(&run);
            run.clear();
            match c {
                '/' | '\\' | ',' | ';' | '&' | '+' | '.' | '-' | '_' | '\'' | '"' | '’' | '‘' | ':' | '('
                | ')' | '*' | '?' => {}
                c if c.is_whitespace() => {}
                _ => found.other = true,
            }
        }
    }
    found.end()
}

/// A number as a spreadsheet exports it: `11087001234.0`.
fn without_decimals(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if (1..=2).contains(&zeros.len())
                && zeros.bytes().all(|b| b == b'0')
                && whole.len() > 3
                && whole.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        _ => text,
    }
}

#[derive(Default)]
struct Found {
    groups: Vec<String>,
    repaired: bool,
    says_none: bool,
    other: bool,
    /// Candidates of runs with letters that could be digits.
    guesses: Vec<String>,
}

impl Found {
    fn end_of_run(&mut self, run: &str) {
        if run.is_empty() {
            return;
        }
        if let Some(digits) = digits(run) {
            self.repaired |= digits != run;
            self.group(digits);
            return;
        }
        let letters = run.find(|c: char| c.is_ascii_digit()).unwrap_or(run.len());
        let (word, rest) = run.split_at(letters);
        let folded = fold(word);
        let label = LABELS.contains(&folded.as_str()) && rest.bytes().all(|b| b.is_ascii_digit());
        let blank = !folded.is_empty() && folded.bytes().all(|b| b == b'x');
        if label && self.groups.is_empty() {
            if !rest.is_empty() {
                self.group(rest.to_owned());
            }
        } else if rest.is_empty() && (blank || NONE.contains(&folded.as_str())) {
            self.says_none = true;
        } else {
            self.other = true;
            self.guesses.extend(guess(run));
        }
    }

    fn group(&mut self, digits: String) {
        self.groups.push(digits);
    }

    fn end(mut self) -> Written {
        let total: usize = self.groups.iter().map(String::len).sum();
        let whole = |group: &String| WHOLE.contains(&group.len());
        if self.other || (self.says_none && total > 0) {
            self.groups.retain(whole);
            self.groups.extend(self.guesses);
            return Written::Other(self.groups);
        }
        if total == 0 {
            return Written::NoneYet;
        }
        let one = self.groups.len() == 1 || WHOLE.contains(&total) && !self.groups.iter().any(whole);
        let long = self.groups.iter().filter(|group| group.len() >= 8).count();
        let in_it = self.groups.iter().any(whole) || long > 1;
        if !one && in_it {
            self.groups.retain(whole);
            return Written::Several(self.groups);
        }
        Written::One {
            digits: self.groups.concat(),
            repaired: self.repaired,
        }
    }
}

/// The digits of a run, with look-alikes as the digits they stand for: one digit at least, or a letter
/// or three alone in a box.
fn digits(run: &str) -> Option<String> {
    let digits: String = run
        .chars()
        .map(|c| look_alike(c).unwrap_or(c))
        .map(|c| c.is_ascii_digit().then_some(c))
        .collect::<Option<_>>()?;
    let written = run.bytes().any(|b| b.is_ascii_digit());
    (written || digits.len() <= 3).then_some(digits)
}

/// A number that a run may be whose letters only resemble digits: no certain reading.
fn guess(run: &str) -> Option<String> {
    let digit = |c: char| match c {
        'S' | 's' => '5',
        'B' => '8',
        'Z' | 'z' => '2',
        'G' | 'b' => '6',
        'g' | 'q' => '9',
        'D' | 'Q' | 'U' => '0',
        'A' => '4',
        'T' => '7',
        'i' | 'J' => '1',
        c => look_alike(c).unwrap_or(c),
    };
    let guess: String = run.chars().map(digit).collect();
    let written = run.bytes().filter(u8::is_ascii_digit).count();
    let plausible = written * 2 > guess.len() && guess.bytes().all(|b| b.is_ascii_digit());
    (plausible && WHOLE.contains(&guess.len())).then_some(guess)
}
