//! A written date as numbers, words and marks.

use super::words::{Word, word};
use crate::character::{half_width, is_invisible, look_alike};
use crate::fold::fold;

/// A part of a written date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits, at most eight; a letter O, l or I among them stands for 0 or 1.
    Number(Number),
    /// A word that dates have.
    Word(Word),
    /// `/`, `-`, `.`, `,`: between parts.
    Separator,
    /// `--`, `..`, `…`, `__`, `?`, `xx`: a part that isn't known.
    Blank,
}

/// A number by its value and how many digits it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub value: u32,
    pub digits: u8,
    pub repaired: bool,
}

/// Parts beyond which no text is a date.
const MOST: usize = 24;
/// Letters beyond which no word is one that dates have.
const LONGEST_WORD: usize = 12;

/// The parts of a text, or nothing where it has some that no date has.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(8);
    let mut rest = text
        .chars()
        .map(half_width)
        .filter(|&c| !is_invisible(c))
        .peekable();
    let mut run = String::new();
    while let Some(&c) = rest.peek() {
        if tokens.len() >= MOST {
            return None;
        }
        run.clear();
        if alphanumeric(c) {
            while let Some(c) = rest.next_if(|&c| alphanumeric(c)) {
                run.push(c);
                if run.len() > 8 * LONGEST_WORD {
                    return None;
                }
            }
            alphanumerics(&run, &mut tokens)?;
            continue;
        }
        let mut marks = 0;
        while rest.next_if_eq(&c).is_some() {
            marks += 1;
        }
        match c {
            c if c.is_whitespace() => {}
            '(' | ')' | '[' | ']' | '"' | '\'' | '’' | '‘' => {}
            // "sinh ngày: 5/6/1950", but no time of day.
            ':' if !matches!(tokens.last(), Some(Token::Number(_))) => {}
            '_' | '?' | '*' | '…' => tokens.push(Token::Blank),
            '-' | '.' if marks > 1 => tokens.push(Token::Blank),
            '/' | '-' | '.' | ',' | '|' | '\\' | ';' if marks == 1 => tokens.push(Token::Separator),
            '/' if marks == 2 => tokens.extend([Token::Separator, Token::Separator]),
            '~' => tokens.push(Token::Word(Word::Roughly)),
            _ => return None,
        }
    }
    Some(tokens)
}

/// Cuts `05091987`, `T6` or `ngày5tháng6` into numbers and words.
fn alphanumerics(run: &str, tokens: &mut Vec<Token>) -> Option<()> {
    if let Some(number) = number(run) {
        tokens.push(Token::Number(number));
        return Some(());
    }
    let mut rest = run;
    while let Some(first) = rest.chars().next() {
        let digit = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digit)
            .unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let token = if digit {
            Token::Number(number(part)?)
        } else if part.bytes().all(|b| b.eq_ignore_ascii_case(&b'x')) {
            Token::Blank
        } else {
            Token::Word(word(&fold(part))?)
        };
        tokens.push(token);
        rest = after;
    }
    Some(())
}

fn number(run: &str) -> Option<Number> {
    let (mut value, mut digits, mut letters) = (0_u32, 0_u8, 0_u8);
    for c in run.chars() {
        let digit = look_alike(c).unwrap_or(c).to_digit(10)?;
        letters += u8::from(!c.is_ascii_digit());
        digits += 1;
        if digits > 8 {
            return None;
        }
        value = value * 10 + digit;
    }
    (letters < digits).then_some(Number {
        value,
        digits,
        repaired: letters > 0,
    })
}

fn alphanumeric(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}
