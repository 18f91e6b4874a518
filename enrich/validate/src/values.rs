//! What the readers of single values find.

use crate::facts::Facts;
use crate::on;
use normalise::Context;
use rules::catalogue::name;
use schemas::{Field, Finding};

pub(crate) fn findings(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let named = facts.given(Field::FullName).is_some()
        || facts.given(Field::Surname).is_some() && facts.given(Field::GivenName).is_some();
    if !named {
        findings.push(on(Field::FullName, &name::MISSING));
    }
    for (field, written) in facts.body.applicant.present() {
        let context = if field == Field::PersonalNumber {
            facts.context
        } else {
            Context {
                date_of_birth: None,
                sex: None,
                birth_province: None,
                ..facts.context
            }
        };
        if let Some(reading) = normalise::reading(field, written, &context) {
            findings.extend(reading.found.into_iter().map(|rule| on(field, rule)));
        }
    }
}
