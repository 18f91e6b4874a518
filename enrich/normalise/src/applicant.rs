//! A person's fields, each read by its kind.

use crate::{Context, Kind, name};
use rules::catalogue::name as found;
use rules::{Rule, Thresholds};
use schemas::event::{Body, IntakeEvent, VerificationRecorded};
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

/// Reads an event's fields.
pub fn of_event(event: &IntakeEvent, thresholds: Thresholds) -> Values {
    match &event.body {
        Body::ApplicationSubmitted(body) => of_applicant(&body.applicant, thresholds),
        Body::VerificationRecorded(body) => of_applicant(&verified_values(body), thresholds),
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

/// Reads a person's fields. An empty field is no value.
pub fn of_applicant(written: &Applicant, thresholds: Thresholds) -> Values {
    let context = Context {
        thresholds,
        ..Context::default()
    };
    let mut values = Values::default();
    for (field, value) in written.present().filter(|(_, value)| !value.is_empty()) {
        let Some(reading) = Kind::of(field).read_field(value, &context) else {
            continue;
        };
        values
            .found
            .extend(reading.found.iter().map(|rule| (field, *rule)));
        let changed_by = reading.changed_by.join("+");
        if let Some(normal) = reading.value.filter(|normal| normal != value) {
            values.change(field, normal, changed_by);
        }
    }
    other_name(written, &mut values);
    full_name(written, &mut values);
    values
}

impl Values {
    fn change(&mut self, field: Field, value: String, rule: impl Into<String>) {
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
