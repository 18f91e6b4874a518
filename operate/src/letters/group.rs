//! `intakectl dead-letters group`.

use super::filter::Filter;
use super::letter::Letter;
use crate::lag::age;
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use runtime::{Fault, clock};
use serde::Serialize;
use std::collections::BTreeMap;

/// Options of `dead-letters group`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Filter,
    /// By what
    #[arg(long, value_enum, default_value_t)]
    by: By,
}

/// By what dead letters are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Reason code, with what the database said
    #[default]
    Reason,
    /// Node
    Node,
    /// Topic
    Topic,
    /// Who refused it
    Stage,
    /// Province
    Province,
    /// Rules that were applied
    Ruleset,
}

/// How many there are.
#[derive(Debug, Serialize)]
pub struct Groups {
    by: By,
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
    let letters = options.which.read(settings, &mut conn, false).await?;
    let mut groups: BTreeMap<Option<String>, (usize, DateTime<Utc>)> = BTreeMap::new();
    for letter in letters {
        let (count, oldest) = groups.entry(options.by.of(&letter)).or_insert((0, letter.at));
        *count += 1;
        *oldest = letter.at.min(*oldest);
    }
    let group = |(value, (count, oldest))| Group { value, count, oldest };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    Ok(Groups {
        by: options.by,
        groups,
    })
}

impl By {
    fn of(self, letter: &Letter) -> Option<String> {
        match self {
            Self::Reason => Some(match (&letter.sqlstate, &letter.constraint_name) {
                (Some(state), Some(constraint)) => format!("{} {state} {constraint}", letter.reason),
                (Some(state), None) => format!("{} {state}", letter.reason),
                (None, _) => letter.reason.clone(),
            }),
            Self::Node => letter.node(),
            Self::Topic => Some(letter.topic.clone()),
            Self::Stage => Some(letter.stage.clone()),
            Self::Province => letter.province.clone(),
            Self::Ruleset => letter.ruleset.clone(),
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Reason => "REASON",
            Self::Node => "NODE",
            Self::Topic => "TOPIC",
            Self::Stage => "STAGE",
            Self::Province => "PROVINCE",
            Self::Ruleset => "RULESET",
        }
    }
}

impl Report for Groups {
    fn table(&self) -> String {
        if self.groups.is_empty() {
            return "no dead letter waits for a decision".to_owned();
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
        table.render()
    }
}
