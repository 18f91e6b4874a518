//! How far match has come in each source partition with everything that came of it loaded: only
//! behind that point may something be called missing.

use super::rows::{self, PositionRow};
use crate::lag::{Stretch, first_waiting};
use lag::FirstWaiting;
use runtime::Fault;
use runtime::kafka::{Offsets, Partition};
use runtime::settings::KafkaSettings;
use schemas::Timestamp;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long the records behind a position are looked for: transaction markers only, or more?
const LOOK: Duration = Duration::from_secs(1);

/// Positions that are behind everyone.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// The sink has loaded all that match had made when we began to look.
    pub(super) loaded: bool,
    /// The highest step of match that was loaded when we began to look.
    pub(super) step: i64,
    sources: BTreeMap<Partition, i64>,
    /// Topics in which match has passed everything, or everything up to a moment.
    drained: BTreeMap<String, bool>,
}

impl Passed {
    /// Notes how far match has come and waits, at most `patience`, until the sink has loaded what it
    /// had made of it.
    pub(super) async fn look(
        conn: &mut PgConnection,
        offsets: &Offsets,
        kafka: &KafkaSettings,
        patience: Duration,
    ) -> Result<Self, Fault> {
        let step = rows::highest_step(conn).await?;
        let sources = rows::source_positions(conn).await?;
        let ends = block_in_place(|| stable_ends(offsets, &[schemas::topics::CHANGES.to_owned()]))?;
        let deadline = Instant::now() + patience;
        let loaded = loop {
            let positions = next_offsets(rows::sink_positions(conn).await?);
            if block_in_place(|| reached(kafka, &positions, &ends, None))?
                .values()
                .all(|&reached| reached)
            {
                break true;
            }
            if Instant::now() >= deadline {
                break false;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        Ok(Self {
            loaded,
            step: if loaded { step } else { 0 },
            sources: next_offsets(sources),
            drained: BTreeMap::new(),
        })
    }

    /// Compares with where `topics` end now, or with what was appended to them before `until`: to be
    /// called after the claims were read.
    pub(super) fn compare(
        &mut self,
        offsets: &Offsets,
        kafka: &KafkaSettings,
        topics: &[String],
        until: Option<Timestamp>,
    ) -> Result<(), Fault> {
        let ends = stable_ends(offsets, topics)?;
        let reached = reached(kafka, &self.sources, &ends, until)?;
        for topic in topics {
            let mut partitions = reached
                .iter()
                .filter(|(partition, _)| partition.topic == *topic)
                .peekable();
            let there = partitions.peek().is_some();
            self.drained
                .insert(topic.clone(), there && partitions.all(|(_, &reached)| reached));
        }
        Ok(())
    }

    /// Whether everything up to `at` (partition and offset) in `topic`, or in all of it, is settled and
    /// loaded.
    pub(super) fn has(&self, topic: &str, at: Option<(i32, i64)>) -> bool {
        let behind = at.is_some_and(|(number, offset)| {
            let next = self.sources.get(&Partition::new(topic, number));
            next.is_some_and(|next| *next > offset)
        });
        self.loaded && (behind || self.drained.get(topic) == Some(&true))
    }

    /// Whether all is settled and loaded, as far as it is published.
    pub(super) fn everything(&self) -> bool {
        self.loaded && self.drained.values().all(|&drained| drained)
    }
}

fn next_offsets(rows: Vec<PositionRow>) -> BTreeMap<Partition, i64> {
    rows.into_iter()
        .map(|row| (Partition::new(row.topic, row.partition), row.next_offset))
        .collect()
}

/// Where the partitions of these topics begin, and where they end for who reads only what is
/// committed.
fn stable_ends(offsets: &Offsets, topics: &[String]) -> Result<Vec<Stretch>, Fault> {
    let partitions = offsets.partitions(topics)?;
    let boundaries = offsets.boundaries(&partitions)?;
    let ends = partitions.into_iter().zip(boundaries);
    Ok(ends
        .map(|(partition, boundaries)| Stretch {
            partition,
            from: boundaries.earliest,
            to: boundaries.stable,
        })
        .collect())
}

/// Whether each partition's position has passed the last record before its end, or the last that was
/// appended before `until`.
fn reached(
    kafka: &KafkaSettings,
    positions: &BTreeMap<Partition, i64>,
    ends: &[Stretch],
    until: Option<Timestamp>,
) -> Result<BTreeMap<Partition, bool>, Fault> {
    let left: Vec<Stretch> = ends
        .iter()
        .map(|end| {
            let from = positions
                .get(&end.partition)
                .map_or(end.from, |next| (*next).max(end.from));
            Stretch { from, ..end.clone() }
        })
        .collect();
    let passed = |first| match first {
        FirstWaiting::Nothing => true,
        FirstWaiting::AppendedAt(at) => until.is_some_and(|until| at >= until),
        FirstWaiting::Unknown => false,
    };
    let found = first_waiting(kafka, &left, LOOK)?;
    Ok(found
        .into_iter()
        .map(|(partition, first)| (partition, passed(first)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_settled_and_loaded_has_passed() {
        let mut passed = Passed {
            loaded: true,
            sources: [(Partition::new("t", 0), 10)].into(),
            drained: [("t".to_owned(), false), ("u".to_owned(), true)].into(),
            step: 0,
        };
        for (topic, at, expected) in [
            ("t", Some((0, 9)), true),
            ("t", Some((0, 10)), false),
            ("t", Some((1, 0)), false),
            ("t", None, false),
            ("u", None, true),
            ("u", Some((0, 3)), true),
            ("v", None, false),
        ] {
            assert_eq!(passed.has(topic, at), expected, "{topic} {at:?}");
        }
        assert!(!passed.everything());
        passed.loaded = false;
        assert!(!passed.has("t", Some((0, 9))));
    }
}
