//! `intakectl topics tail`: the newest records of a topic, and those that come.

use super::head::{self, Records, in_order};
use super::part::whole;
use crate::peek::Shown;
use crate::stretch::{self, Stretch};
use crate::{Ended, Output, Settings, tell};
use clap::Args;
use runtime::kafka::{Cluster, Partition};
use runtime::{Fault, Remedy, Stop};
use std::io::{ErrorKind, Write};
use std::time::Duration;
use tokio::task::block_in_place;

/// Options of `topics tail`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: head::Options,
    /// Go on with what comes, until interrupted; -o json is a line each
    #[arg(short, long)]
    follow: bool,
}

/// Shows the newest, and with --follow what comes after them.
///
/// # Errors
/// Data when topic or partition isn't there; transient when the cluster doesn't answer.
pub(super) fn run(settings: &Settings, options: &Options, output: Output) -> Result<Ended, Fault> {
    let stop = Stop::on_signals()?;
    let cluster = settings.cluster()?;
    let place = &options.which.place;
    let known = place.find(&cluster.offsets()?)?;
    let stretches: Vec<Stretch> = known.iter().map(whole).collect();
    let count = usize::from(options.which.count);
    let mut records = in_order(stretch::last(&cluster, &stretches, count)?);
    records.drain(..records.len().saturating_sub(count));
    let newest = Records {
        topic: place.topic.clone(),
        records: records.iter().map(Shown::of).collect(),
    };
    if !options.follow {
        return crate::print(&newest, output);
    }
    for record in &newest.records {
        if !told(&newest.topic, record, output)? {
            return Ok(Ended::Fine);
        }
    }
    let ends: Vec<(Partition, i64)> = stretches
        .into_iter()
        .map(|stretch| (stretch.partition, stretch.to))
        .collect();
    block_in_place(|| follow(&cluster, &ends, output, &stop))
}

fn follow(cluster: &Cluster, ends: &[(Partition, i64)], output: Output, stop: &Stop) -> Result<Ended, Fault> {
    let reader = cluster.reader(ends)?;
    while !stop.requested() {
        let record = match reader.poll(Duration::from_millis(100)) {
            Ok(Some(record)) => record,
            Ok(None) => continue,
            // It heals by reading on; who watches is to know why nothing comes.
            Err(fault) if fault.remedy() == Remedy::Transient => {
                tell(&fault.to_string());
                continue;
            }
            Err(fault) => return Err(fault),
        };
        if !told(&record.partition.topic, &Shown::of(&record), output)? {
            break;
        }
    }
    Ok(Ended::Fine)
}

/// Prints a record at once; false when nobody reads any more.
fn told(topic: &str, record: &Shown, output: Output) -> Result<bool, Fault> {
    let text = match output {
        Output::Table => format!("{topic}[{}] offset {}\n", record.partition(), record.told()),
        Output::Json => serde_json::to_string(record)
            .map_err(|e| Fault::fatal(format!("a record does not fit JSON: {e}")))?,
    };
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Fault::transient(format!("can't write the answer: {error}"))),
        Ok(()) => Ok(true),
    }
}
