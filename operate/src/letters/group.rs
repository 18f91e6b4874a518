//! `intakectl dead-letters group`.

use super::filter::Filter;
use super::letter::Letter;
use crate::grouped::{self, Group, grouped};
use crate::{Report, Settings};
use clap::{Args, ValueEnum};
use runtime::Fault;
use serde::Serialize;

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

/// Counts them.
///
/// # Errors
/// Data when no such province is configured; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Groups, Fault> {
    let mut conn = settings.open_register().await?;
    let letters = options.which.read(settings, &mut conn, false).await?;
    Ok(Groups {
        by: options.by,
        groups: grouped(letters.iter().map(|letter| (options.by.of(letter), letter.at))),
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
        format!(
            "{}\none by one: intakectl dead-letters list",
            grouped::table(self.by.heading(), &self.groups)
        )
    }
}
