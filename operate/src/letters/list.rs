//! `intakectl dead-letters list`.

use super::filter::Filter;
use super::letter::Letter;
use crate::lag::age;
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use clap::Args;
use runtime::{Fault, clock};
use serde::Serialize;

/// Options of `dead-letters list`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Filter,
    /// Those that were decided about, too
    #[arg(long)]
    settled: bool,
}

/// Dead letters.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Letters(Vec<Listed>);

#[derive(Debug, Serialize)]
struct Listed {
    #[serde(flatten)]
    letter: Letter,
    node_id: Option<String>,
}

/// Lists them.
///
/// # Errors
/// Data when no such province is configured; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Letters, Fault> {
    let mut conn = settings.open_register().await?;
    let letters = options.which.read(settings, &mut conn, options.settled).await?;
    let listed = letters.into_iter().map(|letter| Listed {
        node_id: letter.node(),
        letter,
    });
    Ok(Letters(listed.collect()))
}

impl Report for Letters {
    fn table(&self) -> String {
        if self.0.is_empty() {
            return "no dead letter waits for a decision".to_owned();
        }
        let mut table = Table::new(&[
            "ID", "AGE", "STAGE", "REASON", "POSITION", "NODE", "BYTES", "TRIES", "STATE",
        ]);
        let now = clock::now();
        for Listed { letter, node_id } in &self.0 {
            let seconds = (now.0 - letter.at.timestamp_millis()).max(0) as f64 / 1000.0;
            let (state, tone) = if letter.settled {
                ("settled", Tone::Plain)
            } else {
                ("waits", Tone::Notice)
            };
            table.row([
                Cell::number(letter.id),
                Cell::text(age(seconds)),
                Cell::text(&letter.stage),
                Cell::text(match &letter.sqlstate {
                    Some(state) => format!("{} {state}", letter.reason),
                    None => letter.reason.clone(),
                }),
                Cell::text(letter.position()),
                Cell::text(node_id.as_deref().unwrap_or("-")),
                Cell::number(letter.bytes.into()),
                Cell::number(letter.attempts.into()),
                Cell::text(state).toned(tone),
            ]);
        }
        format!(
            "{}\n{}\nwhy one is here, and what to do: intakectl dead-letters show ID",
            table.render(),
            match self.0.len() {
                1 => "1 dead letter".to_owned(),
                n => format!("{n} dead letters"),
            }
        )
    }
}
