//! The applicant's family and household against the applicant.

use crate::facts::{CrossRule, Facts, Relative};
use normalise::fold::fold;
use normalise::number::PersonalNumber;
use rules::catalogue::{form, number};
use schemas::Field;

pub(crate) const RULES: &[CrossRule] = &[
    (&form::PARENT_BORN_LATER, |form| born_later(form, &form.father)),
    (&form::PARENT_BORN_LATER, |form| born_later(form, &form.mother)),
    (&form::PARENT_TOO_YOUNG, |form| too_young(form, &form.father)),
    (&form::PARENT_TOO_YOUNG, |form| too_young(form, &form.mother)),
    (&form::PARENT_TOO_OLD, |form| {
        too_old(form, &form.father, form.context.thresholds.oldest_father)
    }),
    (&form::PARENT_TOO_OLD, |form| {
        too_old(form, &form.mother, form.context.thresholds.oldest_mother)
    }),
    (&form::PARENT_OF_OTHER_SEX, |form| of_sex(&form.father, "F")),
    (&form::PARENT_OF_OTHER_SEX, |form| of_sex(&form.mother, "M")),
    (&form::SPOUSE_OF_SAME_SEX, |form| {
        of_sex(&form.spouse, form.sex()?)
    }),
    (&form::RELATION_OF_OTHER_SEX, |form| {
        // The list has one word for son and daughter.
        let relation = form.body.applicant.get(Field::RelationshipToHead)?;
        (sex_of_relation(relation)? != form.sex()?).then_some(Field::RelationshipToHead)
    }),
    (&form::HEAD_MISSING, |form| {
        let relation = form.given(Field::RelationshipToHead);
        let in_household = relation.is_some() || form.given(Field::HouseholdNumber).is_some();
        let head = form.given(Field::HouseholdHeadName).is_some() || form.head.written_number.is_some();
        (in_household && !head && !relation.is_some_and(is_head)).then_some(Field::HouseholdHeadName)
    }),
    (&number::OF_ANOTHER_PERSON, |form| {
        let own = form.number.and_then(|_| form.given(Field::PersonalNumber));
        same(own, [&form.father, &form.mother, &form.spouse, &form.guardian])
    }),
    (&number::OF_ANOTHER_PERSON, |form| {
        let own = form.number.and_then(|_| form.given(Field::PersonalNumber));
        let relation = form.given(Field::RelationshipToHead)?;
        same(own, [&form.head]).filter(|_| !is_head(relation))
    }),
    (&number::OF_ANOTHER_PERSON, |form| {
        same(whole(&form.father), [&form.mother, &form.spouse])
    }),
    (&number::OF_ANOTHER_PERSON, |form| {
        same(whole(&form.mother), [&form.spouse])
    }),
];

fn born_later(form: &Facts<'_>, parent: &Relative<'_>) -> Option<Field> {
    let (field, born) = parent.born?;
    born.is_after(form.born?).then_some(field)
}

fn too_young(form: &Facts<'_>, parent: &Relative<'_>) -> Option<Field> {
    let (field, born) = parent.born?;
    let years = born.full_years_at_most(form.born?)?;
    let after = born.is_after(form.born?);
    (!after && years < form.context.thresholds.youngest_parent).then_some(field)
}

fn too_old(form: &Facts<'_>, parent: &Relative<'_>, oldest: u16) -> Option<Field> {
    let (field, born) = parent.born?;
    let years = born.full_years_at_least(form.born?)?;
    (years > oldest).then_some(field)
}

fn of_sex(relative: &Relative<'_>, sex: &str) -> Option<Field> {
    let number = relative.number?;
    (number.sex() == sex).then_some(relative.number_field)
}

/// The first of the others that has this number too.
fn same<const N: usize>(number: Option<&str>, others: [&Relative<'_>; N]) -> Option<Field> {
    let number = number?;
    let other = others
        .into_iter()
        .find(|other| other.written_number == Some(number))?;
    Some(other.number_field)
}

fn whole<'a>(relative: &Relative<'a>) -> Option<&'a str> {
    relative
        .written_number
        .filter(|text| PersonalNumber::parse(text).is_some())
}

fn is_head(relation: &str) -> bool {
    fold(relation) == "chu ho"
}

/// The sex that a relationship to the head implies. "Ba" isn't here: without tones it is a father or a
/// grandmother.
fn sex_of_relation(relation: &str) -> Option<&'static str> {
    match fold(relation).as_str() {
        "vo" | "me" | "me de" | "me vo" | "me chong" | "ba noi" | "ba ngoai" | "con gai" | "con dau"
        | "chi" | "chi gai" | "em gai" | "chau gai" => Some("F"),
        "chong" | "bo" | "cha" | "bo de" | "bo vo" | "bo chong" | "ong" | "ong noi" | "ong ngoai"
        | "con trai" | "con re" | "anh" | "anh trai" | "em trai" | "chau trai" => Some("M"),
        _ => None,
    }
}
