//! `intakectl held group`.

use super::row::Held;
use super::which::Which;
use crate::grouped::{self, Group, grouped};
use crate::{Report, Settings};
use clap::{Args, ValueEnum};
use runtime::Fault;
use serde::Serialize;

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

/// Counts them.
///
/// # Errors
/// Data when no such province is configured; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Groups, Fault> {
    let mut conn = settings.open_register().await?;
    let held = options.which.read(settings, &mut conn).await?;
    Ok(Groups {
        by: options.by,
        held: held.len(),
        groups: grouped(
            held.iter()
                .flat_map(|one| options.by.of(one).into_iter().map(|value| (value, one.since))),
        ),
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
        let table = grouped::table(self.by.heading(), &self.groups);
        format!(
            "{table}\n{} held\none by one: intakectl held list [--reason-code CODE]",
            self.held
        )
    }
}
