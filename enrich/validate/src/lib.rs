//! Findings about an event: pure functions over its written and its normalised fields.
//!
//! **Invariant:** no clock, no network, no disk. A finding names a rule and a field, never a value.

mod envelope;
mod person;

use normalise::{Normalised, Values};
use rules::Ruleset;
use schemas::Finding;
use schemas::event::{ApplicationSubmitted, Body, IntakeEvent};

/// Everything the rules find about one event, which came under `key` and has these values.
pub fn event(event: &IntakeEvent, key: Option<&[u8]>, values: &Values, ruleset: &Ruleset) -> Vec<Finding> {
    let mut findings = envelope::findings(event, key);
    if let Body::ApplicationSubmitted(body) = &event.body {
        of_values(body, values, &mut findings);
    }
    ruleset.reweigh(&mut findings);
    findings
}

/// What the rules find about an application by itself, before it is an event of a node.
pub fn application(body: &ApplicationSubmitted, values: &Values, ruleset: &Ruleset) -> Vec<Finding> {
    let mut findings = Vec::new();
    envelope::application(body, &mut findings);
    of_values(body, values, &mut findings);
    ruleset.reweigh(&mut findings);
    findings
}

fn of_values(body: &ApplicationSubmitted, values: &Values, findings: &mut Vec<Finding>) {
    let found = values.found.iter();
    findings.extend(found.map(|(field, rule)| Finding::on(*field, rule.severity, rule.code)));
    person::findings(Normalised::of(&body.applicant, &values.changes), findings);
}
