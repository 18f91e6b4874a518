//! Written fields to normalised fields: pure functions, versioned as a ruleset.
//!
//! **Invariant:** no clock, no network, no disk, no randomness. What was written is never touched:
//! [`changes`] returns normalised values to stand beside it. A field that is not named there is its
//! own normal form.

pub mod codes;
pub mod date;
pub mod fold;
mod letter;
pub mod name;
pub mod number;
mod syllable;
pub mod text;

use schemas::event::{Body, IntakeEvent, VerificationRecorded};
use schemas::match_log::NormalisedValue;
use schemas::{Applicant, Field, Personal};

/// Version of these rules, stamped on everything they made.
pub const RULESET: &str = "thin-1";

/// A normalised value and the rule that made it.
pub type Normal = (String, &'static str);

/// The normalised values of an event that differ from what was written.
pub fn changes(event: &IntakeEvent) -> Vec<NormalisedValue> {
    match &event.body {
        Body::ApplicationSubmitted(body) => of_applicant(&body.applicant),
        Body::VerificationRecorded(body) => of_applicant(&verified_values(body)),
        Body::ApplicationWithdrawn(_) | Body::EventWithheld(_) => Vec::new(),
    }
}

/// The values that a verification states, as a person's fields.
pub fn verified_values(body: &VerificationRecorded) -> Applicant {
    let mut values = Applicant::default();
    for finding in &body.findings {
        values.set(finding.field, finding.value.clone().map(Personal::into_exposed));
    }
    values
}

/// The normalised values of a person's fields that differ from the written ones.
pub fn of_applicant(written: &Applicant) -> Vec<NormalisedValue> {
    let normal = |(field, value)| {
        let (value, rule) = of_field(field, value)?;
        Some(NormalisedValue {
            field,
            value: Personal::new(value),
            rule: rule.to_owned(),
        })
    };
    let mut changes: Vec<NormalisedValue> = written.present().filter_map(normal).collect();
    if written.full_name.is_none() {
        let joined = full_name(Normalised::of(written, &changes));
        changes.extend(joined);
    }
    changes
}

/// The full name of a person whose form has it in three fields.
fn full_name(person: Normalised<'_>) -> Option<NormalisedValue> {
    let parts =
        [Field::Surname, Field::MiddleName, Field::GivenName].map(|field| person.get(field).unwrap_or(""));
    if parts[0].is_empty() || parts[2].is_empty() {
        return None;
    }
    let value = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    Some(NormalisedValue {
        field: Field::FullName,
        value: Personal::new(value),
        rule: "name.joined".to_owned(),
    })
}

/// A person's fields with normalised values in place of the written ones, to look at without a copy.
#[derive(Clone, Copy, Debug)]
pub struct Normalised<'a> {
    written: &'a Applicant,
    changes: &'a [NormalisedValue],
}

impl<'a> Normalised<'a> {
    /// What was written, as `changes` have it.
    pub const fn of(written: &'a Applicant, changes: &'a [NormalisedValue]) -> Self {
        Self { written, changes }
    }

    /// The normalised value of a field, where there is one.
    pub fn get(self, field: Field) -> Option<&'a str> {
        let changed = self.changes.iter().rfind(|change| change.field == field);
        changed.map_or_else(
            || self.written.get(field),
            |change| Some(change.value.expose().as_str()),
        )
    }
}

/// A copy of a person's fields with normalised values in place of the written ones.
pub fn apply(written: &Applicant, changes: &[NormalisedValue]) -> Applicant {
    let mut normalised = written.clone();
    for change in changes {
        normalised.set(change.field, Some(change.value.expose().clone()));
    }
    normalised
}

/// The normal form of one field's value, where it differs from what was written.
pub fn of_field(field: Field, written: &str) -> Option<Normal> {
    let form = text::form(written);
    let spaced =
        (form.certain && matches!(form.text, std::borrow::Cow::Owned(_))).then(|| form.text.into_owned());
    let value = spaced.as_deref().unwrap_or(written);
    let special = match field {
        Field::DateOfBirth
        | Field::FatherDateOfBirth
        | Field::MotherDateOfBirth
        | Field::OldNumberIssuedOn => date::iso(value),
        Field::Sex => codes::sex::read(value)
            .value
            .filter(|code| code != value)
            .map(|code| (code, "sex.code")),
        Field::PersonalNumber
        | Field::HouseholdHeadNumber
        | Field::FatherNumber
        | Field::MotherNumber
        | Field::SpouseNumber
        | Field::GuardianNumber
        | Field::OldNumber => number::digits(value),
        _ => None,
    };
    special.or_else(|| spaced.map(|value| (value, "text.nfc-spaces")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_needs_no_change_is_not_named() {
        let mut written = Applicant::default();
        written.set(Field::FullName, Some("Lò Văn Pâng".to_owned()));
        written.set(Field::DateOfBirth, Some("05/09/1987".to_owned()));
        let changes = of_applicant(&written);
        assert_eq!(changes.len(), 1);
        assert_eq!(
            apply(&written, &changes).get(Field::DateOfBirth),
            Some("1987-09-05")
        );
        assert_eq!(written.get(Field::DateOfBirth), Some("05/09/1987"));
    }

    #[test]
    fn a_name_in_three_fields_is_one_name() {
        let mut written = Applicant::default();
        written.set(Field::Surname, Some("Lò ".to_owned()));
        written.set(Field::GivenName, Some("Pâng".to_owned()));
        let person = apply(&written, &of_applicant(&written));
        assert_eq!(person.get(Field::FullName), Some("Lò Pâng"));
        assert!(of_applicant(&person).is_empty(), "normalised once is normalised");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,40}", which in 0..Field::ALL.len()) {
            let field = Field::ALL[which];
            let once = of_field(field, &text).map_or(text, |(value, _)| value);
            let twice = of_field(field, &once).map_or_else(|| once.clone(), |(value, _)| value);
            prop_assert_eq!(twice, once);
        }
    }
}
