//! One load of all records, measured by the commit timestamps of the rows it left.

use crate::COPY_SIDE_BY_SIDE;
use crate::contender::Contender;
use crate::register::Register;
use crate::watch::{self, Watch};
use anyhow::{Result, ensure};
use bench::load::Load;
use bench::report::Row;
use bench::residents;
use std::time::Duration;
use tests::{Ground, Process};

/// After so long without another row a load that isn't complete is given up.
const QUIET: Duration = Duration::from_secs(60);
/// Longer than any contender takes to end in order.
const PATIENCE: Duration = Duration::from_secs(60);

/// All residents in their first state, or all in a later one.
pub struct Pass<'a> {
    pub contender: &'a Contender,
    pub ground: &'a Ground,
    pub later: bool,
}

impl Pass<'_> {
    /// Who loads what.
    pub fn name(&self) -> String {
        let name = &self.contender.name;
        format!("{name}, {}", if self.later { "update" } else { "insert" })
    }

    /// Publishes the records, then lets the contender load them. The rows it leaves must be those that
    /// others left.
    pub fn measure(&self, process: &mut Process, load: &Load, rows: &mut Option<String>) -> Result<Row> {
        let what = self.name();
        let cluster = &self.ground.site.cluster;
        residents::publish(load, cluster, !self.later, |change| self.contender.encode(change))?;
        let mut register = Register::connect(&self.ground.site.database)?;
        register.tidy()?;
        process.start();
        let mut watch = Watch::start(&mut register, self.later, load.count() as i64)?;
        watch.until_quiet(process, QUIET)?;
        let (loaded, samples) = (watch.loaded(), watch.samples);
        ensure!(
            loaded == load.count() as i64,
            "{what}: {loaded} rows, and no more. It says:\n{}",
            end(&process.log())
        );
        let commits = register.commits(self.later)?;
        process.terminate(PATIENCE);
        let left = register.fingerprint()?;
        let expected = rows.get_or_insert_with(|| left.clone());
        ensure!(left == *expected, "{what} left other rows than those before it");
        ensure!(
            commits.rows_after_first > 0,
            "{what}: everything in one transaction; load more rows"
        );
        // The first commit is where the clock starts: its rows don't count.
        let share = |taken: Duration| taken.mul_f64(commits.rows as f64 / commits.rows_after_first as f64);
        let spent = watch::spent(&samples, commits.first, commits.last);
        let names = ["loader", "broker", "postgres"].map(str::to_owned);
        Ok(Row {
            what,
            records: commits.rows as u64,
            took: share(Duration::from_millis((commits.last - commits.first) as u64)),
            cost: names.into_iter().zip(spent.map(share)).collect(),
            limit: Some(COPY_SIDE_BY_SIDE),
        })
    }
}

/// The last lines of a log.
pub fn end(log: &str) -> String {
    const LINES: usize = 30;
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
