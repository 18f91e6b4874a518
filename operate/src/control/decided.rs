//! A decision about positions, and its way onto the control topic.

use crate::entry::{append, session_user};
use crate::{Ended, Report, Settings};
use runtime::kafka::{Boundaries, Cluster, Partition};
use runtime::{Fault, clock};
use schemas::codec::Event;
use schemas::control::{ControlBody, ControlEntry};
use schemas::topics::{CONTROL, applications};
use serde::Serialize;
use tokio::task::block_in_place;

/// What became of it.
#[derive(Debug, Serialize)]
pub struct Decided {
    executed: bool,
    refused: Option<String>,
    #[serde(skip)]
    verb: &'static str,
    topic: String,
    partition: i32,
    from: i64,
    /// The first offset behind.
    to: i64,
    by: String,
    reason: String,
    logged_at_offset: Option<i64>,
}

/// Positions that are to be taken out of the flow.
pub(super) struct Positions<'a> {
    /// Says in a key and to people what is done: `skip` or `quarantine`.
    pub(super) verb: &'static str,
    pub(super) topic: &'a str,
    pub(super) partition: i32,
    pub(super) from: i64,
    /// The first offset behind.
    pub(super) to: i64,
}

/// Puts `body` on the control topic, unless something speaks against it: what `objection` says of where the partition
/// begins and ends.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer.
pub(super) async fn decide(
    settings: &Settings,
    positions: Positions<'_>,
    reason: &str,
    execute: bool,
    body: ControlBody,
    objection: impl Fn(&Partition, Boundaries) -> Option<String>,
) -> Result<Decided, Fault> {
    let cluster = settings.cluster()?;
    let Positions {
        verb,
        topic,
        partition,
        from,
        to,
    } = positions;
    let mut decided = Decided {
        executed: false,
        refused: block_in_place(|| unknown_or(settings, &cluster, topic, partition, objection))?,
        verb,
        topic: topic.to_owned(),
        partition,
        from,
        to,
        by: session_user(&mut settings.register()?.open().await?).await?,
        reason: reason.to_owned(),
        logged_at_offset: None,
    };
    if execute && decided.refused.is_none() {
        let entry = ControlEntry {
            at: clock::now(),
            by: decided.by.clone(),
            reason: reason.to_owned(),
            body,
        };
        let key = format!("{verb}/{topic}/{partition}/{from}");
        let bytes = entry.encode().map_err(|e| Fault::fatal(e.to_string()))?;
        let offset = block_in_place(|| append(&cluster, CONTROL, key.as_bytes(), &bytes))?;
        (decided.executed, decided.logged_at_offset) = (true, Some(offset));
    }
    Ok(decided)
}

fn unknown_or(
    settings: &Settings,
    cluster: &Cluster,
    topic: &str,
    partition: i32,
    objection: impl Fn(&Partition, Boundaries) -> Option<String>,
) -> Result<Option<String>, Fault> {
    let mut provinces = settings.provinces.iter();
    if !provinces.any(|province| applications(&province.slug) == topic) {
        return Ok(Some(format!("{topic} is no province's topic of applications")));
    }
    let offsets = cluster.offsets()?;
    let partition = Partition::new(topic, partition);
    let partitions = offsets.partitions(&[topic.to_owned()])?;
    if !partitions.contains(&partition) {
        return Ok(Some(format!("there is no {partition}")));
    }
    let boundaries = offsets.boundaries(std::slice::from_ref(&partition))?;
    Ok(boundaries.first().and_then(|found| objection(&partition, *found)))
}

impl Report for Decided {
    fn table(&self) -> String {
        let Self {
            verb,
            topic,
            partition,
            from,
            by,
            reason,
            ..
        } = self;
        let last = self.to - 1;
        let range = if last > *from {
            format!("{from} to {last}")
        } else {
            from.to_string()
        };
        let what = format!("{topic}[{partition}]: {verb} {range} (by {by}: {reason})");
        match (&self.refused, self.logged_at_offset) {
            (Some(why), _) => format!("{topic}[{partition}]: refused: {why}"),
            (None, None) => format!("{what}\ndry run: nothing was done; do it with --execute"),
            (None, Some(offset)) => format!("{what}\nentry {offset} of {CONTROL}"),
        }
    }

    fn ended(&self) -> Ended {
        if self.refused.is_some() {
            Ended::Refused
        } else {
            Ended::Fine
        }
    }
}
