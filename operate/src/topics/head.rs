//! `intakectl topics head`: the oldest records of a topic.

use super::part::{Place, whole};
use crate::peek::Shown;
use crate::stretch::{self, Stretch};
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use runtime::kafka::Record;
use serde::Serialize;

/// Options of `topics head`.
#[derive(Debug, Args)]
#[group(skip)] // `tail` has these options among its own
pub struct Options {
    #[command(flatten)]
    pub(super) place: Place,
    /// How many records
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) count: u16,
}

/// Records, by the time they were appended.
#[derive(Debug, Serialize)]
pub struct Records {
    pub(super) topic: String,
    pub(super) records: Vec<Shown>,
}

/// Shows the oldest.
///
/// # Errors
/// Data when topic or partition isn't there; transient when the cluster doesn't answer.
pub(super) fn run(settings: &Settings, options: &Options) -> Result<Records, Fault> {
    let cluster = settings.cluster()?;
    let known = options.place.find(&cluster.offsets()?)?;
    let stretches: Vec<Stretch> = known.iter().map(whole).collect();
    let count = usize::from(options.count);
    let mut records = in_order(stretch::first(&cluster, &stretches, count)?);
    records.truncate(count);
    Ok(Records {
        topic: options.place.topic.clone(),
        records: records.iter().map(Shown::of).collect(),
    })
}

/// Partitions mixed by time; within one, offsets stay in order whatever its clock did.
pub(super) fn in_order(mut records: Vec<Record>) -> Vec<Record> {
    let mut latest = std::collections::BTreeMap::new();
    records.sort_by_cached_key(|record| {
        let latest = latest
            .entry(record.partition.number)
            .or_insert(record.appended_at);
        *latest = record.appended_at.max(*latest);
        (*latest, record.partition.number, record.offset)
    });
    records
}

impl Report for Records {
    fn table(&self) -> String {
        if self.records.is_empty() {
            return format!("{} holds no record that can be read", self.topic);
        }
        let told =
            |record: &Shown| format!("{}[{}] offset {}", self.topic, record.partition(), record.told());
        self.records.iter().map(told).collect::<Vec<_>>().join("\n\n")
    }
}
