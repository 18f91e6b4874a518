//! `intakectl topics search`: records that say something, found by reading.

use super::part::Part;
use crate::peek::{Shown, Sought};
use crate::stretch;
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use secrecy::SecretString;
use serde::Serialize;
use std::io::Read;
use std::ops::ControlFlow;

/// Options of `topics search`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    part: Part,
    /// The member that is to have the value, at whatever depth: a name, or names from the outside in with dots between
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    field: String,
    /// Its whole value, as it was written; `-` reads it from standard input, where no list of processes shows it
    #[arg(long, value_name = "VALUE")]
    value: SecretString,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Found {
    topic: String,
    field: String,
    /// Records that were looked at.
    read: u64,
    /// There may be more.
    limited: bool,
    records: Vec<Shown>,
}

/// Reads the part and keeps what has the value; neither report nor error repeats the value.
///
/// # Errors
/// Data when topic, partition or offset isn't there; transient when the cluster doesn't answer.
pub(super) fn run(settings: &Settings, options: &Options) -> Result<Found, Fault> {
    let sought = Sought::new(&options.field, value(&options.value)?);
    let cluster = settings.cluster()?;
    let stretches = options.part.find(&cluster.offsets()?)?;
    let (limit, mut read, mut records) = (options.limit as usize, 0, Vec::new());
    stretch::read(&cluster, &stretches, |record| {
        if records.len() >= limit {
            return Ok(ControlFlow::Break(()));
        }
        read += 1;
        if sought.is_in(&record) {
            records.push(Shown::of(&record));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Found {
        topic: options.part.place.topic.clone(),
        field: options.field.clone(),
        read,
        limited: records.len() >= limit,
        records,
    })
}

fn value(given: &SecretString) -> Result<SecretString, Fault> {
    use secrecy::ExposeSecret;
    if given.expose_secret() != "-" {
        return Ok(given.clone());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|e| Fault::data(format!("can't read the value from standard input: {e}")))?;
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

impl Report for Found {
    fn table(&self) -> String {
        let mut text = String::new();
        for record in &self.records {
            text += &format!(
                "{}[{}] offset {}\n\n",
                self.topic,
                record.partition(),
                record.told()
            );
        }
        let more = if self.limited {
            "; there may be more: raise --limit"
        } else {
            ""
        };
        format!(
            "{text}{} of {} records have this in {}{more}",
            self.records.len(),
            self.read,
            self.field
        )
    }
}
