//! What happens to a clean form on its way: capitals, spaces, lost tones, slips and defects.

use crate::calendar::{CAMPAIGN_YEAR, Date, DateForm};
use crate::facts::unmarked;
use crate::person::Person;
use crate::random::Draws;
use crate::variation::{Defect, Slip, Writing};
use schemas::{Applicant, Field};
use unicode_normalization::UnicodeNormalization;

impl Writing {
    pub(crate) fn draw(draws: &mut Draws) -> Self {
        match draws.below(100) {
            0..74 => Self::Clean,
            74..84 => Self::UpperCase,
            84..89 => Self::DoubledSpaces,
            89..94 => Self::Decomposed,
            _ => Self::TonesMissing,
        }
    }

    /// Rewrites names and places; numbers and dates stay. Capitals and lost tones are habits with names.
    pub(crate) fn apply(self, fields: &mut Applicant) {
        let rewrite: fn(&str) -> String = match self {
            Self::Clean => return,
            Self::UpperCase => |text| text.to_uppercase(),
            Self::DoubledSpaces => |text| text.replacen(' ', "  ", 1) + " ",
            Self::Decomposed => |text| text.nfd().collect(),
            Self::TonesMissing => unmarked,
        };
        let names_only = matches!(self, Self::UpperCase | Self::TonesMissing);
        for &field in if names_only {
            &WRITTEN[..NAMES]
        } else {
            &WRITTEN[..]
        } {
            let rewritten = fields.get(field).map(rewrite);
            fields.set(field, rewritten);
        }
    }
}

/// The first ten are names, the others places.
const WRITTEN: [Field; 14] = [
    Field::FullName,
    Field::Surname,
    Field::MiddleName,
    Field::GivenName,
    Field::OtherName,
    Field::FatherName,
    Field::MotherName,
    Field::SpouseName,
    Field::HouseholdHeadName,
    Field::GuardianName,
    Field::BirthPlace,
    Field::HomeTown,
    Field::PermanentAddress,
    Field::CurrentAddress,
];
const NAMES: usize = 10;

impl Slip {
    /// A slip that this person's form can have.
    pub(crate) fn draw(person: &Person, draws: &mut Draws) -> Self {
        match draws.below(4) {
            0 | 1 if person.personal_number.is_none() => Self::GivenNameMistyped,
            0 => Self::NumberLeftOut,
            1 => Self::NumberMistyped,
            2 => Self::DayMistyped,
            _ => Self::GivenNameMistyped,
        }
    }

    /// The field that is wrong.
    pub(crate) fn field(self) -> Field {
        match self {
            Self::NumberLeftOut | Self::NumberMistyped => Field::PersonalNumber,
            Self::DayMistyped => Field::DateOfBirth,
            Self::GivenNameMistyped => Field::FullName,
        }
    }

    pub(crate) fn apply(self, fields: &mut Applicant, person: &Person) {
        match self {
            Self::NumberLeftOut => fields.personal_number = None,
            Self::NumberMistyped => {
                let mistyped = fields.get(Field::PersonalNumber).map(with_last_digit_wrong);
                fields.set(Field::PersonalNumber, mistyped);
            }
            Self::DayMistyped => {
                let day = if person.born.day < 28 {
                    person.born.day + 1
                } else {
                    person.born.day - 1
                };
                let born = Date { day, ..person.born };
                fields.set(Field::DateOfBirth, Some(born.written(DateForm::Slashes)));
            }
            Self::GivenNameMistyped => {
                let mut given = unmarked(person.name.given);
                if given == person.name.given {
                    given.extend(person.name.given.chars().last());
                }
                let full = person.name.full();
                let before = full.len() - person.name.given.len();
                fields.set(Field::FullName, Some(format!("{}{given}", &full[..before])));
                if fields.given_name.is_some() {
                    fields.set(Field::GivenName, Some(given));
                }
            }
        }
    }
}

fn with_last_digit_wrong(number: &str) -> String {
    let (head, last) = number.split_at(number.len() - 1);
    let wrong = last.parse::<u8>().map_or(0, |digit| (digit + 3) % 10);
    format!("{head}{wrong}")
}

impl Defect {
    /// What the defect does to the fields; those of the envelope are applied where it is made.
    pub(crate) fn apply(self, fields: &mut Applicant, person: &Person) {
        let year = person.born.year;
        match self {
            Self::NoName => {
                for field in [
                    Field::FullName,
                    Field::Surname,
                    Field::MiddleName,
                    Field::GivenName,
                ] {
                    fields.set(field, None);
                }
            }
            Self::ImpossibleDate => fields.set(Field::DateOfBirth, Some(format!("31/02/{year}"))),
            Self::BornInFuture => {
                let later = CAMPAIGN_YEAR + 1 + year % 50;
                fields.set(Field::DateOfBirth, Some(format!("15/08/{later}")));
            }
            Self::EmptyApplicant => *fields = Applicant::default(),
            Self::RevisionZero | Self::UnreadableMoment => {}
        }
    }
}
