//! What the readers of single values find.

use crate::facts::Facts;
use crate::on;
use normalise::Context;
use rules::Rule;
use rules::catalogue::{date, name, number, phone};
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
                    .map(|rule| on(field, on_a_form(field, rule))),
            );
        }
    }
}

/// Where a form says that there is nothing to write, a value read alone is held; an application isn't:
/// only the applicant's own date of birth is one of its conditions.
fn on_a_form(field: Field, rule: &'static Rule) -> &'static Rule {
    let said = [
        (&date::UNKNOWN, &date::NOT_GIVEN),
        (&number::NONE, &number::NOT_GIVEN),
        (&phone::NONE, &phone::NOT_GIVEN),
    ];
    let noted = said.into_iter().find(|&(held, _)| rule == held);
    match noted {
        Some((_, noted)) if field != Field::DateOfBirth => noted,
        _ => rule,
    }
}
