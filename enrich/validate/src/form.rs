//! The form itself, and the applicant's age against what is applied for.

use crate::facts::{CrossRule, Facts};
use normalise::Date;
use rules::catalogue::form;
use schemas::Field;
use schemas::event::Service;

pub(crate) const RULES: &[CrossRule] = &[
    (&form::TOO_YOUNG_FOR_CARD, |form| {
        (below_card_age(form)? && !under_law_of_2023(form)?).then_some(Field::DateOfBirth)
    }),
    (&form::NO_GUARDIAN, |form| {
        let signed = [
            Field::GuardianName,
            Field::GuardianNumber,
            Field::FatherName,
            Field::MotherName,
        ];
        let represented = signed.into_iter().any(|field| form.given(field).is_some());
        (below_card_age(form)? && under_law_of_2023(form)? && !represented).then_some(Field::GuardianName)
    }),
    (&form::ISSUED_BEFORE_BIRTH, |form| {
        let issued = Date::parse(form.given(Field::OldNumberIssuedOn)?)?;
        form.born?.is_after(issued).then_some(Field::OldNumberIssuedOn)
    }),
    (&form::ISSUED_TOO_YOUNG, |form| {
        let issued = Date::parse(form.given(Field::OldNumberIssuedOn)?)?;
        let age = form.born?.full_years_at_most(issued)?;
        (age < form.context.thresholds.card_age).then_some(Field::OldNumberIssuedOn)
    }),
];

/// Whether a card is applied for and the applicant is certainly below the age of the duty.
fn below_card_age(form: &Facts<'_>) -> Option<bool> {
    let for_card = matches!(form.body.service, Service::FirstIssue | Service::Reissue);
    let age = form.born?.full_years_at_most(form.context.as_of?)?;
    Some(for_card && age < form.context.thresholds.card_age)
}

/// Law 26/2023/QH15 is in force since 1 July 2024 (article 46).
fn under_law_of_2023(form: &Facts<'_>) -> Option<bool> {
    let as_of = form.context.as_of?;
    Some((as_of.year(), as_of.month()?) >= (2024, 7))
}
