//! A rule that panics is our own bug: no reason to lose an application, nor to stop those behind it.

use crate::{on, overall};
use rules::catalogue::envelope::RULES_FAILED;
use schemas::Finding;
use schemas::event::Body;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What rules give; `None` if they panicked.
pub(crate) fn guarded<T>(rules: impl FnOnce() -> T) -> Option<T> {
    // What they were to give is gone with them, and they change nothing else.
    catch_unwind(AssertUnwindSafe(rules)).ok()
}

/// What is found of an event that rules panicked on: an application is held, and no value of a verification
/// is taken over.
pub(crate) fn failed(body: &Body) -> Vec<Finding> {
    match body {
        Body::VerificationRecorded(body) => {
            let fields = body.findings.iter().map(|verified| verified.field);
            fields.map(|field| on(field, &RULES_FAILED)).collect()
        }
        Body::ApplicationSubmitted(_) | Body::ApplicationWithdrawn(_) | Body::EventWithheld(_) => {
            vec![overall(&RULES_FAILED)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::event::{FieldVerification, VerificationFinding, VerificationRecorded};
    use schemas::{Field, Severity};

    #[test]
    fn a_panic_is_nothing_found() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> i32 { panic!("a rule's mistake") }), None);
    }

    #[test]
    fn every_verified_field_is_in_doubt() {
        let verified = |field| FieldVerification {
            field,
            finding: VerificationFinding::Confirmed,
            value: None,
        };
        let body = Body::VerificationRecorded(VerificationRecorded {
            application_id: Default::default(),
            stage: 1,
            officer: "011-234".to_owned(),
            findings: vec![verified(Field::Sex), verified(Field::Phone)],
        });
        let expected =
            [Field::Sex, Field::Phone].map(|field| Finding::on(field, Severity::Hold, RULES_FAILED.code));
        assert_eq!(failed(&body), expected);
    }
}
