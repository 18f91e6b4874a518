//! `intakectl peek`: records of a topic as they are, what they say about a person masked.
//!
//! **Invariant:** it joins no group and commits nothing, so nobody's position moves.

mod decoded;
mod found;
mod masked;
mod shown;

use crate::Settings;
use crate::show::mask::Mask;
use crate::show::unmask::{Unmask, may_see_people};
use clap::Args;
pub(crate) use found::Sought;
use runtime::Fault;
use runtime::kafka::{Boundaries, Cluster, Offsets, Partition, Record};
use schemas::topics;
use shown::Peeked;
pub(crate) use shown::Shown;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long to wait for records that are there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Options of `peek`.
#[derive(Debug, Args)]
pub struct Options {
    /// The topic, without the namespace
    #[arg(value_name = "TOPIC")]
    topic: String,
    /// The partition
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    partition: i32,
    /// Begin at this offset; without it and --at-committed: the last records
    #[arg(long, value_name = "OFFSET", conflicts_with = "at_committed", value_parser = clap::value_parser!(i64).range(0..))]
    offset: Option<i64>,
    /// Begin with what a group reads next; without a name: the group that this topic is read by
    #[arg(long, value_name = "GROUP", num_args = 0..=1, default_missing_value = "")]
    at_committed: Option<String>,
    /// How many records
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
    #[command(flatten)]
    unmask: Unmask,
}

/// Shows records.
///
/// # Errors
/// Data when topic, partition, group or offset isn't there; transient when the cluster doesn't answer; fatal when this login
/// may not see values about people.
pub async fn run(settings: &Settings, args: &Options) -> Result<Peeked, Fault> {
    let cluster = settings.cluster()?;
    let found = block_in_place(|| find(&cluster, args))?;
    let mask = if args.unmask.is_asked() {
        let mut register = settings.open_register().await?;
        may_see_people(&mut register, "without --unmask the record is shown masked").await?;
        let to = found.records.last().map_or(found.start, |last| last.offset + 1);
        let about = [format!("{}@{}-{to}", found.partition, found.start)];
        args.unmask.mask(&mut register, "topic.unmask", &about).await?
    } else {
        Mask::Masked
    };
    Ok(Peeked {
        partition: found.partition.number,
        topic: found.partition.topic,
        earliest: found.bounds.earliest,
        stable: found.bounds.stable,
        end: found.bounds.end,
        from: found.start,
        masked: mask == Mask::Masked,
        records: found
            .records
            .iter()
            .map(|record| Shown::under(mask, record))
            .collect(),
    })
}

/// What is to be shown.
struct Found {
    partition: Partition,
    bounds: Boundaries,
    start: i64,
    records: Vec<Record>,
}

fn find(cluster: &Cluster, args: &Options) -> Result<Found, Fault> {
    let offsets = cluster.offsets()?;
    let partition = partition(&offsets, args)?;
    let bounds = offsets.boundaries(std::slice::from_ref(&partition))?;
    let Some(&bounds) = bounds.first() else {
        return Err(Fault::transient(format!("nothing is known of {partition}")));
    };
    let count = i64::from(args.count);
    let start = match (args.offset, &args.at_committed) {
        (Some(offset), _) => offset,
        (None, Some(group)) => committed(cluster, &partition, group)?,
        // Markers of transactions take offsets too: these are the last offsets, not always as many records.
        (None, None) => (bounds.stable - count).max(bounds.earliest),
    };
    if start < bounds.earliest || start > bounds.end {
        return Err(Fault::data(format!(
            "{partition} holds offsets {} to {}, not {start}: what is older has been deleted by retention",
            bounds.earliest, bounds.end
        )));
    }
    let records = if start < bounds.stable {
        read(cluster, &partition, start, bounds.stable, args.count.into())?
    } else {
        Vec::new()
    };
    Ok(Found {
        partition,
        bounds,
        start,
        records,
    })
}

fn partition(offsets: &Offsets, args: &Options) -> Result<Partition, Fault> {
    let there = offsets.partitions(std::slice::from_ref(&args.topic))?;
    if there.is_empty() {
        return Err(Fault::data(format!(
            "there is no topic {:?} here: see `intakectl topics apply` for those there should be, and check --namespace",
            args.topic
        )));
    }
    let known = there.len();
    there
        .into_iter()
        .find(|p| p.number == args.partition)
        .ok_or_else(|| {
            Fault::data(format!(
                "topic {:?} has partitions 0 to {}, not {}",
                args.topic,
                known - 1,
                args.partition
            ))
        })
}

fn committed(cluster: &Cluster, partition: &Partition, named: &str) -> Result<i64, Fault> {
    let group = match named {
        "" => reader_of(&partition.topic).ok_or_else(|| {
            Fault::data(format!(
                "no group reads {}: name one, or give --offset",
                partition.topic
            ))
        })?,
        named => named,
    };
    let next = cluster
        .group_offsets(group)?
        .committed(std::slice::from_ref(partition))?;
    next.first()
        .copied()
        .flatten()
        .ok_or_else(|| Fault::data(format!("group {group} never committed a position in {partition}")))
}

/// The group that a topic of the pipeline is read by.
fn reader_of(topic: &str) -> Option<&'static str> {
    let every = topics::every_province();
    match topic {
        topics::MATCH_LOG => Some(topics::GROUP_MATCH),
        topics::CHANGES => Some(topics::GROUP_SINK),
        _ if topic.starts_with(every.applications) => Some(topics::GROUP_NORMALISE),
        _ if topic.starts_with(every.nodes) => Some(topics::GROUP_SINK),
        _ => None,
    }
}

fn read(
    cluster: &Cluster,
    partition: &Partition,
    start: i64,
    stable: i64,
    count: usize,
) -> Result<Vec<Record>, Fault> {
    let reader = cluster.reader(&[(partition.clone(), start)])?;
    let (mut records, mut waited) = (Vec::new(), Instant::now());
    while records.len() < count {
        match reader.poll(Duration::from_millis(100))? {
            Some(record) => {
                records.push(record);
                waited = Instant::now();
            }
            None if reader.reached(&[(partition.clone(), stable)])? => break,
            None if waited.elapsed() > PATIENCE => {
                return Err(Fault::transient(format!(
                    "no record of {partition} came for {PATIENCE:?}, though there are some"
                )));
            }
            None => {}
        }
    }
    Ok(records)
}
