//! `intakectl lag`.

use super::{PartitionLag, Selection, measure, provinces};
use crate::{Ended, Report, Settings};
use clap::Args;
use runtime::Fault;
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use serde::{Serialize, Serializer};

/// Options of `lag`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this province's own topics
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Only this consumer group
    #[arg(long, value_parser = [GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK])]
    group: Option<String>,
    /// Exit with code 3 when a row of the table has more records waiting than this
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(i64).range(0..))]
    threshold: Option<i64>,
}

/// What `lag` found. In JSON the list by partition.
#[derive(Debug)]
pub struct Shown {
    lags: Vec<PartitionLag>,
    rows: Vec<provinces::Row>,
    threshold: Option<i64>,
}

/// Measures the lag.
///
/// # Errors
/// Transient when the cluster doesn't answer; fatal when the topics aren't there; data when no such
/// province is configured.
pub fn show(settings: &Settings, options: &Options) -> Result<Shown, Fault> {
    if let Some(slug) = &options.province {
        settings.province(slug)?;
    }
    let selection = Selection {
        province: options.province.clone(),
        group: options.group.clone(),
    };
    let lags = tokio::task::block_in_place(|| measure(settings, &selection))?;
    Ok(Shown {
        rows: provinces::rows(&lags, &settings.provinces),
        lags,
        threshold: options.threshold,
    })
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.lags.serialize(serializer)
    }
}

impl Report for Shown {
    fn table(&self) -> String {
        provinces::table(&self.rows)
    }

    fn ended(&self) -> Ended {
        let over = |threshold| self.rows.iter().any(|row| row.waiting() > threshold);
        if self.threshold.is_some_and(over) {
            Ended::LagOverThreshold
        } else {
            Ended::Fine
        }
    }
}
