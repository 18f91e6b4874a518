//! `intakectl held list`.

use super::row::Held;
use super::which::Which;
use crate::lag::age;
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use clap::Args;
use runtime::{Fault, clock};
use serde::Serialize;

/// Options of `held list`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Which,
}

/// What waits.
#[derive(Debug, Serialize)]
pub struct Listed {
    held: Vec<Held>,
    /// There may be more.
    limited: bool,
    #[serde(skip)]
    reason_code: Option<String>,
}

/// Lists it.
///
/// # Errors
/// Data when no such province is configured; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Listed, Fault> {
    let mut conn = settings.open_register().await?;
    let held = options.which.read(settings, &mut conn).await?;
    Ok(Listed {
        limited: held.len() as i64 >= options.which.limit,
        held,
        reason_code: options.which.reason_code.clone(),
    })
}

impl Report for Listed {
    fn table(&self) -> String {
        if self.held.is_empty() {
            return "nothing is held".to_owned();
        }
        let mut table = Table::new(&["AGE", "KIND", "APPLICATION", "REV", "PROVINCE", "NODE", "HELD BY"]);
        let now = clock::now();
        for held in &self.held {
            let seconds = (now.0 - held.since.timestamp_millis()).max(0) as f64 / 1000.0;
            let text = |text: &Option<String>| Cell::text(text.as_deref().unwrap_or("-"));
            table.row([
                Cell::text(age(seconds)),
                Cell::text(&held.kind),
                Cell::text(
                    held.application_id
                        .map_or_else(|| "-".to_owned(), |id| id.to_string()),
                ),
                Cell::optional_number(held.revision.map(i64::from)),
                text(&held.province),
                text(&held.node_id),
                Cell::text(held.codes().join(" ")),
            ]);
        }
        let more = if self.limited {
            "; there may be more: raise --limit"
        } else {
            ""
        };
        let code = self.reason_code.as_deref().unwrap_or("CODE");
        format!(
            "{}\n{} held{more}\nwhat releases one: intakectl held show APPLICATION\nafter a change of rules: intakectl replay plan \
             --reason-code {code} --held",
            table.render(),
            self.held.len()
        )
    }
}
