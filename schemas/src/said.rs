//! What an application says of its person: each field as verified last, else normalised, else as written.

use crate::change::{ApplicationState, VerifiedField};
use crate::codec::Event;
use crate::event::{Body, VerificationFinding};
use crate::match_log::NormalisedValue;
use crate::{Applicant, Field, IntakeEvent};

impl Applicant {
    /// A copy with normalised values in place of the written ones. What comes to nothing (`chưa có`) is none.
    #[must_use]
    pub fn normalised(&self, changes: &[NormalisedValue]) -> Self {
        let mut normalised = self.clone();
        for change in changes {
            let value = Some(change.value.expose()).filter(|value| !value.is_empty());
            normalised.set(change.field, value.cloned());
        }
        normalised
    }

    /// What is said of a field where officers found this of a normalised person, and the stage that vouches for it; 0 where
    /// nobody does. A field that an officer found missing has no value, whatever stands on the form.
    pub fn verified<'a>(
        &'a self,
        verifications: &'a [VerifiedField],
        field: Field,
    ) -> Option<(&'a str, i32)> {
        let written = self.get(field);
        match verifications.iter().find(|verified| verified.field == field) {
            Some(verified) if verified.finding == VerificationFinding::Missing => None,
            Some(verified) => {
                let found = verified.value.as_ref().map(|value| value.expose().as_str());
                found.or(written).map(|value| (value, verified.stage))
            }
            None => written.map(|value| (value, 0)),
        }
    }
}

impl ApplicationState {
    /// The person as its form has it, normalised; of an event that is no form, nobody.
    pub fn person(&self) -> Applicant {
        match IntakeEvent::decode(&self.event).map(|event| event.body) {
            Ok(Body::ApplicationSubmitted(form)) => form.applicant.normalised(&self.changes),
            _ => Applicant::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Personal;

    #[test]
    fn the_officer_speaks_before_the_rules_and_these_before_the_form() {
        use VerificationFinding::{Confirmed, Corrected, Missing};
        let number = |field, value: &str| NormalisedValue {
            field,
            value: Personal::new(value.to_owned()),
            rule: "number.plain".to_owned(),
        };
        let found = |field, finding, value: Option<&str>| VerifiedField {
            field,
            stage: 2,
            finding,
            value: value.map(|value| Personal::new(value.to_owned())),
        };
        let mut written = Applicant::default();
        for (field, value) in [
            (Field::PersonalNumber, "011 087 001234"),
            (Field::OldNumber, "chưa có"),
            (Field::FatherNumber, "011060000001"),
            (Field::MotherNumber, "011060000002"),
            (Field::FullName, "Lò Văn Pâng"),
        ] {
            written.set(field, Some(value.to_owned()));
        }
        let person = written.normalised(&[
            number(Field::PersonalNumber, "011087001234"),
            number(Field::OldNumber, ""),
        ]);
        let verified = [
            found(Field::FatherNumber, Missing, None),
            found(Field::MotherNumber, Confirmed, None),
            found(Field::FullName, Corrected, Some("Lò Văn Pang")),
        ];
        for (field, said) in [
            (Field::PersonalNumber, Some(("011087001234", 0))),
            (Field::OldNumber, None),
            (Field::FatherNumber, None),
            (Field::MotherNumber, Some(("011060000002", 2))),
            (Field::FullName, Some(("Lò Văn Pang", 2))),
            (Field::Phone, None),
        ] {
            assert_eq!(person.verified(&verified, field), said, "{field:?}");
        }
    }
}
