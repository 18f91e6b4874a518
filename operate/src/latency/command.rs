//! `intakectl latency`.

use super::{Latency, Passage, Selection, measure};
use crate::Settings;
use crate::period::{Day, Period, moment};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use runtime::{Fault, clock};
use std::cmp::Reverse;

/// Options of `latency`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Events of this day in Asia/Ho_Chi_Minh (UTC+7)
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "to"])]
    day: Option<Day>,
    /// Events from this moment on, with its zone, as in 2026-11-24T08:00:00+07:00
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<DateTime<Utc>>,
    /// Events before this moment, with its zone; now when it is left out
    #[arg(long, value_name = "MOMENT", value_parser = moment, requires = "from")]
    to: Option<DateTime<Utc>>,
}

impl Options {
    /// What is wrong with the command line beyond what each option tells by itself.
    pub fn wrong(&self, settings: &Settings) -> Option<String> {
        if let Some(fault) = self
            .province
            .as_deref()
            .and_then(|slug| settings.province(slug).err())
        {
            return Some(fault.to_string());
        }
        let Period { from, to } = self.period(now());
        (from >= to).then(|| format!("--from {from} is not before --to {to}: nothing lies between"))
    }

    /// The day, or from one moment to another, or the 24 hours before `now`.
    fn period(&self, now: DateTime<Utc>) -> Period {
        match (self.day, self.from) {
            (Some(day), _) => day.period(),
            (None, Some(from)) => Period {
                from,
                to: self.to.unwrap_or(now),
            },
            (None, None) => Period {
                from: now - TimeDelta::days(1),
                to: now,
            },
        }
    }
}

fn now() -> DateTime<Utc> {
    clock::now().to_utc().unwrap_or_default()
}

/// Measures the time between the stages.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Latency, Fault> {
    let period = options.period(now());
    let selection = Selection {
        after_step: 0,
        appended: Some(period),
        province: options.province.clone(),
    };
    let mut passages = measure(settings, &selection).await?.into_iter();
    let all = passages.next().unwrap_or_default();
    let mut provinces: Vec<Passage> = passages.collect();
    provinces.sort_by_key(|passage| Reverse(p99_in_microseconds(passage)));
    Ok(Latency {
        period,
        all,
        provinces,
    })
}

fn p99_in_microseconds(passage: &Passage) -> Option<i64> {
    passage.whole.seconds.map(|seconds| (seconds.p99 * 1e6) as i64)
}
