//! What the readers of single values find.

use crate::facts::Facts;
use crate::on;
use normalise::Context;
use rules::Rule;
use rules::catalogue::{date, name};
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
            findings.extend(
                reading
                    .found
                    .into_iter()
                    .map(|rule| on(field, of_relative(field, rule))),
            );
        }
    }
}

/// A parent's date of birth and a former card's date may be unknown without anything to wait for.
fn of_relative(field: Field, rule: &'static Rule) -> &'static Rule {
    if rule == &date::UNKNOWN && field != Field::DateOfBirth {
        &date::NOT_GIVEN
    } else {
        rule
    }
}
