//! `sink_position`: how far each partition is loaded; `source_position`: how far match had come.

use crate::fault::DatabaseFault;
use runtime::kafka::Partition;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;

/// What a batch takes from one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Where the position must stand.
    pub expected: i64,
    /// Where it goes: the first offset after the batch.
    pub next: i64,
    /// Highest step of match among its records; 0 for none.
    pub sequence: i64,
}

/// A stored position, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub next_offset: i64,
    pub cluster_id: String,
    pub full_topic: String,
}

const ENSURE: &str = "
    INSERT INTO sink_position (topic, partition, next_offset, sequence, cluster_id, full_topic)
    SELECT topic, partition, 0, 0, $3, full_topic
      FROM UNNEST($1::text[], $2::integer[], $4::text[]) AS new (topic, partition, full_topic)
    ON CONFLICT (topic, partition) DO NOTHING";

/// Makes the positions that aren't there yet, at the topic's very beginning.
pub(crate) async fn ensure(
    conn: &mut PgConnection,
    partitions: &[Partition],
    cluster_id: &str,
    full_topics: &[String],
) -> Result<(), DatabaseFault> {
    sqlx::query(ENSURE)
        .bind(partitions.iter().map(|p| p.topic.as_str()).collect::<Vec<_>>())
        .bind(partitions.iter().map(|p| p.number).collect::<Vec<_>>())
        .bind(cluster_id)
        .bind(full_topics)
        .execute(conn)
        .await?;
    Ok(())
}

const READ: &str = "
    SELECT p.topic, p.partition, p.next_offset, p.cluster_id, p.full_topic
      FROM sink_position p
      JOIN UNNEST($1::text[], $2::integer[]) AS asked (topic, partition) USING (topic, partition)";

/// The stored positions of these partitions.
pub(crate) async fn read(
    conn: &mut PgConnection,
    partitions: &[Partition],
) -> Result<BTreeMap<Partition, Stored>, DatabaseFault> {
    let rows = sqlx::query(READ)
        .bind(partitions.iter().map(|p| p.topic.as_str()).collect::<Vec<_>>())
        .bind(partitions.iter().map(|p| p.number).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            let partition = Partition::new(row.try_get::<String, _>("topic")?, row.try_get("partition")?);
            let stored = Stored {
                next_offset: row.try_get("next_offset")?,
                cluster_id: row.try_get("cluster_id")?,
                full_topic: row.try_get("full_topic")?,
            };
            Ok((partition, stored))
        })
        .collect()
}

const ADVANCE: &str = "
    UPDATE sink_position AS stored
       SET next_offset = new.next_offset, sequence = GREATEST(stored.sequence, new.sequence)
      FROM UNNEST($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[])
        AS new (topic, partition, expected, next_offset, sequence)
     WHERE stored.topic = new.topic AND stored.partition = new.partition AND stored.next_offset = new.expected";

/// Moves the positions that still stand where we left them. False when one does not: then somebody
/// else loaded from its partition, and nothing of this transaction may stay.
pub(crate) async fn advance(
    conn: &mut PgConnection,
    spans: &BTreeMap<Partition, Span>,
) -> Result<bool, DatabaseFault> {
    let moved = sqlx::query(ADVANCE)
        .bind(spans.keys().map(|p| p.topic.as_str()).collect::<Vec<_>>())
        .bind(spans.keys().map(|p| p.number).collect::<Vec<_>>())
        .bind(spans.values().map(|span| span.expected).collect::<Vec<_>>())
        .bind(spans.values().map(|span| span.next).collect::<Vec<_>>())
        .bind(spans.values().map(|span| span.sequence).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(moved.rows_affected() == spans.len() as u64)
}

const PASS_SOURCE: &str = "
    INSERT INTO source_position AS stored (topic, partition, next_offset)
    SELECT * FROM UNNEST($1::text[], $2::integer[], $3::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
     WHERE stored.next_offset < EXCLUDED.next_offset";

/// Notes how far match has come in its source partitions, sorted by partition. The last statement of
/// a transaction: its rows are shared by all sinks.
pub(crate) async fn pass_source(
    conn: &mut PgConnection,
    positions: &BTreeMap<(&str, i32), i64>,
) -> Result<(), DatabaseFault> {
    if positions.is_empty() {
        return Ok(());
    }
    sqlx::query(PASS_SOURCE)
        .bind(positions.keys().map(|(topic, _)| *topic).collect::<Vec<_>>())
        .bind(
            positions
                .keys()
                .map(|(_, partition)| *partition)
                .collect::<Vec<_>>(),
        )
        .bind(positions.values().copied().collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
