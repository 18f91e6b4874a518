//! Stretches of partitions, read to their end and no further.
//!
//! A record never tells that a stretch is over: the last offsets may be markers of transactions, or compacted away. So a
//! stretch ends with a record behind it, with the last record in it, or when the position has passed its end.

use crate::Settings;
use runtime::kafka::{Cluster, Partition, Reader, Record};
use runtime::{Fault, Remedy};
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// How long to wait while neither a record comes nor a position moves.
const PATIENCE: Duration = Duration::from_secs(30);

/// Offsets of a partition, `to` not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) partition: Partition,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Stretch {
    const fn is_empty(&self) -> bool {
        self.from >= self.to
    }
}

/// Calls `each` for every record in the stretches, of which each partition has one; in the order of offsets within
/// a partition. Of a partition for which it breaks no more is read.
///
/// # Errors
/// What `each` returns; fatal when retention takes what is still to be read; transient when nothing comes for half a
/// minute.
pub(crate) fn read(
    cluster: &Cluster,
    stretches: &[Stretch],
    each: impl FnMut(Record) -> Result<ControlFlow<()>, Fault>,
) -> Result<(), Fault> {
    let stretches: Vec<Stretch> = (stretches.iter().filter(|stretch| !stretch.is_empty()).cloned()).collect();
    if stretches.is_empty() {
        return Ok(());
    }
    read_by(&cluster.reader(&starts(&stretches))?, &stretches, each)
}

/// As [`read`], by a reader that begins where the stretches do, of which none is empty.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_by(
    reader: &Reader,
    stretches: &[Stretch],
    mut each: impl FnMut(Record) -> Result<ControlFlow<()>, Fault>,
) -> Result<(), Fault> {
    let ends = stretches
        .iter()
        .map(|stretch| (stretch.partition.clone(), stretch.to));
    let mut open: BTreeMap<Partition, i64> = ends.collect();
    let (mut positions, mut moved) = (starts(stretches), Instant::now());
    while !open.is_empty() {
        let polled = match reader.poll(Duration::from_millis(50)) {
            // A lost connection heals by reading on; what doesn't heal ends with our patience.
            Err(fault) if fault.remedy() == Remedy::Transient && moved.elapsed() < PATIENCE => continue,
            other => other?,
        };
        let Some(record) = polled else {
            let now = reader.positions()?;
            if now != positions {
                (positions, moved) = (now, Instant::now());
            }
            for (partition, next) in &positions {
                if open.get(partition).is_some_and(|to| next >= to) {
                    leave(reader, &mut open, partition)?;
                }
            }
            if moved.elapsed() > PATIENCE {
                return Err(Fault::transient(format!(
                    "nothing came for {PATIENCE:?} of {} partitions, though there is more to read",
                    open.len()
                )));
            }
            continue;
        };
        let Some(&to) = open.get(&record.partition) else {
            moved = Instant::now();
            continue;
        };
        let (partition, next) = (record.partition.clone(), record.offset + 1);
        let behind = record.offset >= to;
        let flow = if behind {
            ControlFlow::Break(())
        } else {
            each(record)?
        };
        // What `each` took is no silence of the broker's.
        moved = Instant::now();
        if flow.is_break() || next >= to {
            leave(reader, &mut open, &partition)?;
        }
    }
    Ok(())
}

fn starts(stretches: &[Stretch]) -> Vec<(Partition, i64)> {
    let start = |stretch: &Stretch| (stretch.partition.clone(), stretch.from);
    stretches.iter().map(start).collect()
}

fn leave(reader: &Reader, open: &mut BTreeMap<Partition, i64>, partition: &Partition) -> Result<(), Fault> {
    open.remove(partition);
    reader.leave(partition)
}

/// The first `count` records of each stretch, in the order of partitions and offsets.
///
/// # Errors
/// As [`read`].
pub(crate) fn first(cluster: &Cluster, stretches: &[Stretch], count: usize) -> Result<Vec<Record>, Fault> {
    let mut found: BTreeMap<Partition, Vec<Record>> = BTreeMap::new();
    read(cluster, stretches, |record| {
        let records = found.entry(record.partition.clone()).or_default();
        records.push(record);
        Ok(if records.len() < count {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    Ok(found.into_values().flatten().collect())
}

/// The last `count` records of each stretch, in the order of partitions and offsets. Goes back from the end in steps that
/// grow eightfold, as nobody knows how many of the last offsets have a record.
///
/// # Errors
/// As [`read`].
pub(crate) fn last(cluster: &Cluster, stretches: &[Stretch], count: usize) -> Result<Vec<Record>, Fault> {
    let mut found: BTreeMap<Partition, VecDeque<Record>> = BTreeMap::new();
    let mut step = count as i64 + 1;
    let mut open: Vec<Stretch> = stretches.to_vec();
    while !open.is_empty() {
        let back = |stretch: &Stretch| Stretch {
            from: (stretch.to - step).max(stretch.from),
            ..stretch.clone()
        };
        let parts: Vec<Stretch> = open.iter().map(back).collect();
        let mut earlier: BTreeMap<Partition, VecDeque<Record>> = BTreeMap::new();
        read(cluster, &parts, |record| {
            let records = earlier.entry(record.partition.clone()).or_default();
            records.push_back(record);
            if records.len() > count {
                records.pop_front();
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for (partition, records) in earlier {
            let known = found.entry(partition).or_default();
            for record in records.into_iter().rev() {
                if known.len() < count {
                    known.push_front(record);
                }
            }
        }
        for (stretch, part) in open.iter_mut().zip(&parts) {
            stretch.to = part.from;
        }
        let enough = |partition: &Partition| found.get(partition).is_some_and(|known| known.len() >= count);
        open.retain(|stretch| !stretch.is_empty() && !enough(&stretch.partition));
        step *= 8;
    }
    Ok(found.into_values().flatten().collect())
}

/// The cluster for a look at single records of many partitions: no more is fetched of each than it takes.
///
/// # Errors
/// Fatal when a setting is wrong.
pub(crate) fn in_small_fetches(settings: &Settings) -> Result<Cluster, Fault> {
    let mut kafka = settings.kafka.clone();
    for (property, value) in [("fetch.message.max.bytes", "16384"), ("queued.min.messages", "1")] {
        let own = kafka.properties.entry(property.to_owned());
        own.or_insert_with(|| value.to_owned());
    }
    Cluster::new(&kafka)
}
