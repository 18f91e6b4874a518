//! The personal identification number of 12 digits.

use super::province::Registered;
use super::written::{Written, read};
use crate::Context;
use rules::catalogue::number as rule;
use rules::{Reading, Rule};

/// What a personal identification number says of its person. There is no check digit in it.
///
/// # Source
/// Decree 137/2015/ND-CP, article 13: the province or country of birth registration, century and sex, year
/// of birth, six random digits. Circular 59/2021/TT-BCA, article 4: the fourth digit is 0 and 1 for men and
/// women born in the 20th century, 2 and 3 in the 21st, and so on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonalNumber {
    code: u16,
    century_and_sex: u8,
    year: u8,
}

impl PersonalNumber {
    /// Takes a number of 12 digits apart, whatever they say.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 12 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let digit = |at: usize| digits[at] - b'0';
        Some(Self {
            code: u16::from(digit(0)) * 100 + u16::from(digit(1)) * 10 + u16::from(digit(2)),
            century_and_sex: digit(3),
            year: digit(4) * 10 + digit(5),
        })
    }

    /// Where the birth was registered, if its code is one.
    pub fn registered(self) -> Option<Registered> {
        Registered::of(self.code)
    }

    /// `M` or `F`.
    pub const fn sex(self) -> &'static str {
        if self.century_and_sex.is_multiple_of(2) {
            "M"
        } else {
            "F"
        }
    }

    /// The year of birth.
    pub const fn birth_year(self) -> u16 {
        1900 + self.century_and_sex as u16 / 2 * 100 + self.year as u16
    }

    /// What the number says that can't be, or that the form says otherwise. Which of the two is wrong is
    /// for people to find out.
    pub fn findings(self, context: &Context<'_>) -> impl Iterator<Item = &'static Rule> {
        let place = match self.registered() {
            None => Some(&rule::UNKNOWN_PROVINCE),
            Some(Registered::Abroad(_)) => Some(&rule::REGISTERED_ABROAD),
            Some(Registered::Province(_)) => None,
        };
        let year = self.birth_year();
        let to_come = if self.century_and_sex >= 4 {
            Some(&rule::CENTURY_TO_COME)
        } else {
            let later = context.as_of.is_some_and(|as_of| year > as_of.year());
            later.then_some(&rule::YEAR_TO_COME)
        };
        let other_sex = context
            .sex
            .is_some_and(|sex| matches!(sex, "M" | "F") && sex != self.sex());
        let other_year = context.date_of_birth.is_some_and(|born| born.year() != year);
        let agrees = |written| self.registered().and_then(|place| place.agrees(written));
        let other_province = context.birth_province.and_then(agrees) == Some(false);
        [
            place,
            to_come,
            other_sex.then_some(&rule::SEX_DISAGREES),
            other_year.then_some(&rule::YEAR_DISAGREES),
            other_province.then_some(&rule::PROVINCE_DISAGREES),
        ]
        .into_iter()
        .flatten()
    }

    /// Whether its place and its century are some that exist.
    fn is_sound(self) -> bool {
        self.registered().is_some() && self.century_and_sex < 4
    }
}

/// Says nothing: the number is personal.
impl std::fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<a personal number>")
    }
}

/// What is written as a personal number: 12 digits, or a reason why not. Digits are never changed or
/// added; a number that loses its 0 or disagrees with the form is held.
pub fn personal(text: &str, context: &Context<'_>) -> Reading {
    if let Some(number) = PersonalNumber::parse(text) {
        return Reading {
            value: Some(text.to_owned()),
            found: number.findings(context).collect(),
            ..Reading::default()
        };
    }
    match read(text) {
        Written::Nothing => super::nothing(text),
        Written::NoneYet => Reading::of("", &["number.none"]).with(&rule::NONE),
        Written::Several(numbers) => uncertain(&rule::SEVERAL, numbers),
        Written::Other(numbers) => uncertain(&rule::NOT_DIGITS, numbers),
        Written::One { digits, repaired } => of_digits(digits, repaired, context),
    }
}

fn of_digits(digits: String, repaired: bool, context: &Context<'_>) -> Reading {
    if let Some(number) = PersonalNumber::parse(&digits) {
        let mut reading = Reading::of(digits, &[super::way(repaired)]);
        reading.found.extend(number.findings(context));
        reading.found.extend(repaired.then_some(&rule::LOOK_ALIKE));
        return reading;
    }
    match digits.len() {
        9 => Reading::uncertain(&rule::OLD_IN_ITS_PLACE),
        // A spreadsheet drops every 0 that a number begins with: one, or two of 001 to 008.
        10 | 11 if !digits.starts_with('0') => {
            match uncertain(&rule::ZERO_LOST, vec![format!("{digits:0>12}")]) {
                reading if reading.candidates.is_empty() => Reading::uncertain(&rule::NOT_12_DIGITS),
                reading => reading,
            }
        }
        _ => Reading::uncertain(&rule::NOT_12_DIGITS),
    }
}

fn uncertain(rule: &'static Rule, numbers: Vec<String>) -> Reading {
    let sound = |number: &String| PersonalNumber::parse(number).is_some_and(PersonalNumber::is_sound);
    Reading {
        candidates: numbers.into_iter().filter(sound).collect(),
        ..Reading::uncertain(rule)
    }
}
