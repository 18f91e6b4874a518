//! The events whose outcome differs, as entries say them.

use super::super::diff::{Differences, Outcomes};
use crate::reprocessed::{EVENTS, SettledEvent};
use futures_util::TryStreamExt;
use runtime::Fault;
use schemas::Finding;
use schemas::finding::OutcomeKind;
use schemas::match_log::EventReprocessed;
use sink::DatabaseFault;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

pub(super) type Both = (Vec<EventReprocessed>, Vec<EventReprocessed>);

/// The events whose outcome differs, by application: as they go forth, and as they come back.
pub(super) async fn events(
    conn: &mut PgConnection,
    found: &Differences,
) -> Result<HashMap<Uuid, Both>, Fault> {
    let outcomes: HashMap<i64, &Outcomes> = found
        .outcomes
        .iter()
        .map(|one| (one.event_sequence, one))
        .collect();
    let sequences: Vec<i64> = outcomes.keys().copied().collect();
    let mut by_application: HashMap<Uuid, Both> = HashMap::new();
    let mut rows = sqlx::query_as::<_, SettledEvent>(EVENTS)
        .bind(&sequences)
        .fetch(conn);
    while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
        let Some(outcomes) = outcomes.get(&row.sequence) else {
            continue;
        };
        let (before, after) = Outcome::both(outcomes)?;
        let reprocessed =
            |from: &Outcome, to: &Outcome| row.reprocessed(from.kind, to.kind, to.findings.clone());
        let of = by_application.entry(row.application_id).or_default();
        of.0.push(reprocessed(&before, &after)?);
        of.1.push(reprocessed(&after, &before)?);
    }
    Ok(by_application)
}

struct Outcome {
    kind: OutcomeKind,
    findings: Vec<Finding>,
}

impl Outcome {
    /// Both outcomes of an event.
    fn both(of: &Outcomes) -> Result<(Self, Self), Fault> {
        let outcome = |kind: &str, findings: Option<&str>| -> Result<Self, Fault> {
            let unlike = |_| Fault::fatal("an outcome is another version's");
            Ok(Self {
                kind: serde_json::from_value(kind.into()).map_err(unlike)?,
                findings: findings
                    .map_or(Ok(Vec::new()), serde_json::from_str)
                    .map_err(unlike)?,
            })
        };
        Ok((
            outcome(&of.before, of.found_before.as_deref())?,
            outcome(&of.after, of.found_after.as_deref())?,
        ))
    }
}
