//! normalise and validate alone, on one core: whole forms, and what each group of rules costs.

use crate::load::Load;
use crate::report::{Report, Row};
use anyhow::Result;
use normalise::{Date, Kind};
use rules::{Ruleset, Thresholds};
use schemas::event::ApplicationSubmitted;
use schemas::{Applicant, Body, Field};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Applications that are read again and again: more would not stay in the processor's caches, nor do an
/// evening's forms.
const FORMS: usize = 50_000;
/// Each measurement is taken so often, and the quickest counts: what else runs only adds.
const ROUNDS: usize = 5;

/// Groups of rules by the kinds of values they read. A place is read with its address.
const GROUPS: &[(&str, &[&str])] = &[
    ("texts", &["text"]),
    ("names", &["full_name", "other_person", "name_part"]),
    ("dates", &["date"]),
    ("numbers", &["personal_number", "old_number", "passport_number"]),
    ("phones", &["phone"]),
    ("places", &["province", "commune"]),
    (
        "lists",
        &[
            "sex",
            "ethnicity",
            "religion",
            "nationality",
            "relationship",
            "marital_status",
            "education",
            "occupation",
            "blood_type",
        ],
    ),
];

const ADDRESSES: [Field; 4] = [
    Field::BirthPlace,
    Field::HomeTown,
    Field::PermanentAddress,
    Field::CurrentAddress,
];

/// Measures whole forms and each group.
///
/// # Errors
/// When the load is wrong, which is a bug.
pub fn measure(load: &Load, report: &mut Report) -> Result<()> {
    let bodies: Vec<Body> = load.bodies().take(FORMS).collect::<Result<_>>()?;
    let persons: Vec<&Applicant> = bodies.iter().filter_map(person).collect();
    let fields: usize = persons.iter().map(|person| person.present().count()).sum();
    report.say(&format!(
        "{} forms with {:.1} fields each on average",
        persons.len(),
        fields as f64 / persons.len() as f64
    ));
    let ruleset = Ruleset::default();
    let as_of = Date::of_day(2024, 8, 1);
    let mut row = |what: String, took: Duration| {
        report.add(Row {
            what,
            records: bodies.len() as u64,
            took,
            cost: vec![("rules".to_owned(), took)],
            ..Row::default()
        });
    };
    let whole = quickest(|| {
        for body in &bodies {
            black_box(validate::body(body, as_of, &ruleset));
        }
    });
    row("rules: normalise and validate".to_owned(), whole);
    let normalise = |persons: &[Applicant]| {
        quickest(|| {
            for person in persons {
                black_box(normalise::of_applicant(person, as_of, Thresholds::default()));
            }
        })
    };
    let all: Vec<Applicant> = persons.iter().map(|person| (*person).clone()).collect();
    let of_values = normalise(&all);
    for (group, kinds) in GROUPS {
        let only: Vec<Applicant> = persons.iter().map(|person| only(person, kinds)).collect();
        row(format!("rules: {group}"), normalise(&only));
    }
    let between_fields = whole.saturating_sub(of_values);
    row("rules: between fields, envelope".to_owned(), between_fields);
    Ok(())
}

fn person(body: &Body) -> Option<&Applicant> {
    match body {
        Body::ApplicationSubmitted(ApplicationSubmitted { applicant, .. }) => Some(applicant),
        _ => None,
    }
}

/// The fields of these kinds alone.
fn only(person: &Applicant, kinds: &[&str]) -> Applicant {
    let mut only = Applicant::default();
    for (field, value) in person.present() {
        let kind = if ADDRESSES.contains(&field) {
            "commune"
        } else {
            Kind::of(field).name
        };
        let wanted = kinds.contains(&kind);
        if wanted {
            only.set(field, Some(value.to_owned()));
        }
    }
    only
}

fn quickest(mut run: impl FnMut()) -> Duration {
    let mut rounds = (0..ROUNDS).map(|_| {
        let started = Instant::now();
        run();
        started.elapsed()
    });
    let first = rounds.next().unwrap_or_default();
    rounds.fold(first, Duration::min)
}
