//! The records that a plan is about: which, how many, how large, and what retention has taken of them.

use super::super::plan::{SourceStretch, Stretch};
use super::super::selection::Selected;
use runtime::Fault;
use runtime::kafka::{Boundaries, Offsets, Partition};
use schemas::Timestamp;
use sink::DatabaseFault;
use sqlx::PgConnection;

/// The records of a slice.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) sources: Vec<SourceStretch>,
    pub(super) records: i64,
    logged: Option<(i64, i64)>,
}

impl Chosen {
    pub(super) fn take(&mut self, row: &Selected) {
        self.records += 1;
        let at = row.logged_at.timestamp_millis();
        let (first, last) = self.logged.unwrap_or((at, at));
        self.logged = Some((first.min(at), last.max(at)));
        match self.sources.last_mut() {
            Some(known) if (&known.topic, known.partition) == (&row.topic, row.partition) => {
                known.to = row.source_offset + 1;
                known.records += 1;
            }
            _ => self.sources.push(SourceStretch {
                topic: row.topic.clone(),
                partition: row.partition,
                from: row.source_offset,
                to: row.source_offset + 1,
                records: 1,
                past_retention: 0,
            }),
        }
    }

    /// The stretch of the log that holds them, by its append times.
    pub(super) fn in_log(
        &self,
        offsets: &Offsets,
        log: &Partition,
        bounds: Boundaries,
    ) -> Result<Stretch, Fault> {
        let Some((first, last)) = self.logged else {
            return Ok(Stretch {
                from: bounds.stable,
                to: bounds.stable,
            });
        };
        let at = |at: i64| -> Result<Option<i64>, Fault> {
            let found = offsets.since(std::slice::from_ref(log), Timestamp(at))?;
            Ok(found.first().copied().flatten())
        };
        // Where the log begins later than the first of them, what is gone lies before its beginning.
        let from = at(first)?.unwrap_or(bounds.stable);
        let from = if from <= bounds.earliest { 0 } else { from };
        let to = at(last + 1)?.unwrap_or(bounds.stable).min(bounds.stable);
        Ok(Stretch { from, to })
    }
}

/// The one number that a query answers with.
pub(super) async fn count(conn: &mut PgConnection, query: &'static str) -> Result<i64, DatabaseFault> {
    Ok(sqlx::query_scalar(query).fetch_one(conn).await?)
}

/// All of them, by partition, and how many.
pub(super) async fn everything(conn: &mut PgConnection) -> Result<(Vec<SourceStretch>, i64), DatabaseFault> {
    const POSITIONS: &str = "SELECT topic, partition, next_offset FROM source_position ORDER BY 1, 2";
    let positions: Vec<(String, i32, i64)> = sqlx::query_as(POSITIONS).fetch_all(&mut *conn).await?;
    let sources = positions.into_iter().map(|(topic, partition, to)| SourceStretch {
        topic,
        partition,
        from: 0,
        to,
        records: to,
        past_retention: 0,
    });
    let records = "SELECT count(*) FROM intake_event WHERE source_offset IS NOT NULL";
    Ok((sources.collect(), count(conn, records).await?))
}

/// Counts in each stretch what its topic holds no more.
pub(super) fn past_retention(offsets: &Offsets, sources: &mut [SourceStretch]) -> Result<(), Fault> {
    let partitions: Vec<Partition> = sources
        .iter()
        .map(|source| Partition::new(source.topic.clone(), source.partition))
        .collect();
    let bounds = offsets.known_boundaries(&partitions)?;
    for (source, bounds) in sources.iter_mut().zip(bounds) {
        let earliest = bounds.map_or(source.to, |bounds| bounds.earliest);
        source.past_retention = (earliest.min(source.to) - source.from).clamp(0, source.records);
    }
    Ok(())
}

/// Of an event, by a sample.
pub(super) async fn average_bytes(conn: &mut PgConnection) -> Result<i64, DatabaseFault> {
    let sample = "SELECT COALESCE(avg(octet_length(event)), 0)::bigint FROM (SELECT event FROM application LIMIT 1000) AS sample";
    count(conn, sample).await
}
