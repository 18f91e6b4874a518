//! Reads, for many partitions at once, the first record that waits.

use super::reading;
use lag::FirstWaiting;
use runtime::Fault;
use runtime::kafka::Partition;
use runtime::settings::KafkaSettings;
use std::collections::BTreeMap;
use std::time::Duration;

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
    let waiting: Vec<reading::Waiting> = stretches
        .iter()
        .map(|stretch| (String::new(), stretch.partition.clone(), stretch.from, stretch.to))
        .collect();
    let found = reading::read(kafka, &waiting, 1, patience)?.into_iter();
    Ok(found
        .map(|((_, partition), (_, first))| (partition, first))
        .collect())
}
