//! What a form says of its people, parsed once for all rules.

use crate::on;
use normalise::number::PersonalNumber;
use normalise::{Context, Date, Normalised};
use rules::Rule;
use schemas::event::ApplicationSubmitted;
use schemas::{Field, Finding};

/// A rule over several fields: the field to name where it finds something.
pub(crate) type CrossRule = (&'static Rule, fn(&Facts<'_>) -> Option<Field>);

/// What a form says of its people, parsed once for all rules.
pub(crate) struct Facts<'a> {
    pub body: &'a ApplicationSubmitted,
    pub person: Normalised<'a>,
    /// With the applicant's own facts.
    pub context: Context<'a>,
    pub born: Option<Date>,
    pub number: Option<PersonalNumber>,
    pub father: Relative<'a>,
    pub mother: Relative<'a>,
    pub spouse: Relative<'a>,
    pub guardian: Relative<'a>,
    pub head: Relative<'a>,
}

/// What a form says of somebody beside the applicant.
pub(crate) struct Relative<'a> {
    pub number_field: Field,
    pub written_number: Option<&'a str>,
    pub number: Option<PersonalNumber>,
    /// The date of birth, with the field it stands in, or its year from the number.
    pub born: Option<(Field, Date)>,
}

impl<'a> Facts<'a> {
    pub fn of(body: &'a ApplicationSubmitted, person: Normalised<'a>, context: Context<'a>) -> Self {
        let relative = |number, born| Relative::of(person, number, born);
        let born = given(person, Field::DateOfBirth).and_then(Date::parse);
        Self {
            body,
            person,
            context: Context {
                date_of_birth: born,
                sex: given(person, Field::Sex),
                birth_province: given(person, Field::BirthProvince),
                ..context
            },
            born,
            number: given(person, Field::PersonalNumber).and_then(PersonalNumber::parse),
            father: relative(Field::FatherNumber, Some(Field::FatherDateOfBirth)),
            mother: relative(Field::MotherNumber, Some(Field::MotherDateOfBirth)),
            spouse: relative(Field::SpouseNumber, None),
            guardian: relative(Field::GuardianNumber, None),
            head: relative(Field::HouseholdHeadNumber, None),
        }
    }

    /// The normalised value of a field that isn't empty.
    pub fn given(&self, field: Field) -> Option<&'a str> {
        given(self.person, field)
    }

    /// The applicant's sex, as the form has it or else the number.
    pub fn sex(&self) -> Option<&str> {
        let written = self.context.sex.filter(|sex| matches!(*sex, "M" | "F"));
        written.or_else(|| self.number.map(PersonalNumber::sex))
    }

    pub fn apply(&self, rules: &[CrossRule], findings: &mut Vec<Finding>) {
        for (rule, find) in rules {
            findings.extend(find(self).map(|field| on(field, rule)));
        }
    }
}

impl<'a> Relative<'a> {
    fn of(person: Normalised<'a>, number_field: Field, birth_field: Option<Field>) -> Self {
        let written_number = given(person, number_field);
        let number = written_number.and_then(PersonalNumber::parse);
        let written = |field| Some((field, Date::parse(given(person, field)?)?));
        let of_number = || Some((number_field, Date::of_year(number?.birth_year())));
        Self {
            number_field,
            written_number,
            number,
            born: birth_field.and_then(written).or_else(of_number),
        }
    }
}

fn given(person: Normalised<'_>, field: Field) -> Option<&str> {
    person.get(field)
}
