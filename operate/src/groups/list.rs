//! `intakectl groups list`.

use crate::lag::Watcher;
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use lag::Verdict;
use runtime::Fault;
use serde::Serialize;
use std::time::Duration;
use tokio::task::block_in_place;

/// The groups.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Groups(Vec<GroupRow>);

#[derive(Debug, Serialize)]
struct GroupRow {
    group: String,
    /// As Kafka calls it.
    state: String,
    members: usize,
    partitions: usize,
    /// Over all partitions it committed a position of; none when there is none.
    lag: Option<i64>,
    verdict: Verdict,
    /// Why its positions are unknown.
    hidden: Option<String>,
}

/// Lists the groups.
///
/// # Errors
/// Transient when the cluster doesn't answer; fatal when the topics aren't there.
pub fn list(settings: &Settings) -> Result<Groups, Fault> {
    let mut watcher = Watcher::new(settings, Duration::from_secs(60))?;
    block_in_place(|| watcher.look())?;
    let lags = watcher.lags();
    let groups = watcher.window().last().map(|look| &look.groups);
    let row = |(name, group): (&String, &runtime::kafka::Group)| {
        let of_group = lags.iter().filter(|lag| lag.group == *name);
        let committed = of_group.clone().filter(|lag| lag.committed_offset.is_some());
        GroupRow {
            group: name.clone(),
            state: group.state.clone(),
            members: group.members.len(),
            partitions: of_group.clone().count(),
            lag: committed.map(|lag| lag.lag).reduce(|a, b| a + b),
            verdict: of_group.map(|lag| lag.verdict).max().unwrap_or(Verdict::Empty),
            hidden: group.hidden.clone(),
        }
    };
    let mut rows: Vec<GroupRow> = groups.into_iter().flatten().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.verdict, row.lag)));
    Ok(Groups(rows))
}

impl Report for Groups {
    fn table(&self) -> String {
        let mut table = Table::new(&["GROUP", "STATE", "MEMBERS", "PARTITIONS", "LAG", "VERDICT"]);
        for row in &self.0 {
            let verdict = match &row.hidden {
                Some(reason) => Cell::text(format!("unknown: {reason}")).toned(Tone::Bad),
                None => Cell::text(row.verdict.name()).toned(crate::lag::tone(row.verdict)),
            };
            table.row([
                Cell::text(&row.group),
                Cell::text(&row.state),
                Cell::number(row.members as i64),
                Cell::number(row.partitions as i64),
                Cell::optional_number(row.lag),
                verdict,
            ]);
        }
        table.render()
    }
}
