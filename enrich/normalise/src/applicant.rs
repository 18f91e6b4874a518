//! A person's fields, each read by its kind.

use crate::{Context, Date, Kind, name, place, residence};
use rules::catalogue::{date, name as found, number, phone};
use rules::{Reading, Rule, Thresholds};
use schemas::event::{Body, VerificationRecorded};
use schemas::match_log::NormalisedValue;
use schemas::{Applicant, Field, Personal};

/// What the rules make of a person's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The normalised values that differ from the written ones.
    pub changes: Vec<NormalisedValue>,
    /// What was found, field by field.
    pub found: Vec<(Field, &'static Rule)>,
}

/// Reads the fields that an event states, as of the day its form was taken.
pub fn of_body(body: &Body, as_of: Option<Date>, thresholds: Thresholds) -> Values {
    match body {
        Body::ApplicationSubmitted(body) => of_applicant(&body.applicant, as_of, thresholds),
        Body::VerificationRecorded(body) => of_applicant(&verified_values(body), as_of, thresholds),
        Body::ApplicationWithdrawn(_) | Body::EventWithheld(_) => Values::default(),
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

/// Reads a person's fields, as of the day the form was taken. An empty field is no value.
pub fn of_applicant(written: &Applicant, as_of: Option<Date>, thresholds: Thresholds) -> Values {
    let form = Context {
        as_of,
        thresholds,
        ..Context::default()
    };
    let mut values = Values::default();
    let given = |field| written.get(field).filter(|value| !value.is_empty());
    for (field, value) in written.present().filter(|(_, value)| !value.is_empty()) {
        if !is_own_number(field) && !residence::is_commune(field) {
            values.read(field, value, &form);
        }
    }
    let birth_province = given(Field::BirthProvince).and_then(|text| place::province_then(text, as_of));
    let (sex, born) = {
        let person = Normalised::of(written, &values.changes);
        let sex = person.get(Field::Sex).map(str::to_owned);
        (sex, person.get(Field::DateOfBirth).and_then(Date::parse))
    };
    let person = Context {
        date_of_birth: born,
        sex: sex.as_deref(),
        birth_province: birth_province.as_deref(),
        ..form
    };
    for field in [Field::PersonalNumber, Field::OldNumber] {
        if let Some(value) = given(field) {
            values.read(field, value, &person);
        }
    }
    residence::read(written, &person, &mut values);
    other_name(written, &mut values);
    full_name(written, &mut values);
    values
}

/// Numbers that are read with what is known of their owner.
const fn is_own_number(field: Field) -> bool {
    matches!(field, Field::PersonalNumber | Field::OldNumber)
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

impl Values {
    fn read(&mut self, field: Field, value: &str, context: &Context<'_>) {
        if let Some(reading) = Kind::of(field).read_field(value, context) {
            self.take(field, value, reading);
        }
    }

    /// Takes over what was read of a field.
    pub(crate) fn take(&mut self, field: Field, written: &str, reading: Reading) {
        let found = reading.found.iter();
        self.found
            .extend(found.map(|rule| (field, on_a_form(field, rule))));
        if let Some(normal) = reading.value.filter(|normal| normal != written) {
            self.change(field, normal, reading.changed_by.join("+"));
        }
    }

    pub(crate) fn change(&mut self, field: Field, value: String, rule: impl Into<String>) {
        self.changes.push(NormalisedValue {
            field,
            value: Personal::new(value),
            rule: rule.into(),
        });
    }
}

/// Another name that stood beside the full one, where its own field is empty.
fn other_name(written: &Applicant, values: &mut Values) {
    let beside = values.found.contains(&(Field::FullName, &found::OTHER_NAME));
    let own = written.get(Field::OtherName).is_some_and(|name| !name.is_empty());
    if beside
        && !own
        && let Some(other) = written
            .get(Field::FullName)
            .and_then(|full| name::read(full).other)
    {
        values.change(Field::OtherName, other, "name.apart");
    }
}

/// The full name of a person whose form has it in three fields; where it has both, they must agree.
fn full_name(written: &Applicant, values: &mut Values) {
    let person = Normalised::of(written, &values.changes);
    let part = |field| person.get(field).filter(|part| !part.is_empty());
    let (Some(surname), Some(given)) = (part(Field::Surname), part(Field::GivenName)) else {
        return;
    };
    let parts = [Some(surname), part(Field::MiddleName), Some(given)];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match part(Field::FullName) {
        None => values.change(Field::FullName, joined, "name.joined"),
        Some(full) if full != joined => values.found.push((Field::FullName, &found::PARTS_DISAGREE)),
        Some(_) => {}
    }
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

    /// The normalised value of a field, where there is one that isn't empty.
    pub fn get(self, field: Field) -> Option<&'a str> {
        let changed = self.changes.iter().rfind(|change| change.field == field);
        let value = match changed {
            Some(change) => Some(change.value.expose().as_str()),
            None => self.written.get(field),
        };
        value.filter(|value| !value.is_empty())
    }
}
