//! The proof of the ledgers: every event's own row, counted by series.

use super::ledger::Ledger;
use schemas::Epoch;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the events' own rows say of one series.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub(super) struct Counted {
    pub(super) loaded: i64,
    pub(super) rejected: i64,
    pub(super) held: i64,
    pub(super) copies: i64,
    pub(super) conflicts: i64,
    /// Sum of the sequences of the first three, a whole number.
    sequences: String,
}

#[derive(FromRow)]
struct CountedRow {
    node_id: String,
    epoch: Uuid,
    #[sqlx(flatten)]
    counted: Counted,
}

const COUNT: &str = "
    SELECT node_id, epoch,
           count(*) FILTER (WHERE outcome = 'loaded') AS loaded,
           count(*) FILTER (WHERE outcome = 'rejected') AS rejected,
           count(*) FILTER (WHERE outcome = 'held') AS held,
           count(*) FILTER (WHERE outcome = 'copy') AS copies,
           count(*) FILTER (WHERE outcome = 'conflict') AS conflicts,
           COALESCE(sum(node_sequence) FILTER (WHERE outcome IN ('loaded', 'rejected', 'held')), 0)::text AS sequences
      FROM event_outcome_current
     WHERE node_id IS NOT NULL AND epoch IS NOT NULL
     GROUP BY node_id, epoch";

/// Every event's row, counted by node and epoch.
pub(super) type Counts = BTreeMap<(String, Epoch), Counted>;

pub(super) async fn count(conn: &mut PgConnection) -> Result<Counts, DatabaseFault> {
    let rows: Vec<CountedRow> = sqlx::query_as(COUNT).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.node_id, row.epoch), row.counted))
        .collect())
}

/// The series whose rows can't be those of the events that their ledger received. The ledger's set moves
/// in the transaction of the rows, so the two are alike at any moment.
pub(super) fn unlike(counts: &Counts, ledgers: &[(String, Ledger)]) -> Vec<(String, Epoch)> {
    let mut unlike: Vec<(String, Epoch)> = Vec::new();
    let mut known = BTreeMap::new();
    for (_, ledger) in ledgers {
        known.insert((ledger.node_id.to_string(), ledger.epoch), &ledger.received);
    }
    for (series, received) in &known {
        let rows = counts.get(series).cloned().unwrap_or_default();
        let placed = rows.loaded + rows.rejected + rows.held;
        if placed != received.count() || rows.sequences.parse() != Ok(received.sum()) && placed > 0 {
            unlike.push(series.clone());
        }
    }
    let without_ledger = counts.keys().filter(|series| !known.contains_key(series));
    unlike.extend(without_ledger.cloned());
    unlike
}
