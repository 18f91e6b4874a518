//! Which missing ranges operate has given up: those that lay where positions were skipped.

use super::report::MissingRange;
use schemas::control::PositionSkipped;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Ranges looked up at once. More than these stay missing.
const MOST_RANGES: usize = 10_000;

/// Sequences given up, by node and epoch.
pub(super) type Skipped = BTreeMap<(String, Uuid), Vec<(i64, i64)>>;

/// Where an event stood in its source topic.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
struct NeighbourRow {
    node_id: String,
    epoch: Uuid,
    node_sequence: i64,
    partition: i32,
    source_offset: i64,
}

const NEIGHBOURS: &str = "
    SELECT e.node_id, e.epoch, e.node_sequence, e.partition, e.source_offset
      FROM intake_event AS e
      JOIN UNNEST($1::text[], $2::uuid[], $3::bigint[]) AS asked (node_id, epoch, node_sequence)
           USING (node_id, epoch, node_sequence)
     WHERE e.outcome NOT IN ('copy', 'conflict') AND e.partition IS NOT NULL AND e.source_offset IS NOT NULL";

/// The ranges of `missing`, events of `topic`, that lay where `skips` are.
pub(super) async fn find(
    conn: &mut PgConnection,
    topic: &str,
    missing: &[MissingRange],
    skips: &[PositionSkipped],
) -> Result<Skipped, DatabaseFault> {
    let mut found = Skipped::new();
    let skips: Vec<&PositionSkipped> = skips.iter().filter(|skip| skip.topic == topic).collect();
    if skips.is_empty() || missing.is_empty() {
        return Ok(found);
    }
    let missing = &missing[..missing.len().min(MOST_RANGES)];
    let ends = || {
        missing.iter().flat_map(|range| {
            [
                (range, range.first.saturating_sub(1)),
                (range, range.last.saturating_add(1)),
            ]
        })
    };
    let neighbours: Vec<NeighbourRow> = sqlx::query_as(NEIGHBOURS)
        .bind(ends().map(|(range, _)| range.node_id.clone()).collect::<Vec<_>>())
        .bind(ends().map(|(range, _)| range.epoch).collect::<Vec<_>>())
        .bind(ends().map(|(_, sequence)| sequence).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    for range in missing {
        let of = |sequence: i64| {
            neighbours.iter().find(|row| {
                row.node_id == range.node_id && row.epoch == range.epoch && row.node_sequence == sequence
            })
        };
        if lay_where(
            of(range.first.saturating_sub(1)),
            of(range.last.saturating_add(1)),
            &skips,
        ) {
            let key = (range.node_id.clone(), range.epoch);
            found.entry(key).or_default().push((range.first, range.last));
        }
    }
    Ok(found)
}

/// Whether something skipped lay between the events before and after a range.
fn lay_where(
    before: Option<&NeighbourRow>,
    after: Option<&NeighbourRow>,
    skips: &[&PositionSkipped],
) -> bool {
    let partition = before.or(after).map(|row| row.partition);
    let from = before.map_or(0, |row| row.source_offset.saturating_add(1));
    let to = after.map_or(i64::MAX, |row| row.source_offset);
    skips.iter().any(|skip| {
        partition.is_none_or(|number| number == skip.partition) && skip.from < to && skip.to > from
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_given_up_where_positions_between_its_neighbours_were_skipped() {
        let at = |partition, source_offset| NeighbourRow {
            node_id: "dien-bien-01".to_owned(),
            epoch: Uuid::nil(),
            node_sequence: 1,
            partition,
            source_offset,
        };
        let skip = PositionSkipped {
            topic: "t".to_owned(),
            partition: 0,
            from: 10,
            to: 20,
        };
        for (before, after, expected) in [
            (Some(at(0, 5)), Some(at(0, 25)), true),
            (Some(at(0, 9)), Some(at(0, 20)), true),
            (Some(at(0, 15)), None, true),
            (None, Some(at(0, 11)), true),
            (None, None, true),
            (Some(at(0, 2)), Some(at(0, 10)), false),
            (Some(at(0, 19)), None, false),
            (Some(at(1, 5)), Some(at(1, 25)), false),
        ] {
            assert_eq!(
                lay_where(before.as_ref(), after.as_ref(), &[&skip]),
                expected,
                "{before:?} {after:?}"
            );
        }
    }
}
