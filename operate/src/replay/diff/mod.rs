//! `intakectl replay diff`: what would change, counted and listed.

mod applications;
mod difference;
mod list;
mod outcomes;
mod residents;
mod sides;

use super::store::{self, Named, Replay, Standing};
use super::tables::Tables;
use crate::show::unmask::Unmask;
use crate::table::{Cell, Table, grouped};
use crate::{Ended, Report, Settings};
use clap::Args;
pub use difference::{Difference, Kind};
pub(super) use outcomes::Outcomes;
use runtime::Fault;
use schemas::Sha256;
use serde::Serialize;
pub(super) use sides::Differences;
use sink::DatabaseFault;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::path::PathBuf;
use uuid::Uuid;

/// Options of `replay diff`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Named,
    /// Write all differences into this file, NDJSON or CSV by its ending
    #[arg(long, value_name = "FILE.ndjson|FILE.csv", value_parser = list::file)]
    list: Option<PathBuf>,
    /// How many are shown
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    samples: u64,
    #[command(flatten)]
    unmask: Unmask,
}

/// What would change.
#[derive(Debug, Serialize)]
pub struct Diff {
    replay_id: Uuid,
    /// How many.
    differences: usize,
    /// SHA-256 of all of them: what is approved.
    hash: Sha256,
    /// Rows that were changed after the last step of the shadow, left out.
    changed_since: i64,
    /// Steps that the register doesn't show yet, left out.
    not_loaded: i64,
    by_kind: BTreeMap<String, usize>,
    by_province: BTreeMap<String, usize>,
    by_field: BTreeMap<String, usize>,
    by_reason_code: BTreeMap<String, usize>,
    by_rule: BTreeMap<String, usize>,
    samples: Vec<Difference>,
}

/// Compares, and writes a list where one was asked for.
///
/// # Errors
/// Data when it hasn't run; transient when the database doesn't answer or the file can't be written.
pub async fn run(settings: &Settings, options: &Options) -> Result<Diff, Fault> {
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    let mask = options
        .unmask
        .mask(&mut conn, "replay.unmask", &[replay.plan.replay_id.to_string()])
        .await?;
    let mut working = store::workshop(settings, &mut conn).await?.open().await?;
    let found = differences(&mut working, &replay).await?;
    if let Some(path) = &options.list {
        list::write(path, found.all.iter().map(|one| one.shown(mask)))?;
    }
    let mut diff = Diff::of(&replay, &found);
    let shown = found.all.iter().take(options.samples as usize);
    diff.samples = shown.map(|one| one.shown(mask)).collect();
    Ok(diff)
}

/// The differences of a replay that has run.
///
/// # Errors
/// As [`run`].
pub(super) async fn differences(conn: &mut PgConnection, replay: &Replay) -> Result<Differences, Fault> {
    use Standing::{Promoted, Promoting, Ran, Undoing, Undone};
    replay.stands(
        &[Ran, Promoting, Promoted, Undoing, Undone],
        "to be compared: run it first",
    )?;
    if !store::is_full(conn, replay).await? {
        return Err(Fault::data(format!(
            "the shadow of replay {} was emptied by a crash of the database: run it again",
            replay.plan.replay_id
        )));
    }
    let tables = tables(conn, replay).await?;
    Ok(Differences::read(conn, &tables, replay.last_step()?).await?)
}

/// Both sides of a replay.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn tables(conn: &mut PgConnection, replay: &Replay) -> Result<Tables, DatabaseFault> {
    let live: String = sqlx::query_scalar("SELECT current_schema()::text")
        .fetch_one(conn)
        .await?;
    Ok(Tables::of(&replay.plan, &live))
}

impl Diff {
    fn of(replay: &Replay, found: &Differences) -> Self {
        let count = |of: &dyn Fn(&Difference) -> Vec<String>| {
            let mut counts = BTreeMap::new();
            for one in &found.all {
                for name in of(one) {
                    *counts.entry(name).or_default() += 1;
                }
            }
            counts
        };
        let listed = |name: &Option<String>| name.iter().cloned().collect::<Vec<_>>();
        Self {
            replay_id: replay.plan.replay_id,
            differences: found.all.len(),
            hash: found.digest(),
            changed_since: found.changed_since,
            not_loaded: found.not_loaded,
            by_kind: count(&|one| vec![one.kind.name().to_owned()]),
            by_province: count(&|one| listed(&one.province)),
            by_field: count(&|one| listed(&one.field)),
            by_reason_code: count(&|one| {
                let code = |code: &String| code.split(' ').next().unwrap_or_default().to_owned();
                one.codes.iter().map(code).collect()
            }),
            by_rule: count(&|one| listed(&one.rule)),
            samples: Vec::new(),
        }
    }
}

impl Report for Diff {
    fn table(&self) -> String {
        let mut lines = vec![match self.differences {
            0 => "no difference".to_owned(),
            n => format!("{} differences", grouped(n as i64)),
        }];
        for (heading, counts) in [
            ("kind", &self.by_kind),
            ("province", &self.by_province),
            ("field", &self.by_field),
            ("reason code", &self.by_reason_code),
            ("rule", &self.by_rule),
        ] {
            if !counts.is_empty() {
                lines.push(format!("by {heading}"));
                lines.extend(
                    counts
                        .iter()
                        .map(|(name, n)| format!("  {:>10}  {name}", grouped(*n as i64))),
                );
            }
        }
        if !self.samples.is_empty() {
            lines.push(samples(&self.samples));
        }
        if self.not_loaded > 0 {
            let n = grouped(self.not_loaded);
            lines.push(format!(
                "{n} steps are not in the register yet and were left out: see `intakectl lag`"
            ));
        }
        if self.changed_since > 0 {
            let n = grouped(self.changed_since);
            lines.push(format!(
                "{n} rows were changed since the shadow's last step and were left out"
            ));
        }
        if self.differences > 0 {
            lines.push(format!("hash {}", self.hash));
            lines.push(format!(
                "next: somebody else runs intakectl replay approve {0}\n\
                 or: intakectl replay discard {0}",
                self.replay_id
            ));
        }
        lines.join("\n")
    }

    fn ended(&self) -> Ended {
        match self.differences {
            0 => Ended::Fine,
            _ => Ended::BooksDontMatch,
        }
    }
}

fn samples(samples: &[Difference]) -> String {
    let mut table = Table::new(&["KIND", "ABOUT", "PROVINCE", "FIELD", "BEFORE", "AFTER", "RULE"]);
    for one in samples {
        let id = match one.kind {
            Kind::ReadingChanged | Kind::ApplicationChanged | Kind::OutcomeChanged => one.application_id,
            _ => one.resident_id,
        };
        let or_dash = |text: &Option<String>| Cell::text(text.as_deref().unwrap_or("-"));
        let why = match one.codes.is_empty() {
            true => one.rule.clone(),
            false => Some(one.codes.join(" ")),
        };
        table.row([
            Cell::text(one.kind.name()),
            Cell::text(id.map(|id| id.to_string()).unwrap_or_default()),
            or_dash(&one.province),
            or_dash(&one.field),
            or_dash(&one.before),
            or_dash(&one.after),
            or_dash(&why),
        ]);
    }
    table.render()
}
