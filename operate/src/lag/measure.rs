//! Measures the lag of the pipeline's groups, in a few batched requests.

use super::arithmetic::Sample;
use super::{FirstWaiting, PartitionLag, Stretch, first_waiting};
use crate::Settings;
use runtime::kafka::{Boundaries, Offsets, Partition};
use runtime::{Fault, clock};
use schemas::topics::{self, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use std::time::{Duration, Instant};

/// How long the first waiting records are looked for.
const PATIENCE: Duration = Duration::from_secs(2);
/// An honest transaction of match ends well within it.
const TRANSACTION: Duration = Duration::from_secs(2);

/// Which lag is asked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only this province's topics.
    pub province: Option<String>,
    /// Only this group.
    pub group: Option<String>,
}

impl Selection {
    fn groups(&self, settings: &Settings) -> Vec<(&'static str, Vec<String>)> {
        let each = |topic: fn(&str) -> String| {
            let slugs = settings.provinces.iter().map(|province| province.slug.as_str());
            slugs
                .filter(|slug| self.province.as_deref().is_none_or(|asked| asked == *slug))
                .map(topic)
                .collect::<Vec<String>>()
        };
        let shared = |topic: &str| -> Vec<String> {
            if self.province.is_some() {
                Vec::new()
            } else {
                vec![topic.to_owned()]
            }
        };
        let sink = [shared(topics::CHANGES), each(topics::nodes)].concat();
        let all = [
            (GROUP_NORMALISE, each(topics::applications)),
            (GROUP_MATCH, shared(topics::MATCH_LOG)),
            (GROUP_SINK, sink),
        ];
        all.into_iter()
            .filter(|(group, _)| self.group.as_deref().is_none_or(|asked| asked == *group))
            .collect()
    }
}

/// The lag of every selected group and partition. Blocking.
///
/// # Errors
/// Transient when the cluster doesn't answer; fatal when the topics aren't there.
pub fn measure(settings: &Settings, selection: &Selection) -> Result<Vec<PartitionLag>, Fault> {
    let cluster = settings.cluster()?;
    let offsets = cluster.offsets()?;
    let mut asked: Vec<(&'static str, Partition)> = Vec::new();
    let mut committed = Vec::new();
    for (group, topics) in selection.groups(settings) {
        let partitions = offsets.partitions(&topics)?;
        // Committed first: a position must never seem to lie beyond the end.
        committed.extend(cluster.group_offsets(group)?.committed(&partitions)?);
        asked.extend(partitions.into_iter().map(|partition| (group, partition)));
    }
    if asked.is_empty() {
        return Err(Fault::fatal(
            "none of the topics is there: make them with `intakectl topics apply --execute`, or check --namespace",
        ));
    }
    let partitions: Vec<Partition> = asked.iter().map(|(_, partition)| partition.clone()).collect();
    let looked = Instant::now();
    let boundaries = offsets.boundaries(&partitions)?;
    let mut samples: Vec<Sample> = committed
        .into_iter()
        .zip(boundaries)
        .map(|(committed, boundaries)| Sample {
            committed,
            boundaries,
            first_waiting: FirstWaiting::Unknown,
            stable_moved: true,
            now: clock::now(),
        })
        .collect();
    find_ages(settings, &partitions, &mut samples)?;
    find_hung_transactions(&offsets, &partitions, &mut samples, looked)?;
    let lags = asked.iter().zip(&samples);
    Ok(lags
        .map(|((group, partition), sample)| sample.lag_of(group, partition))
        .collect())
}

fn find_ages(settings: &Settings, partitions: &[Partition], samples: &mut [Sample]) -> Result<(), Fault> {
    let lagging = partitions
        .iter()
        .zip(&*samples)
        .filter(|(_, sample)| sample.lag() > 0);
    let stretches: Vec<Stretch> = lagging
        .map(|(partition, sample)| Stretch {
            partition: partition.clone(),
            from: sample.next(),
            to: sample.boundaries.stable,
        })
        .collect();
    let found = first_waiting(&settings.kafka, &stretches, PATIENCE)?;
    for (partition, sample) in partitions.iter().zip(samples) {
        sample.now = clock::now();
        if let Some(first) = found.get(partition) {
            sample.first_waiting = *first;
        }
    }
    Ok(())
}

/// A transaction hangs when the stable end stands still for longer than an honest one takes. Costs
/// time only when one is open where a group waits.
fn find_hung_transactions(
    offsets: &Offsets,
    partitions: &[Partition],
    samples: &mut [Sample],
    looked: Instant,
) -> Result<(), Fault> {
    let mut suspects: Vec<usize> = (0..samples.len())
        .filter(|&at| samples[at].waits_for_a_transaction())
        .collect();
    while !suspects.is_empty() {
        let asked: Vec<Partition> = suspects.iter().map(|&at| partitions[at].clone()).collect();
        let now: Vec<Boundaries> = offsets.boundaries(&asked)?;
        let still = suspects.iter().zip(&now);
        suspects = still
            .filter(|(at, boundaries)| boundaries.stable == samples[**at].boundaries.stable)
            .map(|(at, _)| *at)
            .collect();
        if looked.elapsed() >= TRANSACTION {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    for at in suspects {
        samples[at].stable_moved = false;
    }
    Ok(())
}
