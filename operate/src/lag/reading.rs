//! Reads a bounded part of what waits: whose it is, and since when.

use lag::{Contents, FirstWaiting};
use runtime::Fault;
use runtime::kafka::{Cluster, Partition};
use runtime::settings::KafkaSettings;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The most records that are read of one partition. What lies behind is estimated from them.
pub(super) const SAMPLE: i64 = 1_000;

/// A stretch that waits for a group: partition, next offset, stable end.
pub(super) type Waiting = (String, Partition, i64, i64);

/// What was read for each group in each partition, and the first record there.
pub(super) type Found = BTreeMap<(String, Partition), (Contents, FirstWaiting)>;

/// What was read of the stretches within `patience`, `sample` records of each at most, and the first record of each. The
/// pipeline's groups share no partition, so each is read for one group.
///
/// # Errors
/// Fatal when a setting is wrong. Trouble while reading is no error: what it hides stays unknown.
pub(super) fn read(
    kafka: &KafkaSettings,
    waiting: &[Waiting],
    sample: i64,
    patience: Duration,
) -> Result<Found, Fault> {
    let mut found = BTreeMap::new();
    let mut open: BTreeMap<Partition, (String, i64, Contents, FirstWaiting)> = BTreeMap::new();
    for (group, partition, from, to) in waiting {
        if from >= to {
            let nothing = (Contents::from(*from), FirstWaiting::Nothing);
            found.insert((group.clone(), partition.clone()), nothing);
        } else {
            let unread = (group.clone(), *to, Contents::from(*from), FirstWaiting::Unknown);
            open.insert(partition.clone(), unread);
        }
    }
    if open.is_empty() {
        return Ok(found);
    }
    let starts: Vec<(Partition, i64)> = open
        .iter()
        .map(|(partition, (_, _, contents, _))| (partition.clone(), contents.from))
        .collect();
    let reader = in_small_fetches(kafka, sample)?.reader(&starts)?;
    let deadline = Instant::now() + patience;
    let mut reading = open.len();
    while reading > 0 && Instant::now() < deadline {
        match reader.poll(Duration::from_millis(20)) {
            Ok(Some(record)) => {
                let Some((_, to, contents, first)) = open.get_mut(&record.partition) else {
                    continue;
                };
                if contents.records >= sample || contents.read_to >= *to {
                    continue;
                }
                if *first == FirstWaiting::Unknown {
                    *first = FirstWaiting::AppendedAt(record.appended_at);
                }
                if record.offset < *to {
                    let topic = &record.partition.topic;
                    contents.add(topic, record.offset, record.appended_at, &record.value);
                } else {
                    contents.passed(*to);
                }
                if contents.records >= sample || contents.read_to >= *to {
                    reading -= 1;
                    reader.leave(&record.partition)?;
                }
            }
            // Positions pass transaction markers and gaps, which no record tells of.
            Ok(None) => {
                for (partition, next) in reader.positions()? {
                    let Some((_, to, contents, first)) = open.get_mut(&partition) else {
                        continue;
                    };
                    if contents.records < sample && contents.read_to < *to && next >= *to {
                        reading -= 1;
                        contents.passed(*to);
                        if *first == FirstWaiting::Unknown {
                            *first = FirstWaiting::Nothing;
                        }
                    }
                }
            }
            Err(trouble) => {
                tracing::debug!(partitions = reading, "what waits stays unknown: {trouble}");
                if trouble.remedy() == runtime::Remedy::Fatal {
                    break;
                }
            }
        }
    }
    found.extend(
        open.into_iter()
            .map(|(partition, (group, _, contents, first))| ((group, partition), (contents, first))),
    );
    Ok(found)
}

/// The cluster with fetches kept small: a sample of each partition is enough.
fn in_small_fetches(kafka: &KafkaSettings, sample: i64) -> Result<Cluster, Fault> {
    let mut kafka = kafka.clone();
    for (property, value) in [
        ("fetch.message.max.bytes", (300 * sample).clamp(16_384, 262_144)),
        ("queued.min.messages", sample),
    ] {
        kafka
            .properties
            .entry(property.to_owned())
            .or_insert_with(|| value.to_string());
    }
    Cluster::new(&kafka)
}
