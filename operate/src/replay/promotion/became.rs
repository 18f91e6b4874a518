//! What became of entries that were sent, and whether they may be sent at all.

use super::super::diff::Differences;
use super::super::store::Replay;
use schemas::Sha256;
use schemas::finding::OutcomeKind;
use sink::DatabaseFault;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use uuid::Uuid;

/// What match made of entries: how many it carried out, and the reason codes of those it refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::replay) struct Became {
    pub(in crate::replay) settled: usize,
    pub(in crate::replay) carried_out: BTreeSet<Uuid>,
    pub(in crate::replay) refused: BTreeMap<String, usize>,
}

const BECAME: &str = "
    SELECT event_id, outcome::text, COALESCE(findings -> 0 ->> 'code', '') FROM intake_event
     WHERE kind IN ('application_reprocessed', 'rules_activated') AND sequence > $2 AND event_id = ANY ($1)";

/// Asks the register what became of entries, of steps behind `step`.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(in crate::replay) async fn became(
    conn: &mut PgConnection,
    ids: &[Uuid],
    step: i64,
) -> Result<Became, DatabaseFault> {
    let rows: Vec<(Uuid, String, String)> = sqlx::query_as(BECAME)
        .bind(ids)
        .bind(step)
        .fetch_all(conn)
        .await?;
    let mut became = Became {
        settled: rows.len(),
        ..Became::default()
    };
    for (id, outcome, code) in rows {
        if outcome == OutcomeKind::Recorded.name() {
            became.carried_out.insert(id);
        } else {
            *became.refused.entry(code).or_default() += 1;
        }
    }
    Ok(became)
}

/// Why what differs now may not be promoted: every difference must be among those that were approved. Of a rebuild some may
/// be gone, as the register has changed there since.
pub(in crate::replay) fn objection(replay: &Replay, found: &Differences) -> Option<String> {
    let Some(approval) = &replay.approval else {
        return Some("nobody has approved it: somebody else runs `intakectl replay approve`".to_owned());
    };
    if Sha256::of(&approval.lines).0.as_slice() != approval.diff_hash {
        return Some("what was approved was changed in the register since: plan it anew".to_owned());
    }
    let approved: HashSet<&[u8]> = approval.lines.chunks(32).collect();
    let is_new = found.lines().any(|line| !approved.contains(line.0.as_slice()));
    is_new.then(|| {
        format!(
            "something differs now that {} has not approved: plan it anew",
            approval.approved_by
        )
    })
}
