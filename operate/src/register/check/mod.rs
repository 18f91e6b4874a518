//! `intakectl register check`: proves the references that no foreign key holds.

mod look;
mod references;

use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report, Settings, tell};
use clap::Args;
use look::{Broken, look};
use references::{REFERENCES, Reference};
use runtime::Fault;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Options of `register check`.
#[derive(Debug, Args)]
pub struct Options {
    /// How long the sink may take to load what a row names, before that counts as broken
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
}

/// What became of each reference.
#[derive(Debug, Serialize)]
pub struct References {
    sound: bool,
    /// Step of match up to which rows were held to account.
    step: i64,
    /// Changes of match that the database refused.
    dead_changes: i64,
    references: Vec<Checked>,
}

#[derive(Debug, Serialize)]
struct Checked {
    reference: &'static str,
    rule: &'static str,
    #[serde(flatten)]
    broken: Broken,
}

/// Time between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Checks every reference, and looks again at those that are broken until they heal or the wait is over.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when its schema is another version's.
pub async fn run(settings: &Settings, options: &Options) -> Result<References, Fault> {
    let mut conn = settings.open_register().await?;
    let until = Instant::now() + Duration::from_secs(options.wait);
    let step = look::step(&mut conn).await?;
    let all: Vec<&Reference> = REFERENCES.iter().collect();
    let mut checked = look(&mut conn, &all, step).await?;
    while checked.iter().any(|broken| broken.count > 0) && Instant::now() < until {
        tell("some references lead nowhere yet: looking again whether what they name is only on its way");
        tokio::time::sleep(PAUSE).await;
        let suspects: Vec<usize> = (0..all.len()).filter(|&at| checked[at].count > 0).collect();
        let again: Vec<&Reference> = suspects.iter().map(|&at| all[at]).collect();
        for (at, broken) in suspects.into_iter().zip(look(&mut conn, &again, step).await?) {
            checked[at] = broken;
        }
    }
    Ok(References {
        sound: checked.iter().all(|broken| broken.count == 0),
        step,
        dead_changes: look::dead_changes(&mut conn).await?,
        references: all
            .into_iter()
            .zip(checked)
            .map(|(reference, broken)| Checked {
                reference: reference.name,
                rule: reference.rule,
                broken,
            })
            .collect(),
    })
}

impl Report for References {
    fn table(&self) -> String {
        let mut table = Table::new(&["REFERENCE", "RULE", "BROKEN"]);
        for checked in &self.references {
            table.row([
                Cell::text(checked.reference),
                Cell::text(checked.rule),
                Cell::bad_number(checked.broken.count),
            ]);
        }
        let mut text = table.render();
        for checked in self.references.iter().filter(|checked| checked.broken.count > 0) {
            text += &format!("\n{}\n", checked.examples());
        }
        text + &match (self.sound, self.dead_changes) {
            (true, _) => format!("\nall references hold, up to step {}", self.step),
            (false, 0) => {
                "\nif the sink is behind (`intakectl lag`), what is missing may only be on its way".to_owned()
            }
            (false, dead) => format!(
                "\n{dead} changes of match are dead letters of the sink: what they held is missing here"
            ),
        }
    }

    fn ended(&self) -> Ended {
        if self.sound {
            Ended::Fine
        } else {
            Ended::BooksDontMatch
        }
    }
}

impl Checked {
    /// Which rows they are, a line each.
    fn examples(&self) -> String {
        let mut table = Table::new(&["ID", "NAMES"]);
        for example in &self.broken.examples {
            let names = example.names.as_deref().unwrap_or("nothing");
            table.row([Cell::text(&example.id), Cell::text(names).toned(Tone::Bad)]);
        }
        let (shown, count) = (self.broken.examples.len() as i64, self.broken.count);
        let more = if shown < count {
            format!("and {} more", crate::table::grouped(count - shown))
        } else {
            String::new()
        };
        format!("{}:\n{}{more}", self.reference, table.render())
    }
}
