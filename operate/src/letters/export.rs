//! `intakectl dead-letters export`: letters in a topic, as Kafka Connect writes its dead letters, for other tools.

use super::connect;
use super::filter::Filter;
use super::letter::{Letter, Original};
use crate::show::unmask::reason;
use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report, Settings, audit};
use clap::Args;
use runtime::Fault;
use runtime::kafka::{Cluster, Producer};
use schemas::topics;
use serde::Serialize;
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long the broker may take to acknowledge.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);

/// Options of `dead-letters export`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Filter,
    /// The topic they are written to, without the namespace: it must be there, and none of the pipeline's own
    #[arg(long, value_name = "TOPIC")]
    to: String,
    /// Why values about people leave the register: the number of a request or a case, no name. It is in the audit before
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// How many a second at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
}

/// What was exported.
#[derive(Debug, Serialize)]
pub struct Exported {
    executed: bool,
    to: String,
    letters: Vec<ExportedLetter>,
}

#[derive(Debug, Serialize)]
struct ExportedLetter {
    id: i64,
    position: String,
    /// Why it was left out.
    refused: Option<String>,
    /// Where it stands now.
    partition: Option<i32>,
    offset: Option<i64>,
}

/// Exports them, or says which it would. A letter stays what it is: exporting decides nothing.
///
/// # Errors
/// Data when the topic isn't there or is the pipeline's own; fatal when this login may not add to the audit or may not write
/// the topic; transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Exported, Fault> {
    let cluster = settings.cluster()?;
    let largest = largest(&cluster, &options.to).await?;
    let mut conn = settings.open_register().await?;
    let letters = options.which.read(settings, &mut conn, false).await?;
    let mut exported = Exported {
        executed: false,
        to: options.to.clone(),
        letters: letters
            .iter()
            .map(|letter| ExportedLetter::of(letter, largest))
            .collect(),
    };
    let meant = exported.letters.iter().filter(|letter| letter.refused.is_none());
    let about: Vec<String> = meant.map(|letter| letter.position.clone()).collect();
    if !options.execute || about.is_empty() {
        return Ok(exported);
    }
    let result = format!("{} to {}", about.len(), options.to);
    audit::record(&mut conn, "dead-letter.export", &about, &options.reason, &result).await?;
    exported.executed = true;
    write(settings, &mut conn, options, &letters, &mut exported.letters).await?;
    Ok(exported)
}

/// The largest record that the topic takes.
async fn largest(cluster: &Cluster, to: &str) -> Result<usize, Fault> {
    if topics::is_own(to) {
        return Err(Fault::data(format!(
            "{to:?} is the pipeline's own: letters would come in again as what they once were; `intakectl dead-letters redrive` is \
             their way back"
        )));
    }
    let topic = cluster.describe_topic(to).await?.ok_or_else(|| {
        Fault::data(format!(
            "there is no topic {to:?} here, and none is made: make it with Kafka's own tools, and check --namespace"
        ))
    })?;
    let largest = topic
        .setting("max.message.bytes")
        .and_then(|bytes| bytes.parse().ok());
    Ok(largest.unwrap_or(usize::MAX))
}

async fn write(
    settings: &Settings,
    conn: &mut PgConnection,
    options: &Options,
    letters: &[Letter],
    exported: &mut [ExportedLetter],
) -> Result<(), Fault> {
    // One record a batch: the broker refuses a batch for its size, with all that is in it.
    let mut kafka = settings.kafka.clone();
    let own = kafka.properties.entry("batch.num.messages".to_owned());
    own.or_insert_with(|| "1".to_owned());
    let cluster = Cluster::new(&kafka)?;
    let producer = cluster.producer()?;
    let (started, mut sent) = (Instant::now(), 0.0);
    for (at, letter) in letters.iter().enumerate() {
        if exported[at].refused.is_some() {
            continue;
        }
        let due = started + Duration::from_secs(1).mul_f64(sent / f64::from(options.rate));
        sent += 1.0;
        let Original { value, mut headers } = letter.original(conn).await?;
        headers.extend(connect::headers(letter, cluster.namespace()));
        block_in_place(|| {
            while let Some(early) = due
                .checked_duration_since(Instant::now())
                .filter(|d| !d.is_zero())
            {
                take(&producer, early, exported)?;
            }
            producer.send_with(&options.to, letter.key(), &value, &headers, at as u64)
        })?;
    }
    block_in_place(|| {
        let deadline = Instant::now() + ACKNOWLEDGE;
        while producer.in_flight() > 0 && Instant::now() < deadline {
            take(&producer, Duration::from_millis(50), exported)?;
        }
        take(&producer, Duration::ZERO, exported)
    })?;
    let unknown = |letter: &&ExportedLetter| letter.refused.is_none() && letter.offset.is_none();
    match exported.iter().filter(unknown).count() {
        0 => Ok(()),
        lost => Err(Fault::transient(format!(
            "the broker did not acknowledge {lost} letters in {ACKNOWLEDGE:?}: they may or may not be in {}",
            options.to
        ))),
    }
}

fn take(producer: &Producer, patience: Duration, exported: &mut [ExportedLetter]) -> Result<(), Fault> {
    for delivery in producer.poll(patience) {
        let letter = &mut exported[delivery.token as usize];
        match delivery.result {
            Ok((partition, offset)) => {
                (letter.partition, letter.offset) = (Some(partition), Some(offset));
            }
            Err(fault) if fault.too_large => {
                letter.refused = Some("the topic takes no record so large".to_owned())
            }
            Err(fault) => {
                return Err(Fault::fatal(format!(
                    "the broker refuses a letter: {}",
                    fault.code
                )));
            }
        }
    }
    Ok(())
}

impl ExportedLetter {
    fn of(letter: &Letter, largest: usize) -> Self {
        /// Of the headers that are added and the record's own frame, at most.
        const BESIDE: usize = 2_048;
        let bytes = usize::try_from(letter.bytes).unwrap_or(0);
        let whole = bytes + letter.key().map_or(0, <[u8]>::len) + letter.header_bytes() + BESIDE;
        let refused = if bytes == 0 {
            Some("it has no bytes: they were erased, or never were any".to_owned())
        } else if whole > largest {
            Some(format!(
                "it has {bytes} bytes, and the topic takes {largest} at most"
            ))
        } else {
            None
        };
        Self {
            id: letter.id,
            position: letter.position(),
            refused,
            partition: None,
            offset: None,
        }
    }
}

impl Report for Exported {
    fn table(&self) -> String {
        if self.letters.is_empty() {
            return "no dead letter is meant by this".to_owned();
        }
        let mut table = Table::new(&["ID", "POSITION", "RESULT"]);
        for letter in &self.letters {
            let (result, tone) = match (&letter.refused, letter.partition, letter.offset) {
                (Some(why), ..) => (format!("left out: {why}"), Tone::Notice),
                (None, Some(partition), Some(offset)) => {
                    (format!("{}[{partition}]@{offset}", self.to), Tone::Good)
                }
                _ => (format!("would be written to {}", self.to), Tone::Plain),
            };
            table.row([
                Cell::number(letter.id),
                Cell::text(&letter.position),
                Cell::text(result).toned(tone),
            ]);
        }
        let left = self
            .letters
            .iter()
            .filter(|letter| letter.refused.is_some())
            .count();
        let meant = self.letters.len() - left;
        let end = match (self.executed, meant) {
            (true, _) => "their state is what it was: nothing was decided about them",
            (false, 0) => "nothing was done",
            (false, _) => "dry run: nothing was done; do it with --execute",
        };
        let exported = if self.executed {
            "exported"
        } else {
            "would be exported"
        };
        format!("{}\n{meant} {exported}, {left} left out\n{end}", table.render())
    }

    fn ended(&self) -> Ended {
        let none = !self.letters.is_empty() && self.letters.iter().all(|letter| letter.refused.is_some());
        if none { Ended::Refused } else { Ended::Fine }
    }
}
