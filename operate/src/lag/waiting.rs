//! Reads, for many partitions at once, the first record that waits.

use lag::FirstWaiting;
use runtime::Fault;
use runtime::kafka::{Cluster, Partition};
use runtime::settings::KafkaSettings;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A stretch of a partition that may hold a record.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// The partition.
    pub(crate) partition: Partition,
    /// The next offset to read.
    pub(crate) from: i64,
    /// The stable end, as it was seen.
    pub(crate) to: i64,
}

/// The first record in each stretch, as far as `patience` allows: with one reader over all of them.
///
/// # Errors
/// Fatal when a setting is wrong. Trouble while reading is no error: what it hides stays unknown.
pub(crate) fn first_waiting(
    kafka: &KafkaSettings,
    stretches: &[Stretch],
    patience: Duration,
) -> Result<BTreeMap<Partition, FirstWaiting>, Fault> {
    let mut found: BTreeMap<Partition, FirstWaiting> = BTreeMap::new();
    let mut open: BTreeMap<&Partition, i64> = BTreeMap::new();
    for stretch in stretches {
        if stretch.from >= stretch.to {
            found.insert(stretch.partition.clone(), FirstWaiting::Nothing);
        } else {
            found.insert(stretch.partition.clone(), FirstWaiting::Unknown);
            open.insert(&stretch.partition, stretch.to);
        }
    }
    if open.is_empty() {
        return Ok(found);
    }
    let starts: Vec<(Partition, i64)> = stretches
        .iter()
        .filter(|stretch| open.contains_key(&stretch.partition))
        .map(|stretch| (stretch.partition.clone(), stretch.from))
        .collect();
    let reader = one_by_one(kafka)?.reader(&starts)?;
    let deadline = Instant::now() + patience;
    while !open.is_empty() && Instant::now() < deadline {
        match reader.poll(Duration::from_millis(20)) {
            Ok(Some(record)) => {
                if open.remove(&record.partition).is_some() {
                    found.insert(record.partition, FirstWaiting::AppendedAt(record.appended_at));
                }
            }
            // Positions pass transaction markers and gaps, which no record tells of.
            Ok(None) => {
                for (partition, next) in reader.positions()? {
                    if open.get(&partition).is_some_and(|to| next >= *to) {
                        open.remove(&partition);
                        found.insert(partition, FirstWaiting::Nothing);
                    }
                }
            }
            Err(trouble) => {
                let unknown: BTreeSet<String> = open.keys().map(ToString::to_string).collect();
                tracing::debug!(?unknown, "ages stay unknown: {trouble}");
                if trouble.remedy() == runtime::Remedy::Fatal {
                    break;
                }
            }
        }
    }
    Ok(found)
}

/// The cluster with fetches kept small: one record of each partition is enough.
fn one_by_one(kafka: &KafkaSettings) -> Result<Cluster, Fault> {
    let mut kafka = kafka.clone();
    for (property, value) in [("fetch.message.max.bytes", "16384"), ("queued.min.messages", "1")] {
        kafka
            .properties
            .entry(property.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    Cluster::new(&kafka)
}
