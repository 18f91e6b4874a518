//! `intakectl lag`.

use super::{Watcher, drained, explained, provinces};
use crate::{Ended, Output, Report, Settings};
use clap::{Args, ValueEnum};
use lag::{Cause, PartitionLag, ProvinceLag, TRANSACTION, Verdict};
use runtime::Fault;
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use serde::{Serialize, Serializer};
use std::time::Duration;
use tokio::task::block_in_place;

/// Rates and trends need two looks at least this far apart.
const APART: Duration = Duration::from_secs(1);
/// How long a watch remembers.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Options of `lag`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Only this consumer group
    #[arg(long, value_parser = [GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK])]
    group: Option<String>,
    /// What -o json lists
    #[arg(long, value_enum, default_value_t)]
    by: By,
    /// Watch for up to 20 s and say why it waits: cause, evidence, the command to run next
    #[arg(long, conflicts_with_all = ["watch", "until_drained"])]
    explain: bool,
    /// Print it again every so many seconds, until interrupted
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "5",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    watch: Option<u64>,
    /// Wait until everything that is there now has reached the register; exit with code 3 after --timeout
    #[arg(long, conflicts_with_all = ["watch", "group"])]
    until_drained: bool,
    /// The longest to wait with --until-drained
    #[arg(long, value_name = "SECONDS", requires = "until_drained")]
    timeout: Option<u64>,
    /// Exit with code 3 when a row of the table has more records waiting than this
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(i64).range(0..))]
    threshold: Option<i64>,
}

/// What JSON lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Each partition of each group
    #[default]
    Partition,
    /// The rows of the table
    Province,
}

/// What `lag` found.
#[derive(Debug)]
pub struct Shown {
    lags: Vec<PartitionLag>,
    rows: Vec<ProvinceLag>,
    causes: Option<Vec<Cause>>,
    by: By,
    threshold: Option<i64>,
    timed_out: bool,
}

/// Measures the lag, prints it, and says how that ends.
///
/// # Errors
/// Transient when the cluster doesn't answer; fatal when the topics aren't there; data when no such
/// province is configured.
pub async fn run(settings: &Settings, options: &Options, output: Output) -> Result<Ended, Fault> {
    if let Some(slug) = &options.province {
        settings.province(slug)?;
    }
    let mut watcher = Watcher::new(settings, REMEMBERED)?;
    let Some(seconds) = options.watch else {
        return crate::print(&once(settings, options, &mut watcher).await?, output);
    };
    loop {
        block_in_place(|| watcher.look())?;
        let lags = watcher.lags();
        let ended = crate::print(&Shown::of(&watcher, options, lags, None), output)?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(ended),
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        }
    }
}

async fn once(settings: &Settings, options: &Options, watcher: &mut Watcher<'_>) -> Result<Shown, Fault> {
    let province = options.province.as_deref();
    let mut timed_out = false;
    if options.until_drained {
        let timeout = options.timeout.map(Duration::from_secs);
        timed_out = !block_in_place(|| drained::wait(settings, province, timeout))?;
    }
    if options.explain {
        let (mut lags, causes) = explained::watch(settings, watcher, province).await?;
        explained::attach(&mut lags, &causes);
        return Ok(Shown::of(watcher, options, lags, Some(causes)));
    }
    let lags = block_in_place(|| looked_at(watcher))?;
    let mut shown = Shown::of(watcher, options, lags, None);
    shown.timed_out = timed_out;
    Ok(shown)
}

/// One look when nothing waits; else two, for rates; else as many as tell a hung transaction from an honest
/// one.
fn looked_at(watcher: &mut Watcher<'_>) -> Result<Vec<PartitionLag>, Fault> {
    watcher.look()?;
    let mut lags = watcher.lags();
    let open = |lags: &[PartitionLag]| {
        lags.iter()
            .any(|lag| lag.stable_offset < lag.end_offset && lag.next() >= lag.stable_offset)
    };
    if lags.iter().any(|lag| lag.lag > 0) {
        std::thread::sleep(APART);
        watcher.look()?;
        lags = watcher.lags();
    }
    while open(&lags) && watcher.window().seconds() < TRANSACTION + 0.5 {
        std::thread::sleep(APART / 2);
        watcher.look()?;
        lags = watcher.lags();
    }
    Ok(lags)
}

impl Shown {
    fn of(
        watcher: &Watcher<'_>,
        options: &Options,
        lags: Vec<PartitionLag>,
        causes: Option<Vec<Cause>>,
    ) -> Self {
        let pipeline = [GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK];
        let mut lags = lags;
        lags.retain(|lag| match &options.group {
            Some(group) => lag.group == *group,
            None => pipeline.contains(&lag.group.as_str()),
        });
        let mut rows = watcher.by_province(&lags);
        for row in &mut rows {
            row.causes = match &row.province {
                Some(_) if row.verdict > Verdict::CaughtUp => causes.clone().unwrap_or_default(),
                _ => Vec::new(),
            };
        }
        if let Some(asked) = &options.province {
            lags.retain(|lag| lag.province.as_ref() == Some(asked));
            rows.retain(|row| row.province.as_ref() == Some(asked));
        }
        Self {
            lags,
            rows,
            causes,
            by: options.by,
            threshold: options.threshold,
            timed_out: false,
        }
    }
}

/// In JSON, with causes, an object of both; without, the list alone.
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Explained<'a, L: Serialize> {
            causes: &'a [Cause],
            lag: &'a [L],
        }
        match (&self.causes, self.by) {
            (None, By::Partition) => self.lags.serialize(serializer),
            (None, By::Province) => self.rows.serialize(serializer),
            (Some(causes), By::Partition) => Explained {
                causes,
                lag: &self.lags,
            }
            .serialize(serializer),
            (Some(causes), By::Province) => Explained {
                causes,
                lag: &self.rows,
            }
            .serialize(serializer),
        }
    }
}

impl Report for Shown {
    fn table(&self) -> String {
        let rows = provinces::table(&self.rows);
        let late = self.rows.iter().any(|row| row.verdict > Verdict::CaughtUp);
        match &self.causes {
            Some(causes) => format!("{rows}\n\n{}", explained::told(causes, late)),
            None => rows,
        }
    }

    fn ended(&self) -> Ended {
        let over = |threshold| self.rows.iter().any(|row| row.waiting > threshold);
        if self.timed_out || self.threshold.is_some_and(over) {
            Ended::LagOverThreshold
        } else {
            Ended::Fine
        }
    }
}
