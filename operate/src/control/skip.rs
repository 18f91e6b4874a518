//! `intakectl control skip`.

use super::decided::{Decided, Positions, decide};
use crate::Settings;
use clap::Args;
use runtime::Fault;
use runtime::kafka::Boundaries;
use schemas::control::{ControlBody, PositionSkipped};

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

/// Skips positions.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let &Options {
        partition,
        from,
        to,
        lose_records,
        execute,
        ..
    } = options;
    let positions = Positions {
        verb: "skip",
        topic: &options.topic,
        partition,
        from,
        to,
    };
    let body = ControlBody::PositionSkipped(PositionSkipped {
        topic: options.topic.clone(),
        partition,
        from,
        to,
    });
    decide(settings, positions, &options.reason, execute, body, |partition, found| {
        let Boundaries { earliest, end, .. } = found;
        if from >= to {
            return Some("--from must be lower than --to, which is the first offset not skipped".to_owned());
        }
        if to > end {
            return Some(format!("{partition} ends at {end}: nothing has come there yet"));
        }
        (to > earliest && !lose_records).then(|| {
            format!(
                "{partition} begins at {earliest}, so records in this range may still be there; to lose them for ever \
                 add --lose-records"
            )
        })
    })
    .await
}
