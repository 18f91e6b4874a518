//! Events that end otherwise, or for other reasons.

use super::difference::{Difference, Kind};
use schemas::Finding;
use sqlx::FromRow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An event with both of its outcomes, and what was found for each.
#[derive(Debug, FromRow)]
pub struct Outcomes {
    pub(in crate::replay) event_sequence: i64,
    pub(in crate::replay) application_id: Option<Uuid>,
    pub(in crate::replay) before: String,
    pub(in crate::replay) after: String,
    pub(in crate::replay) found_before: Option<String>,
    pub(in crate::replay) found_after: Option<String>,
}

pub(super) fn difference(row: &Outcomes) -> Difference {
    let (was, is) = (
        codes(row.found_before.as_deref()),
        codes(row.found_after.as_deref()),
    );
    let gone = was.difference(&is).map(|code| format!("-{code}"));
    let come = is.difference(&was).map(|code| format!("+{code}"));
    Difference {
        application_id: row.application_id,
        event_sequence: Some(row.event_sequence),
        codes: gone.chain(come).collect(),
        before: Some(row.before.clone()),
        after: Some(row.after.clone()),
        ..Difference::of(Kind::OutcomeChanged)
    }
}

/// Reason codes, with the field that each is about.
fn codes(findings: Option<&str>) -> BTreeSet<String> {
    let findings: Vec<Finding> = findings
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let told = findings.into_iter().map(|found| match found.field {
        Some(field) => format!("{} {}", found.code, field.name()),
        None => found.code,
    });
    told.collect()
}
