//! Findings about an event: pure functions over its written and its normalised fields.
//!
//! **Invariant:** no clock, no network, no disk. A finding names a rule and a field, never a value.

mod edition;
mod envelope;
mod facts;
mod family;
mod form;
mod moment;
mod values;

use facts::Facts;
use normalise::{Context, Normalised};
use rules::{Rule, Thresholds};
use schemas::event::{Body, IntakeEvent};
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

/// Everything the rules find about one event.
///
/// What needs memory isn't here: sequence, hash chain, copies and the order of verification stages belong
/// to match, which also knows the province a node is registered in. Which commune an officer's unit covers
/// stands in no event.
pub fn event(event: &IntakeEvent, arrival: Arrival<'_>, changes: &[NormalisedValue]) -> Vec<Finding> {
    let thresholds = Thresholds::default();
    let mut findings = Vec::new();
    envelope::findings(event, arrival.key, changes, &mut findings);
    let as_of = moment::of(event, arrival.appended_at, &thresholds, &mut findings);
    if let Body::ApplicationSubmitted(body) = &event.body {
        edition::findings(&body.form_id, &body.form_version, as_of, &mut findings);
        let person = Normalised::of(&body.applicant, changes);
        let context = Context {
            as_of,
            thresholds,
            ..Context::default()
        };
        let facts = Facts::of(body, person, context);
        values::findings(&facts, &mut findings);
        facts.apply(family::RULES, &mut findings);
        facts.apply(form::RULES, &mut findings);
    }
    findings
}

fn overall(rule: &'static Rule) -> Finding {
    Finding::overall(rule.severity, rule.code)
}

fn on(field: Field, rule: &'static Rule) -> Finding {
    Finding::on(field, rule.severity, rule.code)
}
