//! Causes in a consumer group.

use super::database::{of_database, reading_back, restoring};
use super::{Cause, Evidence, Kind};
use crate::verdict::{Verdict, unstable_for, waited_still_for};
use crate::{PartitionLag, STALL};
use runtime::kafka::Look;
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use std::collections::BTreeSet;

/// A frozen worker stays a member for its session's 10 s: only a longer stand is a record's fault.
const STUCK: f64 = STALL + 5.0;
/// Members that came and went within the window.
const RESTARTS: usize = 2;
/// How much more must come in than goes out.
const BURST: f64 = 1.5;

pub(super) fn causes(evidence: &Evidence<'_>, name: &str, blocked_later: bool) -> Vec<Cause> {
    let late: Vec<&PartitionLag> = evidence
        .relevant()
        .filter(|lag| lag.group == name && lag.verdict > Verdict::CaughtUp)
        .collect();
    if late.is_empty() {
        return Vec::new();
    }
    let describe = || format!("intakectl groups describe {name}");
    let cause = |kind, evidence: String, next: String| Cause {
        kind,
        about: format!("group {name}"),
        evidence,
        next,
    };
    if name.ends_with("-shadow") {
        return vec![cause(
            Kind::ReplayInProgress,
            format!("the shadow group {name} has {} records to read", waiting(&late)),
            describe(),
        )];
    }
    let mut found = Vec::new();
    for lag in with(&late, Verdict::LosingData) {
        let text = format!(
            "{} stands at {:?}, the topic holds {} to {}: {} records are gone",
            place(lag),
            lag.committed_offset.unwrap_or(0),
            lag.earliest_offset,
            lag.end_offset,
            lag.lost_records
        );
        found.push(cause(
            Kind::RecordsDeleted,
            text,
            "intakectl reconcile".to_owned(),
        ));
    }
    for lag in with(&late, Verdict::HungTransaction) {
        let held = unstable_for(&evidence.window.series(name, &lag.partition()));
        let hidden = lag.end_offset - lag.stable_offset;
        let text = format!(
            "{} is stable up to {} only, for {held:.0} s: {hidden} records are behind an open transaction",
            place(lag),
            lag.stable_offset
        );
        found.push(cause(
            Kind::HungTransaction,
            text,
            format!("intakectl groups describe {GROUP_MATCH}"),
        ));
    }
    let group = evidence.window.last().and_then(|look| look.groups.get(name));
    let members = group.map_or(0, |group| group.members.len());
    let unread: Vec<&PartitionLag> = late
        .iter()
        .copied()
        .filter(|lag| matches!(lag.verdict, Verdict::NoActiveConsumers | Verdict::NeverCommitted))
        .filter(|lag| members == 0 || lag.verdict == Verdict::NoActiveConsumers)
        .collect();
    let Unrest {
        gone,
        rebalances,
        stayed,
    } = unrest(evidence, name);
    let stuck: Vec<&PartitionLag> = with(&late, Verdict::Stalled).collect();
    let still = late.iter().any(|lag| stands(evidence, lag) >= STALL);
    // A record that ends whoever gets it spares nobody.
    if still && gone >= RESTARTS && stayed == 0 {
        let text = format!(
            "{} members came and went in {:.0} s, and {} does not move: its worker ends at each try",
            gone,
            evidence.window.seconds(),
            place(late[0])
        );
        found.push(cause(Kind::PoisonRecord, text, peek(late[0])));
    } else if rebalances > RESTARTS {
        let text = format!(
            "the group shared out its partitions {rebalances} times in {:.0} s, with {members} members now",
            evidence.window.seconds()
        );
        found.push(cause(Kind::RebalanceLoop, text, describe()));
    } else if let Some(seconds) = restoring(evidence.database).filter(|_| name == GROUP_MATCH && members == 0)
    {
        found.push(cause(Kind::MatcherRestoring, reading_back(seconds), describe()));
    } else if !unread.is_empty() {
        let kind = if members == 0 {
            Kind::DeadConsumer
        } else {
            Kind::MissingMember
        };
        let text = format!(
            "{members} members; nobody has {}, where {} records wait",
            places(&unread),
            waiting(&unread)
        );
        found.push(cause(kind, text, describe()));
    }
    if name == GROUP_SINK {
        found.extend(of_database(evidence.database).map(|(kind, text, next)| cause(kind, text, next)));
    }
    if !found.is_empty() {
        return found;
    }
    if name == GROUP_MATCH
        && let Some(restoring) = restoring(evidence.database).filter(|_| !stuck.is_empty())
    {
        return vec![cause(Kind::MatcherRestoring, reading_back(restoring), describe())];
    }
    let poison = stuck.iter().find(|lag| stands(evidence, lag) >= STUCK);
    if let Some(lag) = poison.filter(|_| !blocked_later) {
        let text = format!(
            "{} has stood at {} for {:.0} s with {} records behind it, and a member has it",
            place(lag),
            lag.next(),
            stands(evidence, lag),
            lag.waiting
        );
        return vec![cause(Kind::PoisonRecord, text, peek(lag))];
    }
    let burst = |lag: &&&PartitionLag| {
        let pair = lag.rates.rate_in.zip(lag.rates.rate_out);
        pair.is_some_and(|(arriving, leaving)| leaving > 0.0 && arriving > leaving * BURST)
    };
    let burst = with(&late, Verdict::Growing)
        .collect::<Vec<_>>()
        .iter()
        .find(burst)
        .copied();
    if let Some(lag) = burst.filter(|_| name == GROUP_NORMALISE && !blocked_later) {
        let text = format!(
            "{} gets {:.0} records a second, and {:.0} are taken",
            place(lag),
            lag.rates.rate_in.unwrap_or(0.0),
            lag.rates.rate_out.unwrap_or(0.0)
        );
        return vec![cause(Kind::Burst, text, "intakectl lag --watch".to_owned())];
    }
    Vec::new()
}

/// How members came and went within the window.
struct Unrest {
    /// Members that were there and are gone.
    gone: usize,
    /// Times the group was found sharing out, or with other members.
    rebalances: usize,
    /// Members that were there all the time.
    stayed: usize,
}

fn unrest(evidence: &Evidence<'_>, name: &str) -> Unrest {
    let ids = |look: &Look| -> BTreeSet<String> {
        let members = look.groups.get(name).into_iter().flat_map(|group| &group.members);
        members.map(|member| member.id.clone()).collect()
    };
    let of_looks: Vec<(BTreeSet<String>, bool)> = evidence
        .window
        .looks()
        .map(|look| {
            let sharing = look
                .groups
                .get(name)
                .is_some_and(|group| group.state.ends_with("Rebalance"));
            (ids(look), sharing)
        })
        .collect();
    let ever: BTreeSet<&String> = of_looks.iter().flat_map(|(ids, _)| ids).collect();
    let now = of_looks.last().map_or(0, |(ids, _)| ids.len());
    let always = |id: &&&String| of_looks.iter().all(|(ids, _)| ids.contains(**id));
    Unrest {
        gone: ever.len() - now,
        rebalances: of_looks
            .windows(2)
            .filter(|pair| pair[0].0 != pair[1].0 || pair[1].1)
            .count(),
        stayed: ever.iter().filter(always).count(),
    }
}

fn stands(evidence: &Evidence<'_>, lag: &PartitionLag) -> f64 {
    waited_still_for(&evidence.window.series(&lag.group, &lag.partition()))
}

fn with<'a>(late: &[&'a PartitionLag], verdict: Verdict) -> impl Iterator<Item = &'a PartitionLag> {
    late.iter().copied().filter(move |lag| lag.verdict == verdict)
}

fn waiting(lags: &[&PartitionLag]) -> i64 {
    lags.iter().map(|lag| lag.waiting).sum()
}

fn place(lag: &PartitionLag) -> String {
    format!("{}[{}]", lag.topic, lag.partition)
}

fn places(lags: &[&PartitionLag]) -> String {
    let named: Vec<String> = lags.iter().take(3).map(|lag| place(lag)).collect();
    match lags.len() {
        0..=3 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), more - 3),
    }
}

fn peek(lag: &PartitionLag) -> String {
    format!(
        "intakectl peek {} -p {} --offset {}",
        lag.topic,
        lag.partition,
        lag.next()
    )
}
