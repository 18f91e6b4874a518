//! `node_ledger`: the books of each node and epoch.

use super::moment;
use super::table::Written;
use crate::fault::DatabaseFault;
use schemas::change::LedgerState;
use schemas::{Epoch, NodeId, Timestamp};
use sqlx::PgConnection;

/// What a batch says of one `(node, epoch)`.
#[derive(Default)]
pub(crate) struct LedgerRow<'a> {
    /// Step and counts of the latest state; none when no step of the batch carried one.
    pub latest: Option<(i64, LedgerState)>,
    pub province: Option<&'a str>,
    /// Sequences of this batch's events, in any order, repeated or not.
    pub received: Vec<i64>,
    pub last_appended_at: Option<Timestamp>,
}

impl LedgerRow<'_> {
    /// Takes a state over, unless a later one is known.
    pub(crate) fn note(&mut self, state: Option<(i64, LedgerState)>) {
        let step = |state: Option<(i64, LedgerState)>| state.map(|(step, _)| step);
        if step(self.latest) < step(state) {
            self.latest = state;
        }
    }
}

// `received` is a union and the rest the latest state, so the order in which partitions are loaded
// makes no difference.
const UPSERT: &str = "
    INSERT INTO node_ledger AS stored
           (node_id, epoch, sequence, province, received, loaded, rejected, held, copies, conflicts, broken_links,
            last_appended_at)
    SELECT node_id, epoch, sequence, province, received::int8multirange, loaded, rejected, held, copies, conflicts,
           broken_links, last_appended_at::timestamptz
      FROM UNNEST($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                  $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
        AS new (node_id, epoch, sequence, province, received, loaded, rejected, held, copies, conflicts,
                broken_links, last_appended_at)
    ON CONFLICT (node_id, epoch) DO UPDATE
       SET received = stored.received + EXCLUDED.received,
           last_appended_at = GREATEST(stored.last_appended_at, EXCLUDED.last_appended_at),
           province = GREATEST(stored.province, EXCLUDED.province),
           sequence = GREATEST(stored.sequence, EXCLUDED.sequence),
           loaded = CASE WHEN stored.sequence < EXCLUDED.sequence THEN EXCLUDED.loaded ELSE stored.loaded END,
           rejected = CASE WHEN stored.sequence < EXCLUDED.sequence THEN EXCLUDED.rejected ELSE stored.rejected END,
           held = CASE WHEN stored.sequence < EXCLUDED.sequence THEN EXCLUDED.held ELSE stored.held END,
           copies = CASE WHEN stored.sequence < EXCLUDED.sequence THEN EXCLUDED.copies ELSE stored.copies END,
           conflicts = CASE WHEN stored.sequence < EXCLUDED.sequence THEN EXCLUDED.conflicts ELSE stored.conflicts END,
           broken_links = CASE WHEN stored.sequence < EXCLUDED.sequence THEN EXCLUDED.broken_links ELSE stored.broken_links END";

/// Writes ledgers, sorted by node and epoch.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[((&NodeId, Epoch), LedgerRow<'_>)],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let count = |of: fn(&LedgerState) -> i64| {
        rows.iter()
            .map(|(_, row)| row.latest.as_ref().map_or(0, |(_, state)| of(state)))
            .collect::<Vec<_>>()
    };
    let changed = sqlx::query(UPSERT)
        .bind(
            rows.iter()
                .map(|((node, _), _)| node.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|((_, epoch), _)| *epoch).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|(_, row)| row.latest.map_or(0, |(step, _)| step))
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|(_, row)| row.province).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|(_, row)| multirange(&row.received))
                .collect::<Vec<_>>(),
        )
        .bind(count(|state| state.loaded))
        .bind(count(|state| state.rejected))
        .bind(count(|state| state.held))
        .bind(count(|state| state.copies))
        .bind(count(|state| state.conflicts))
        .bind(count(|state| state.broken_links))
        .bind(
            rows.iter()
                .map(|(_, row)| row.last_appended_at.map(moment))
                .collect::<Vec<_>>(),
        )
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}

/// Sequences as PostgreSQL writes a multirange: `{[1,4),[7,8)}`.
fn multirange(sequences: &[i64]) -> String {
    let mut sorted = sequences.to_vec();
    sorted.sort_unstable();
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for sequence in sorted {
        match ranges.last_mut() {
            Some((_, end)) if sequence <= *end => *end = (*end).max(sequence.saturating_add(1)),
            _ => ranges.push((sequence, sequence.saturating_add(1))),
        }
    }
    let ranges: Vec<String> = ranges.iter().map(|(from, to)| format!("[{from},{to})")).collect();
    format!("{{{}}}", ranges.join(","))
}

#[cfg(test)]
mod tests {
    use super::multirange;

    #[test]
    fn sequences_become_the_fewest_ranges() {
        for (sequences, ranges) in [
            (&[][..], "{}"),
            (&[1], "{[1,2)}"),
            (&[3, 1, 2, 2], "{[1,4)}"),
            (&[7, 1, 2], "{[1,3),[7,8)}"),
        ] {
            assert_eq!(multirange(sequences), ranges);
        }
    }
}
