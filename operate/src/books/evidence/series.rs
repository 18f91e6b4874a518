//! `intake_event` against the set of sequences that each series' ledger has received.

use super::{Contradiction, Found, Part, Rule, by_rule};
use schemas::Epoch;
use sink::DatabaseFault;
use sqlx::PgConnection;

const RULES: &[Rule] = &[
    (
        "without row",
        "intake_event",
        "events that their ledger has received have no row",
    ),
    (
        "without entry",
        "intake_event",
        "rows of events that their ledger has not received",
    ),
    (
        "twice",
        "intake_event",
        "more than one row has its place in the series",
    ),
];

const DIFFERENCES: &str = "
    WITH asked AS (
        SELECT * FROM UNNEST($1::text[], $2::uuid[]) AS asked (node_id, epoch)),
    placed AS (
        SELECT node_id, epoch, LEAST(node_sequence, 9223372036854775806) AS place, count(*) AS rows
          FROM intake_event
          JOIN asked USING (node_id, epoch)
         WHERE outcome IN ('loaded', 'rejected', 'held') AND node_sequence IS NOT NULL
         GROUP BY node_id, epoch, place),
    both_sets AS (
        SELECT node_id, epoch, COALESCE(received, '{}') AS received, COALESCE(placed, '{}') AS placed
          FROM asked
          LEFT JOIN node_ledger USING (node_id, epoch)
          LEFT JOIN (SELECT node_id, epoch, range_agg(int8range(place, place, '[]')) AS placed
                       FROM placed GROUP BY node_id, epoch) AS rows USING (node_id, epoch)),
    difference AS (
        SELECT 'without row' AS rule, node_id, epoch, lower(r) AS first, upper(r) - 1 AS last
          FROM both_sets, unnest(received - placed) AS r
        UNION ALL
        SELECT 'without entry', node_id, epoch, lower(r), upper(r) - 1
          FROM both_sets, unnest(placed - received) AS r
        UNION ALL
        SELECT 'twice', node_id, epoch, place, place FROM placed WHERE rows > 1)
    SELECT rule, node_id || ' epoch ' || epoch || ' sequence ' || first
                 || CASE WHEN last > first THEN ' to ' || last ELSE '' END AS id
      FROM difference
     LIMIT 1001";

/// How the rows of these series, as far as they are in `part`, differ from their ledgers' sets.
pub(in super::super) async fn look(
    conn: &mut PgConnection,
    series: &[(String, Epoch)],
    part: &Part,
) -> Result<Vec<Contradiction>, DatabaseFault> {
    let series: Vec<_> = series.iter().filter(|(node, _)| part.has(node)).collect();
    if series.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Found> = sqlx::query_as(DIFFERENCES)
        .bind(series.iter().map(|(node, _)| node.as_str()).collect::<Vec<_>>())
        .bind(series.iter().map(|(_, epoch)| *epoch).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    Ok(by_rule(&found, RULES))
}
