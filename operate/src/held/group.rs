//! `intakectl held group`.

use super::row::Held;
use super::which::Which;
use crate::lag::age;
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use runtime::{Fault, clock};
use serde::Serialize;
use std::collections::BTreeMap;

/// Options of `held group`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Which,
    /// By what
    #[arg(long, value_enum, default_value_t)]
    by: By,
}

/// By what held events are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Reason code
    #[default]
    Reason,
    /// Province
    Province,
    /// Node
    Node,
    /// Application, verification or withdrawal
    Kind,
    /// Rules that were applied
    Ruleset,
}

/// How many wait.
#[derive(Debug, Serialize)]
pub struct Groups {
    by: By,
    held: usize,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    /// What they have in common; none where it isn't known.
    value: Option<String>,
    count: usize,
    oldest: DateTime<Utc>,
}

/// Counts them.
///
/// # Errors
/// Data when no such province is configured; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Groups, Fault> {
    let mut conn = settings.open_register().await?;
    let held = options.which.read(settings, &mut conn).await?;
    let mut groups: BTreeMap<Option<String>, (usize, DateTime<Utc>)> = BTreeMap::new();
    for one in &held {
        for value in options.by.of(one) {
            let (count, oldest) = groups.entry(value).or_insert((0, one.since));
            *count += 1;
            *oldest = one.since.min(*oldest);
        }
    }
    let group = |(value, (count, oldest))| Group { value, count, oldest };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    Ok(Groups {
        by: options.by,
        held: held.len(),
        groups,
    })
}

impl By {
    fn of(self, held: &Held) -> Vec<Option<String>> {
        match self {
            Self::Reason => held.codes().into_iter().map(Some).collect(),
            Self::Province => vec![held.province.clone()],
            Self::Node => vec![held.node_id.clone()],
            Self::Kind => vec![Some(held.kind.clone())],
            Self::Ruleset => vec![held.ruleset.clone()],
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Reason => "REASON",
            Self::Province => "PROVINCE",
            Self::Node => "NODE",
            Self::Kind => "KIND",
            Self::Ruleset => "RULESET",
        }
    }
}

impl Report for Groups {
    fn table(&self) -> String {
        if self.groups.is_empty() {
            return "nothing is held".to_owned();
        }
        let mut table = Table::new(&[self.by.heading(), "COUNT", "OLDEST"]);
        let now = clock::now();
        for group in &self.groups {
            let seconds = (now.0 - group.oldest.timestamp_millis()).max(0) as f64 / 1000.0;
            table.row([
                Cell::text(group.value.as_deref().unwrap_or("(unknown)")),
                Cell::number(group.count as i64),
                Cell::text(age(seconds)),
            ]);
        }
        format!("{}\n{} held", table.render(), self.held)
    }
}
