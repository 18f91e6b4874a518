//! What is held, as the register has it.

use chrono::{DateTime, Utc};
use schemas::{Finding, Severity};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

/// An event that waits. Held at first or by a later step: whatever else became of it has another outcome now.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct Held {
    /// The step of match that held it first.
    pub(super) sequence: i64,
    /// `application`, `verification` or `withdrawal`.
    pub(super) kind: String,
    pub(super) application_id: Option<Uuid>,
    pub(super) revision: Option<i32>,
    pub(super) province: Option<String>,
    pub(super) node_id: Option<String>,
    pub(super) ruleset: Option<String>,
    pub(super) since: DateTime<Utc>,
    /// All of them; those that hold it are `hold`.
    pub(super) findings: Json<Vec<Finding>>,
}

/// The oldest first; see [`super::which::Which::read`] for what is bound.
pub(super) const HELD: &str = "
      WITH waiting AS (
           SELECT e.sequence
             FROM intake_event e
            WHERE e.outcome = 'held' AND NOT EXISTS (SELECT FROM event_outcome o WHERE o.event_sequence = e.sequence)
            UNION ALL
           SELECT event_sequence FROM event_outcome WHERE outcome = 'held')
    SELECT e.sequence, e.kind::text AS kind, e.application_id, e.revision, e.province, e.node_id, e.ruleset,
           e.matched_at AS since, COALESCE(o.findings, e.findings, '[]') AS findings
      FROM waiting
      JOIN intake_event e USING (sequence)
      LEFT JOIN event_outcome o ON o.event_sequence = e.sequence
     WHERE ($1::text IS NULL OR COALESCE(o.findings, e.findings, '[]')
                                @> jsonb_build_array(jsonb_build_object('code', $1, 'severity', 'hold')))
       AND ($2::text IS NULL OR e.province = $2)
       AND ($3::text IS NULL OR e.node_id = $3)
       AND ($4::uuid IS NULL OR e.application_id = $4)
       AND ($5::integer IS NULL OR e.matched_at < now() - make_interval(days => $5))
     ORDER BY e.sequence
     LIMIT $6";

impl Held {
    /// The findings that hold it.
    pub(super) fn holding(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Hold)
    }

    /// Their codes, each once.
    pub(super) fn codes(&self) -> Vec<String> {
        let mut codes: Vec<String> = self.holding().map(|finding| finding.code.clone()).collect();
        codes.sort();
        codes.dedup();
        codes
    }
}
