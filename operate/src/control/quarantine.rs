//! `intakectl quarantine`.

use super::decided::{Decided, Positions, decide};
use crate::Settings;
use clap::Args;
use runtime::Fault;
use runtime::kafka::Boundaries;
use schemas::control::{ControlBody, PositionQuarantined};

/// Options of `quarantine`.
#[derive(Debug, Args)]
pub struct Options {
    /// Source topic, such as intake.applications.dien-bien
    topic: String,
    /// Partition
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    partition: i32,
    /// The record's offset
    #[arg(long, value_name = "OFFSET", value_parser = clap::value_parser!(i64).range(0..i64::MAX))]
    offset: i64,
    /// Why, without personal details
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
}

/// Takes a record out of the flow.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let offset = options.offset;
    let positions = Positions {
        verb: "quarantine",
        topic: &options.topic,
        partition: options.partition,
        from: offset,
        to: offset + 1,
    };
    let body = ControlBody::PositionQuarantined(PositionQuarantined {
        topic: options.topic.clone(),
        partition: options.partition,
        offset,
    });
    decide(
        settings,
        positions,
        &options.reason,
        options.execute,
        body,
        |partition, found| {
            let Boundaries { earliest, end, .. } = found;
            if offset >= end {
                return Some(format!("{partition} ends at {end}: nothing has come there yet"));
            }
            (offset < earliest).then(|| {
                format!(
                    "{partition} begins at {earliest}: the record is gone; `intakectl control skip` passes it"
                )
            })
        },
    )
    .await
}
