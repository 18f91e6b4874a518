//! `intakectl control skip`.

use crate::entry::{append, session_user};
use crate::{Ended, Report, Settings};
use clap::Args;
use runtime::kafka::{Boundaries, Cluster, Partition};
use runtime::{Fault, clock};
use schemas::codec::Event;
use schemas::control::{ControlBody, ControlEntry, PositionSkipped};
use schemas::topics::{CONTROL, applications};
use serde::Serialize;
use tokio::task::block_in_place;

/// Options of `control skip`.
#[derive(Debug, Args)]
pub struct Options {
    /// Source topic, such as intake.applications.dien-bien
    topic: String,
    /// Partition
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    partition: i32,
    /// First offset skipped
    #[arg(long, value_name = "OFFSET", value_parser = clap::value_parser!(i64).range(0..))]
    from: i64,
    /// First offset not skipped
    #[arg(long, value_name = "OFFSET", value_parser = clap::value_parser!(i64).range(1..))]
    to: i64,
    /// Why, without personal details
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// Skip records that are still there, too: they will never be loaded
    #[arg(long)]
    lose_records: bool,
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
}

/// What became of it.
#[derive(Debug, Serialize)]
pub struct Skipped {
    executed: bool,
    refused: Option<String>,
    topic: String,
    partition: i32,
    from: i64,
    to: i64,
    by: String,
    reason: String,
    logged_at_offset: Option<i64>,
}

/// Skips positions.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Skipped, Fault> {
    let cluster = settings.cluster()?;
    let mut skipped = Skipped {
        executed: false,
        refused: block_in_place(|| objection(settings, &cluster, options))?,
        topic: options.topic.clone(),
        partition: options.partition,
        from: options.from,
        to: options.to,
        by: session_user(&mut settings.register()?.open().await?).await?,
        reason: options.reason.clone(),
        logged_at_offset: None,
    };
    if options.execute && skipped.refused.is_none() {
        let entry = ControlEntry {
            at: clock::now(),
            by: skipped.by.clone(),
            reason: options.reason.clone(),
            body: ControlBody::PositionSkipped(PositionSkipped {
                topic: options.topic.clone(),
                partition: options.partition,
                from: options.from,
                to: options.to,
            }),
        };
        let key = format!("skip/{}/{}/{}", options.topic, options.partition, options.from);
        let bytes = entry.encode().map_err(|e| Fault::fatal(e.to_string()))?;
        let offset = block_in_place(|| append(&cluster, CONTROL, key.as_bytes(), &bytes))?;
        (skipped.executed, skipped.logged_at_offset) = (true, Some(offset));
    }
    Ok(skipped)
}

/// What speaks against it, if anything does.
fn objection(settings: &Settings, cluster: &Cluster, options: &Options) -> Result<Option<String>, Fault> {
    if !settings
        .provinces
        .iter()
        .any(|province| applications(&province.slug) == options.topic)
    {
        return Ok(Some(format!(
            "{} is no province's topic of applications",
            options.topic
        )));
    }
    if options.from >= options.to {
        return Ok(Some(
            "--from must be lower than --to, which is the first offset not skipped".to_owned(),
        ));
    }
    let offsets = cluster.offsets()?;
    let partition = Partition::new(&options.topic, options.partition);
    let partitions = offsets.partitions(std::slice::from_ref(&options.topic))?;
    if !partitions.contains(&partition) {
        return Ok(Some(format!("there is no {partition}")));
    }
    let boundaries = offsets.boundaries(std::slice::from_ref(&partition))?;
    let Some(&Boundaries { earliest, end, .. }) = boundaries.first() else {
        return Ok(None);
    };
    if options.to > end {
        return Ok(Some(format!(
            "{partition} ends at {end}: nothing has come there yet"
        )));
    }
    if options.to > earliest && !options.lose_records {
        return Ok(Some(format!(
            "{partition} begins at {earliest}, so records in this range may still be there; to lose them for ever \
             add --lose-records"
        )));
    }
    Ok(None)
}

impl Report for Skipped {
    fn table(&self) -> String {
        let Self {
            topic,
            partition,
            from,
            to,
            by,
            reason,
            ..
        } = self;
        let what = format!(
            "{topic}[{partition}]: skip {from} to {} (by {by}: {reason})",
            to - 1
        );
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
