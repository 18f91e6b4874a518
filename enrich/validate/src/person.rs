//! What must hold of a person's normalised fields.

use normalise::{Context, Normalised, date, number};
use schemas::{Applicant, Field, Finding, Severity};

pub fn findings(written: &Applicant, person: Normalised<'_>, findings: &mut Vec<Finding>) {
    let has = |field| person.get(field).is_some_and(|value| !value.is_empty());
    let named = has(Field::FullName) || (has(Field::Surname) && has(Field::GivenName));
    if !named {
        findings.push(Finding::on(Field::FullName, Severity::Reject, "name.missing"));
    }
    if let Some(text) = written.get(Field::DateOfBirth).filter(|text| !text.is_empty()) {
        for rule in date::read(text, &Context::default()).found {
            findings.push(Finding::on(Field::DateOfBirth, rule.severity, rule.code));
        }
    }
    if let Some(written) = person.get(Field::PersonalNumber).filter(|text| !text.is_empty())
        && !number::is_personal_number(written)
    {
        findings.push(Finding::on(
            Field::PersonalNumber,
            Severity::Hold,
            "number.not-12-digits",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_by_an_example() {
        for (fields, expected) in [
            (
                &[
                    (Field::FullName, "Lò Văn Pâng"),
                    (Field::DateOfBirth, "1987-09-05"),
                ][..],
                None,
            ),
            (&[(Field::Surname, "Lò"), (Field::GivenName, "Pâng")], None),
            (
                &[(Field::Surname, "Lò")],
                Some((Severity::Reject, "name.missing")),
            ),
            (
                &[(Field::FullName, "A"), (Field::DateOfBirth, "31/04/1950")],
                Some((Severity::Hold, "date.impossible")),
            ),
            (
                &[(Field::FullName, "A"), (Field::DateOfBirth, "xưa")],
                Some((Severity::Hold, "date.unreadable")),
            ),
            (
                &[(Field::FullName, "A"), (Field::DateOfBirth, "1950")],
                Some((Severity::Note, "date.incomplete")),
            ),
            (
                &[(Field::FullName, "A"), (Field::PersonalNumber, "123")],
                Some((Severity::Hold, "number.not-12-digits")),
            ),
        ] {
            let mut person = Applicant::default();
            for &(field, value) in fields {
                person.set(field, Some(value.to_owned()));
            }
            let mut found = Vec::new();
            findings(&person, Normalised::of(&person, &[]), &mut found);
            let found: Vec<_> = found.iter().map(|f| (f.severity, f.code.as_str())).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{fields:?}");
        }
    }
}
