//! Findings about an event: pure functions over its written and its normalised fields.
//!
//! **Invariant:** no clock, no network, no disk. A finding names a rule and a field, never a value.

mod edition;
mod envelope;
mod facts;
mod family;
mod form;
mod guard;
mod moment;

use facts::Facts;
use guard::guarded;
use normalise::{Context, Date, Normalised, Values};
use rules::catalogue::name;
use rules::{Rule, Ruleset};
use schemas::event::{ApplicationSubmitted, Body, IntakeEvent};
use schemas::match_log::NormalisedValue;
use schemas::{Field, Finding, Timestamp};

/// How an event came in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The record's key.
    pub key: Option<&'a [u8]>,
    /// When the broker appended it: the one clock that isn't a node's.
    pub appended_at: Timestamp,
}

/// What the rules make of an event or of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// The normalised values that differ from the written ones.
    pub changes: Vec<NormalisedValue>,
    /// Everything that was found.
    pub findings: Vec<Finding>,
}

/// Reads and checks one event.
///
/// What needs memory isn't here: sequence, hash chain and copies belong to match, and so does what a node's
/// registration, earlier ids and stages of verification show (`rules::catalogue::history`). Which commune an
/// officer's unit covers stands in no event.
pub fn event(event: &IntakeEvent, arrival: Arrival<'_>, ruleset: &Ruleset) -> Examined {
    let mut findings = Vec::new();
    envelope::findings(event, arrival.key, &mut findings);
    let as_of = moment::of(event, arrival.appended_at, &ruleset.thresholds(), &mut findings);
    examined(&event.body, as_of, ruleset, findings)
}

/// Reads and checks what an event says by itself, before it is a node's event. `as_of` is the day its form
/// was taken, in Viet Nam.
pub fn body(body: &Body, as_of: Option<Date>, ruleset: &Ruleset) -> Examined {
    examined(body, as_of, ruleset, Vec::new())
}

fn examined(body: &Body, as_of: Option<Date>, ruleset: &Ruleset, mut findings: Vec<Finding>) -> Examined {
    let normalised = guarded(|| normalise::of_body(body, as_of, ruleset.thresholds()));
    let mut failed = normalised.is_none();
    let values = normalised.unwrap_or_default();
    envelope::of_body(body, &values.changes, &mut findings);
    if let Body::ApplicationSubmitted(form) = body {
        let found = guarded(|| of_form(form, as_of, &values, ruleset));
        failed |= found.is_none();
        findings.extend(found.into_iter().flatten());
    } else {
        of_values(&values, &mut findings);
    }
    if failed {
        findings.extend(guard::failed(body));
    }
    ruleset.reweigh(&mut findings);
    Examined {
        changes: values.changes,
        findings,
    }
}

fn of_form(
    body: &ApplicationSubmitted,
    as_of: Option<Date>,
    values: &Values,
    ruleset: &Ruleset,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    edition::findings(&body.form_id, &body.form_version, as_of, &mut findings);
    let person = Normalised::of(&body.applicant, &values.changes);
    let said = |field| values.found.iter().any(|&(found, _)| found == field);
    if person.get(Field::FullName).is_none() && !said(Field::FullName) {
        findings.push(on(Field::FullName, &name::MISSING));
    }
    of_values(values, &mut findings);
    let context = Context {
        as_of,
        thresholds: ruleset.thresholds(),
        ..Context::default()
    };
    let facts = Facts::of(body, person, context);
    facts.apply(family::RULES, &mut findings);
    facts.apply(form::RULES, &mut findings);
    findings
}

fn of_values(values: &Values, findings: &mut Vec<Finding>) {
    let found = values.found.iter();
    findings.extend(found.map(|&(field, rule)| on(field, rule)));
}

fn overall(rule: &'static Rule) -> Finding {
    Finding::overall(rule.severity, rule.code)
}

fn on(field: Field, rule: &'static Rule) -> Finding {
    Finding::on(field, rule.severity, rule.code)
}
