//! The numbers of former cards and of passports.

use super::personal::PersonalNumber;
use super::written::{Written, read};
use crate::Context;
use crate::character::{half_width, is_invisible};
use rules::Reading;
use rules::catalogue::number as rule;

/// What is written as the number of a former card: 9 digits, or the 12 of cards issued from 2012, which are
/// built like personal numbers.
///
/// A card's number changed when its owner moved, and some were given twice: it is an attribute, no key.
pub fn old(text: &str, context: &Context<'_>) -> Reading {
    if text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit()) && !nobodys(text) {
        return Reading::of(text, &[]);
    }
    match read(text) {
        Written::Nothing => super::nothing(text),
        Written::NoneYet => Reading::of("", &["number.none"]).with(&rule::NONE),
        Written::Several(candidates) => Reading {
            candidates,
            ..Reading::uncertain(&rule::SEVERAL)
        },
        Written::Other(candidates) => Reading {
            candidates,
            ..Reading::uncertain(&rule::NOT_DIGITS)
        },
        Written::One { digits, repaired } => {
            let mut reading = match digits.len() {
                9 if nobodys(&digits) => Reading::uncertain(&rule::PLACEHOLDER),
                9 => Reading::default(),
                12 => of_12(&digits, context),
                8 if !digits.starts_with('0') => Reading {
                    candidates: vec![format!("0{digits}")],
                    ..Reading::uncertain(&rule::NOT_9_DIGITS)
                },
                _ => Reading::uncertain(&rule::NOT_9_DIGITS),
            };
            if matches!(digits.len(), 9 | 12) {
                reading.found.extend(repaired.then_some(&rule::LOOK_ALIKE));
                if digits != text {
                    reading.changed_by.push(super::way(repaired));
                }
                reading.value = Some(digits);
            }
            reading
        }
    }
}

fn of_12(digits: &str, context: &Context<'_>) -> Reading {
    let findings = PersonalNumber::parse(digits)
        .into_iter()
        .flat_map(|number| number.findings(context));
    Reading {
        found: findings.chain([&rule::OLD_OF_12_DIGITS]).collect(),
        ..Reading::default()
    }
}

/// 000000000, 111111111 and 123456789 are written to get past a field that must be filled in.
fn nobodys(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    digits == "123456789" || bytes.iter().all(|b| b == &bytes[0])
}

/// What is written as a passport's number: a letter and 7 digits, or 8 since 2022.
pub fn passport(text: &str) -> Reading {
    const LONGEST: usize = 100;
    if text.trim().is_empty() {
        return super::nothing(text);
    }
    if text.len() > LONGEST {
        return Reading::uncertain(&rule::NOT_A_PASSPORT);
    }
    let seen = text.chars().map(half_width).filter(|&c| !is_invisible(c));
    let number: String = seen
        .filter(|c| !(c.is_whitespace() || matches!(c, '.' | '-')))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let digits = number.strip_prefix(|c: char| c.is_ascii_uppercase());
    let is_one = digits
        .is_some_and(|digits| matches!(digits.len(), 7 | 8) && digits.bytes().all(|b| b.is_ascii_digit()));
    if is_one {
        let changed_by: &[&str] = if number == text { &[] } else { &["number.digits"] };
        return Reading::of(number, changed_by);
    }
    match read(text) {
        Written::NoneYet => Reading::of("", &["number.none"]).with(&rule::NONE),
        _ => Reading::uncertain(&rule::NOT_A_PASSPORT),
    }
}
