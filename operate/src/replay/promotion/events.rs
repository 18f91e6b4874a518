//! The events whose outcome differs, as entries say them.

use super::super::diff::{Differences, Outcomes};
use futures_util::TryStreamExt;
use runtime::Fault;
use schemas::finding::OutcomeKind;
use schemas::match_log::EventReprocessed;
use schemas::{Finding, NodeId};
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(FromRow)]
struct EventRow {
    sequence: i64,
    application_id: Uuid,
    event_id: Uuid,
    node_id: String,
    epoch: Uuid,
    node_sequence: i64,
    province: String,
    revision: Option<i32>,
    entry: Option<Vec<u8>>,
}

const EVENTS: &str = "
    SELECT e.sequence, e.application_id, e.event_id, e.node_id, e.epoch, e.node_sequence, e.province, e.revision, h.entry
      FROM intake_event e LEFT JOIN held_event h ON h.event_sequence = e.sequence
     WHERE e.sequence = ANY ($1)";

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
    let mut rows = sqlx::query_as::<_, EventRow>(EVENTS).bind(&sequences).fetch(conn);
    while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
        let Some(outcomes) = outcomes.get(&row.sequence) else {
            continue;
        };
        let (before, after) = Outcome::both(outcomes)?;
        let reprocessed = |from: &Outcome, to: &Outcome| -> Result<EventReprocessed, Fault> {
            let waits_again = to.kind == OutcomeKind::Held && row.revision.is_none();
            Ok(EventReprocessed {
                event_sequence: row.sequence,
                event_id: row.event_id,
                node_id: NodeId::parse(&row.node_id).map_err(|wrong| Fault::fatal(wrong.to_string()))?,
                epoch: schemas::Epoch::from(row.epoch),
                node_sequence: row.node_sequence,
                province: row.province.clone(),
                revision: row.revision,
                before: from.kind,
                outcome: to.kind,
                findings: to.findings.clone(),
                entry: row.entry.clone().filter(|_| waits_again).unwrap_or_default(),
            })
        };
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
