//! `lag --explain`: watches for a while and names causes with what they are concluded from.

use super::{Watcher, evidence::Register};
use crate::Settings;
use crate::table::{self, Tone};
use lag::{Cause, Evidence, PartitionLag, Verdict, causes};
use runtime::Fault;
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// The longest that is watched: what stands still for so long is no pause of a healthy worker.
const LONGEST: Duration = Duration::from_secs(20);
/// Time between looks.
const EVERY: Duration = Duration::from_secs(1);
/// Looks at which all must be well to say so.
const WELL: u32 = 3;
/// Looks in a row that must name the same causes.
const AGREED: u32 = 2;

/// Watches until causes are found and stay, or all is well, or the longest time is over.
///
/// # Errors
/// Transient when the cluster doesn't answer.
pub(super) async fn watch(
    settings: &Settings,
    watcher: &mut Watcher<'_>,
    province: Option<&str>,
) -> Result<(Vec<PartitionLag>, Vec<Cause>), Fault> {
    let mut register = Register::of(settings);
    let started = Instant::now();
    let (mut named, mut agreed, mut well): (Vec<Cause>, u32, u32) = (Vec::new(), 0, 0);
    loop {
        block_in_place(|| watcher.look())?;
        let (database, nodes) = register.ask().await;
        let lags = watcher.lags();
        let evidence = Evidence {
            window: watcher.window(),
            lags: &lags,
            province,
            database: &database,
            nodes: &nodes,
        };
        let found = causes(&evidence);
        let kinds = |causes: &[Cause]| -> Vec<_> {
            causes
                .iter()
                .map(|cause| (cause.kind, cause.about.clone()))
                .collect()
        };
        agreed = if !found.is_empty() && kinds(&found) == kinds(&named) {
            agreed + 1
        } else {
            1
        };
        let pending = nodes
            .iter()
            .any(|node| node.pending > 0 && province.is_none_or(|slug| slug == node.province));
        let late = lags
            .iter()
            .any(|lag| concerns(lag, province) && is_unsettled(lag));
        well = if found.is_empty() && !late && !pending {
            well + 1
        } else {
            0
        };
        named = found;
        let settled = !named.is_empty() && agreed >= AGREED;
        if settled || well >= WELL || started.elapsed() >= LONGEST {
            return Ok((lags, named));
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn concerns(lag: &PartitionLag, province: Option<&str>) -> bool {
    let of_pipeline = [GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK].contains(&lag.group.as_str());
    of_pipeline && (province.is_none() || lag.province.is_none() || lag.province.as_deref() == province)
}

/// What waits and hasn't moved since we look may yet turn out to stand still, however fresh it is.
fn is_unsettled(lag: &PartitionLag) -> bool {
    let moves = lag.rates.rate_out.is_some_and(|rate| rate > 0.0);
    lag.verdict > Verdict::CaughtUp || (lag.waiting > 0 && !moves)
}

/// Writes each cause at the partitions of the group it is about.
pub(super) fn attach(lags: &mut [PartitionLag], causes: &[Cause]) {
    for lag in lags.iter_mut().filter(|lag| lag.verdict > Verdict::CaughtUp) {
        let about = format!("group {}", lag.group);
        lag.causes = causes
            .iter()
            .filter(|cause| cause.about == about)
            .cloned()
            .collect();
    }
}

/// The causes, or that there is none. Each stands for itself: a row of a table would wrap, and a command that wraps can't be
/// copied.
pub(super) fn told(causes: &[Cause], late: bool) -> String {
    if causes.is_empty() {
        return if late {
            "No cause was found for what waits: it moves, or the evidence does not suffice yet.".to_owned()
        } else {
            "All is well: nothing waits for longer than its stage takes.".to_owned()
        };
    }
    let room = table::room().unwrap_or(WIDE);
    let one = |cause: &Cause| {
        let Cause {
            kind,
            about,
            evidence,
            next,
            ..
        } = cause;
        let evidence = table::wrapped(evidence, room.saturating_sub(INDENT.len()));
        format!(
            "{}: {about}\n  seen  {}\n  next  {next}",
            Tone::Bad.over(kind.name()),
            evidence.join(&format!("\n{INDENT}"))
        )
    };
    causes.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// Where no terminal says how much there is room for.
const WIDE: usize = 100;
const INDENT: &str = "        ";

#[cfg(test)]
mod tests {
    use super::*;
    use lag::cause::Kind;

    #[test]
    fn a_cause_reads_downwards_and_its_command_in_one_line() {
        let cause = Cause {
            kind: Kind::DeadConsumer,
            about: "group sink".to_owned(),
            evidence: "0 members; nobody has register.changes[0], register.changes[1], register.changes[2] and 9 more, where \
                       12 records wait"
                .to_owned(),
            next: "intakectl groups describe sink".to_owned(),
        };
        assert_eq!(
            told(&[cause], true),
            "dead-consumer: group sink\n  \
             seen  0 members; nobody has register.changes[0], register.changes[1], register.changes[2] and 9\n        \
             more, where 12 records wait\n  next  intakectl groups describe sink"
        );
    }
}
