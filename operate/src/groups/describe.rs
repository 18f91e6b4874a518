//! `intakectl groups describe`.

use super::DescribeOptions;
use crate::lag::{Watcher, age, tone};
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use lag::PartitionLag;
use runtime::Fault;
use runtime::kafka::{Member, Partition};
use serde::Serialize;
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
    Ok(Described {
        group: name.clone(),
        state: group.state.clone(),
        members: group.members.iter().map(row).collect(),
        partitions: watcher
            .lags()
            .into_iter()
            .filter(|lag| lag.group == *name)
            .collect(),
    })
}

impl Report for Described {
    fn table(&self) -> String {
        let mut members = Table::new(&["MEMBER", "CLIENT", "HOST", "PARTITIONS"]);
        for member in &self.members {
            members.row([
                Cell::text(&member.member_id),
                Cell::text(&member.client_id),
                Cell::text(&member.host),
                Cell::number(member.assigned.len() as i64),
            ]);
        }
        let mut partitions = Table::new(&[
            "TOPIC",
            "PARTITION",
            "POSITION",
            "END",
            "LAG",
            "OLDEST",
            "MEMBER",
            "VERDICT",
        ]);
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
        let head = format!(
            "{} is {} with {} members",
            self.group,
            self.state,
            self.members.len()
        );
        format!("{head}\n\n{}\n\n{}", members.render(), partitions.render())
    }
}
