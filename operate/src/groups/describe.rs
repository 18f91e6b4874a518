//! `intakectl groups describe`.

use super::DescribeOptions;
use crate::lag::{Watcher, age, tone};
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use lag::PartitionLag;
use runtime::Fault;
use runtime::kafka::{Member, Partition};
use serde::Serialize;
use std::cmp::Reverse;
use std::time::Duration;
use tokio::task::block_in_place;

/// A group.
#[derive(Debug, Serialize)]
pub struct Described {
    group: String,
    state: String,
    members: Vec<MemberRow>,
    partitions: Vec<PartitionLag>,
}

#[derive(Debug, Serialize)]
struct MemberRow {
    member_id: String,
    client_id: String,
    host: String,
    assigned: Vec<String>,
}

/// Looks at one group.
///
/// # Errors
/// Data when there is no such group; transient when the cluster doesn't answer or doesn't tell.
pub fn describe(settings: &Settings, options: &DescribeOptions) -> Result<Described, Fault> {
    let name = &options.group;
    let mut watcher = Watcher::new(settings, Duration::from_secs(60))?;
    block_in_place(|| watcher.look())?;
    let look = watcher.window().last();
    let Some(group) = look.and_then(|look| look.groups.get(name)) else {
        return Err(Fault::data(format!(
            "there is no consumer group {name:?}: see `intakectl groups list`"
        )));
    };
    if let Some(reason) = &group.hidden {
        return Err(Fault::transient(format!(
            "the positions of group {name} are unknown: {reason}"
        )));
    }
    let row = |member: &Member| MemberRow {
        member_id: member.id.clone(),
        client_id: member.client_id.clone(),
        host: member.host.clone(),
        assigned: member.assigned.iter().map(Partition::to_string).collect(),
    };
    let lags = watcher.lags().into_iter().filter(|lag| lag.group == *name);
    let mut partitions: Vec<PartitionLag> = lags.collect();
    partitions.sort_by_key(|lag| Reverse((lag.verdict, lag.lag)));
    Ok(Described {
        group: name.clone(),
        state: group.state.clone(),
        members: group.members.iter().map(row).collect(),
        partitions,
    })
}

impl Described {
    fn members(&self) -> Table {
        let mut members = Table::new(&["MEMBER", "CLIENT", "HOST", "PARTITIONS"]).dispensable(&["CLIENT"]);
        for member in &self.members {
            members.row([
                Cell::text(&member.member_id),
                Cell::text(&member.client_id),
                Cell::text(&member.host),
                Cell::number(member.assigned.len() as i64),
            ]);
        }
        members
    }
}

impl Report for Described {
    fn table(&self) -> String {
        let mut partitions = Table::new(&[
            "TOPIC",
            "PARTITION",
            "POSITION",
            "END",
            "LAG",
            "OLDEST",
            "MEMBER",
            "VERDICT",
        ])
        .dispensable(&["MEMBER", "POSITION", "END"]);
        for lag in &self.partitions {
            let name = lag.partition().to_string();
            let owner = self.members.iter().find(|member| member.assigned.contains(&name));
            partitions.row([
                Cell::text(&lag.topic),
                Cell::number(lag.partition.into()),
                Cell::optional_number(lag.committed_offset),
                Cell::number(lag.end_offset),
                Cell::number(lag.lag),
                Cell::text(lag.lag_seconds.map_or_else(|| "unknown".to_owned(), age)),
                Cell::text(owner.map_or("-", |member| member.client_id.as_str())),
                Cell::text(lag.verdict.name()).toned(tone(lag.verdict)),
            ]);
        }
        let (group, state) = (&self.group, &self.state);
        let head = match (self.members.len(), super::without_members(group)) {
            (0, Some(remedy)) => format!("{group} is {state}, nobody reads: {remedy}"),
            (0, None) => format!("{group} is {state}, nobody reads"),
            (members, _) => format!(
                "{group} is {state} with {members} members\n\n{}",
                self.members().render()
            ),
        };
        format!("{head}\n\n{}", partitions.render())
    }
}
