//! `intakectl control list`.

use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use runtime::Fault;
use runtime::kafka::Partition;
use schemas::codec::Event;
use schemas::control::{ControlBody, ControlEntry, PositionQuarantined, PositionSkipped};
use schemas::topics::CONTROL;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the broker may be silent while the topic is read.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is in force.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Controls(Vec<Control>);

/// One decision in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Control {
    /// `skipped`, `quarantined`, or `unreadable`.
    pub kind: &'static str,
    /// Source topic, or the key of what can't be read.
    pub topic: String,
    /// Partition.
    pub partition: Option<i32>,
    /// First offset.
    pub from: Option<i64>,
    /// First offset behind.
    pub to: Option<i64>,
    /// When it was decided, RFC 3339.
    pub at: Option<String>,
    /// Who decided.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Reads the control topic to its end.
///
/// # Errors
/// Transient when Kafka doesn't answer; fatal when the topic isn't there.
pub fn run(settings: &Settings) -> Result<Controls, Fault> {
    let entries = tokio::task::block_in_place(|| in_force(settings))?;
    Ok(Controls(
        entries.iter().map(|(key, value)| control(key, value)).collect(),
    ))
}

/// The positions skipped. Blocking.
///
/// # Errors
/// As [`run`].
pub(crate) fn skips(settings: &Settings) -> Result<Vec<PositionSkipped>, Fault> {
    let entries = in_force(settings)?;
    let bodies = entries
        .values()
        .filter_map(|value| ControlEntry::decode(value).ok())
        .map(|entry| entry.body);
    let skipped = |body| match body {
        ControlBody::PositionSkipped(skipped) => Some(skipped),
        ControlBody::PositionQuarantined(_) => None,
    };
    Ok(bodies.filter_map(skipped).collect())
}

/// The last entry of each key.
fn in_force(settings: &Settings) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Fault> {
    let cluster = settings.cluster()?;
    let offsets = cluster.offsets()?;
    let partitions = offsets.partitions(&[CONTROL.to_owned()])?;
    if partitions.is_empty() {
        return Err(Fault::fatal(format!(
            "there is no topic {CONTROL}: make it with `intakectl topics apply --execute`, or check --namespace"
        )));
    }
    let boundaries = offsets.boundaries(&partitions)?;
    let starts: Vec<(Partition, i64)> = partitions
        .iter()
        .cloned()
        .zip(boundaries.iter().map(|b| b.earliest))
        .collect();
    let ends: Vec<(Partition, i64)> = partitions
        .into_iter()
        .zip(boundaries.iter().map(|b| b.stable))
        .collect();
    if boundaries.iter().all(|b| b.earliest >= b.stable) {
        return Ok(BTreeMap::new());
    }
    let mut latest: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    cluster.reader(&starts)?.read_to_end(&ends, PATIENCE, |record| {
        let key = record.key.unwrap_or_default();
        if record.value.is_empty() {
            latest.remove(&key);
        } else {
            latest.insert(key, record.value);
        }
        Ok(())
    })?;
    Ok(latest)
}

fn control(key: &[u8], value: &[u8]) -> Control {
    let Ok(entry) = ControlEntry::decode(value) else {
        return Control {
            kind: "unreadable",
            topic: String::from_utf8_lossy(key).into_owned(),
            partition: None,
            from: None,
            to: None,
            at: None,
            by: None,
            reason: None,
        };
    };
    let (kind, topic, partition, from, to) = match entry.body {
        ControlBody::PositionSkipped(PositionSkipped {
            topic,
            partition,
            from,
            to,
        }) => ("skipped", topic, partition, from, to),
        ControlBody::PositionQuarantined(PositionQuarantined {
            topic,
            partition,
            offset,
        }) => ("quarantined", topic, partition, offset, offset.saturating_add(1)),
    };
    Control {
        kind,
        topic,
        partition: Some(partition),
        from: Some(from),
        to: Some(to),
        at: Some(entry.at.to_string()),
        by: Some(entry.by),
        reason: Some(entry.reason),
    }
}

impl Report for Controls {
    fn table(&self) -> String {
        if self.0.is_empty() {
            return "no position is taken out of the flow".to_owned();
        }
        let mut table = Table::new(&["KIND", "TOPIC", "PARTITION", "FROM", "TO", "AT", "BY", "REASON"]);
        let or_dash = |text: &Option<String>| Cell::text(text.as_deref().unwrap_or("-"));
        for control in &self.0 {
            let tone = if control.kind == "unreadable" {
                Tone::Bad
            } else {
                Tone::Plain
            };
            table.row([
                Cell::text(control.kind).toned(tone),
                Cell::text(&control.topic),
                Cell::optional_number(control.partition.map(i64::from)),
                Cell::optional_number(control.from),
                Cell::optional_number(control.to),
                or_dash(&control.at),
                or_dash(&control.by),
                or_dash(&control.reason),
            ]);
        }
        table.render()
    }
}
