//! `intakectl topics list`.

use super::part::whole;
use crate::stretch::{self, Stretch};
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use runtime::Fault;
use runtime::kafka::{DescribedTopic, Partition, Record};
use schemas::Timestamp;
use serde::Serialize;
use tokio::task::block_in_place;

/// The topics that are there.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Listed(Vec<Row>);

#[derive(Debug, Serialize)]
struct Row {
    topic: String,
    partitions: usize,
    /// Over all partitions; none while one has no leader.
    offsets: Option<i64>,
    cleanup_policy: Option<String>,
    /// None for a topic that keeps its records for ever.
    retention_ms: Option<i64>,
    first_at: Option<String>,
    last_at: Option<String>,
}

/// Lists them.
///
/// # Errors
/// Fatal when we may not describe them; transient when the cluster doesn't answer.
pub(super) async fn run(settings: &Settings) -> Result<Listed, Fault> {
    let topics = settings.cluster()?.describe_topics().await?;
    block_in_place(|| measured(settings, topics))
}

fn measured(settings: &Settings, topics: Vec<DescribedTopic>) -> Result<Listed, Fault> {
    let cluster = stretch::in_small_fetches(settings)?;
    let offsets = cluster.offsets()?;
    let named = |topic: &DescribedTopic| {
        let name = topic.name.clone();
        let number = topic.partitions.iter().map(|partition| partition.number);
        number
            .map(move |number| Partition::new(name.clone(), number))
            .collect::<Vec<_>>()
    };
    let partitions: Vec<Partition> = topics.iter().flat_map(named).collect();
    let ends = offsets.known_boundaries(&partitions)?;
    let known: Vec<_> = partitions
        .iter()
        .zip(&ends)
        .filter_map(|(partition, ends)| Some((partition.clone(), (*ends)?)))
        .collect();
    let stretches: Vec<Stretch> = known.iter().map(whole).collect();
    let first = stretch::first(&cluster, &stretches, 1)?;
    let last = stretch::last(&cluster, &stretches, 1)?;
    let row = |topic: DescribedTopic| Row {
        offsets: partitions
            .iter()
            .zip(&ends)
            .filter(|(partition, _)| partition.topic == topic.name)
            .map(|(_, ends)| ends.map(|ends| ends.end - ends.earliest))
            .sum(),
        partitions: topic.partitions.len(),
        cleanup_policy: topic.setting("cleanup.policy").map(str::to_owned),
        retention_ms: retention(&topic),
        first_at: times(&first, &topic.name).min().map(|at| at.to_string()),
        last_at: times(&last, &topic.name).max().map(|at| at.to_string()),
        topic: topic.name,
    };
    Ok(Listed(topics.into_iter().map(row).collect()))
}

fn times<'a>(records: &'a [Record], topic: &'a str) -> impl Iterator<Item = Timestamp> + 'a {
    let of_topic = records
        .iter()
        .filter(move |record| record.partition.topic == topic);
    of_topic.map(|record| record.appended_at)
}

/// For how long a topic keeps its records; none for ever, as all of a compacted one.
fn retention(topic: &DescribedTopic) -> Option<i64> {
    let deletes = topic.setting("cleanup.policy")?.contains("delete");
    let kept = topic.setting("retention.ms")?.parse().ok()?;
    (deletes && kept >= 0).then_some(kept)
}

impl Report for Listed {
    fn table(&self) -> String {
        if self.0.is_empty() {
            return "there is no topic here: make them with `intakectl topics apply --execute`, or check --namespace"
                .to_owned();
        }
        let mut table = Table::new(&["TOPIC", "PARTITIONS", "OFFSETS", "KEPT", "FIRST", "LAST"]);
        let at = |moment: &Option<String>| Cell::text(moment.as_deref().unwrap_or("-"));
        for row in &self.0 {
            let kept = match row.retention_ms {
                Some(ms) => format!("{} h", ms / 3_600_000),
                None => row.cleanup_policy.clone().unwrap_or_default(),
            };
            let offsets = match row.offsets {
                Some(count) => Cell::number(count),
                None => Cell::right("no leader").toned(Tone::Bad),
            };
            table.row([
                Cell::text(&row.topic),
                Cell::number(row.partitions as i64),
                offsets,
                Cell::right(kept),
                at(&row.first_at),
                at(&row.last_at),
            ]);
        }
        table.render()
    }
}
