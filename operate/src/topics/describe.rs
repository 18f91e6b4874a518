//! `intakectl topics describe`.

use super::part::{Known, no_topic, whole};
use crate::stretch::{self, Stretch};
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use runtime::kafka::{DescribedPartition, Partition, Record};
use serde::Serialize;
use tokio::task::block_in_place;

/// Options of `topics describe`.
#[derive(Debug, Args)]
pub struct Options {
    /// The topic, without the namespace
    #[arg(value_name = "TOPIC")]
    topic: String,
}

/// A topic.
#[derive(Debug, Serialize)]
pub struct Described {
    topic: String,
    /// With the namespace.
    full_name: String,
    partitions: Vec<Row>,
    /// What isn't Kafka's own default.
    settings: Vec<Set>,
}

#[derive(Debug, Serialize)]
struct Row {
    partition: i32,
    leader: Option<i32>,
    replicas: Vec<i32>,
    in_sync: Vec<i32>,
    earliest_offset: Option<i64>,
    stable_offset: Option<i64>,
    end_offset: Option<i64>,
    first_at: Option<String>,
    last_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct Set {
    name: String,
    value: String,
    by: &'static str,
}

/// Describes one.
///
/// # Errors
/// Data when it isn't there; fatal when we may not describe it; transient when the cluster doesn't answer.
pub(super) async fn run(settings: &Settings, options: &Options) -> Result<Described, Fault> {
    let cluster = settings.cluster()?;
    let topic = cluster
        .describe_topic(&options.topic)
        .await?
        .ok_or_else(|| no_topic(&options.topic))?;
    let set = topic
        .settings
        .into_iter()
        .filter(|setting| setting.set_by != "default");
    Ok(Described {
        full_name: cluster.namespace().full(&topic.name),
        partitions: block_in_place(|| rows(settings, &topic.name, topic.partitions))?,
        settings: set
            .map(|setting| Set {
                name: setting.name,
                value: setting.value,
                by: setting.set_by,
            })
            .collect(),
        topic: topic.name,
    })
}

fn rows(settings: &Settings, topic: &str, partitions: Vec<DescribedPartition>) -> Result<Vec<Row>, Fault> {
    let cluster = stretch::in_small_fetches(settings)?;
    let named: Vec<Partition> = partitions
        .iter()
        .map(|partition| Partition::new(topic, partition.number))
        .collect();
    let ends = cluster.offsets()?.known_boundaries(&named)?;
    let known: Vec<Known> = named
        .into_iter()
        .zip(&ends)
        .filter_map(|(partition, ends)| Some((partition, (*ends)?)))
        .collect();
    let stretches: Vec<Stretch> = known.iter().map(whole).collect();
    let first = stretch::first(&cluster, &stretches, 1)?;
    let last = stretch::last(&cluster, &stretches, 1)?;
    let at = |records: &[Record], number: i32| {
        let mut found = records.iter().filter(|record| record.partition.number == number);
        found.next().map(|record| record.appended_at.to_string())
    };
    let row = |(partition, ends): (DescribedPartition, Option<runtime::kafka::Boundaries>)| Row {
        partition: partition.number,
        leader: partition.leader,
        earliest_offset: ends.map(|ends| ends.earliest),
        stable_offset: ends.map(|ends| ends.stable),
        end_offset: ends.map(|ends| ends.end),
        first_at: at(&first, partition.number),
        last_at: at(&last, partition.number),
        replicas: partition.replicas,
        in_sync: partition.in_sync,
    };
    Ok(partitions.into_iter().zip(ends).map(row).collect())
}

impl Report for Described {
    fn table(&self) -> String {
        let mut table = Table::new(&[
            "PARTITION",
            "LEADER",
            "REPLICAS",
            "IN SYNC",
            "EARLIEST",
            "STABLE",
            "END",
            "FIRST",
            "LAST",
        ]);
        let brokers = |ids: &[i32]| ids.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
        let at = |moment: &Option<String>| Cell::text(moment.as_deref().unwrap_or("-"));
        for row in &self.partitions {
            let leader = match row.leader {
                Some(id) => Cell::number(id.into()),
                None => Cell::right("none").toned(Tone::Bad),
            };
            let behind = row.in_sync.len() < row.replicas.len();
            table.row([
                Cell::number(row.partition.into()),
                leader,
                Cell::text(brokers(&row.replicas)),
                Cell::text(brokers(&row.in_sync)).toned(if behind { Tone::Bad } else { Tone::Plain }),
                Cell::optional_number(row.earliest_offset),
                Cell::optional_number(row.stable_offset),
                Cell::optional_number(row.end_offset),
                at(&row.first_at),
                at(&row.last_at),
            ]);
        }
        let mut settings = Table::new(&["SETTING", "VALUE", "SET BY"]);
        for set in &self.settings {
            settings.row([Cell::text(&set.name), Cell::text(&set.value), Cell::text(set.by)]);
        }
        format!("{}\n\n{}\n{}", self.full_name, table.render(), settings.render())
    }
}
