//! Findings about an event: pure functions over its written and its normalised fields.
//!
//! **Invariant:** no clock, no network, no disk. A finding names a rule and a field, never a value.

mod envelope;
mod person;

use normalise::Normalised;
use schemas::Finding;
use schemas::event::{Body, IntakeEvent};
use schemas::match_log::NormalisedValue;

/// Everything the rules find about one event, which came under `key`.
pub fn event(event: &IntakeEvent, key: Option<&[u8]>, changes: &[NormalisedValue]) -> Vec<Finding> {
    let mut findings = envelope::findings(event, key);
    if let Body::ApplicationSubmitted(body) = &event.body {
        person::findings(
            &body.applicant,
            Normalised::of(&body.applicant, changes),
            &mut findings,
        );
    }
    findings
}
