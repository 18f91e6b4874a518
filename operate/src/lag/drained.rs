//! Waiting until everything that was there when we asked has reached the register.

use super::stages::stages;
use crate::Settings;
use runtime::Fault;
use runtime::kafka::{Look, Partition};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(250);

/// Waits stage by stage: each one's ends are noted when the stage before it has passed its own, so that a
/// steady flow behind them is not waited for. Returns whether all were passed in time. Blocking.
///
/// # Errors
/// Transient when the cluster doesn't answer.
pub(super) fn wait(
    settings: &Settings,
    province: Option<&str>,
    timeout: Option<Duration>,
) -> Result<bool, Fault> {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    let offsets = settings.cluster()?.offsets()?;
    let slugs: Vec<&str> = match province {
        Some(slug) => vec![slug],
        None => settings
            .provinces
            .iter()
            .map(|province| province.slug.as_str())
            .collect(),
    };
    for (group, topics) in stages(slugs.into_iter()) {
        let mut ends: Option<BTreeMap<Partition, i64>> = None;
        loop {
            let look = offsets.look()?;
            let ends = ends.get_or_insert_with(|| ends_of(&look, &topics));
            if passed(settings, &look, group, ends)? {
                break;
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(false);
            }
            std::thread::sleep(EVERY);
        }
    }
    Ok(true)
}

fn ends_of(look: &Look, topics: &[String]) -> BTreeMap<Partition, i64> {
    let ours = look
        .ends
        .iter()
        .filter(|(partition, _)| topics.contains(&partition.topic));
    ours.filter(|(_, ends)| ends.end > ends.earliest)
        .map(|(partition, ends)| (partition.clone(), ends.end))
        .collect()
}

/// Whether the group has read everything before `ends`: where only markers are left before one, no record
/// will move the position on.
fn passed(
    settings: &Settings,
    look: &Look,
    group: &str,
    ends: &BTreeMap<Partition, i64>,
) -> Result<bool, Fault> {
    let committed = |partition: &Partition| {
        let group = look.groups.get(group)?;
        group.committed.get(partition).copied()
    };
    let mut left = Vec::new();
    for (partition, end) in ends {
        let from = committed(partition).or_else(|| look.ends.get(partition).map(|ends| ends.earliest));
        match from {
            Some(from) if from >= *end => {}
            Some(from) => left.push(super::Stretch {
                partition: partition.clone(),
                from,
                to: *end,
            }),
            None => return Ok(false),
        }
    }
    let found = super::first_waiting(&settings.kafka, &left, Duration::from_secs(2))?;
    let stable = |partition: &Partition| look.ends.get(partition).map_or(0, |ends| ends.stable);
    Ok(found.iter().all(|(partition, first)| {
        *first == lag::FirstWaiting::Nothing
            && ends.get(partition).is_some_and(|end| stable(partition) >= *end)
    }))
}
