//! `intakectl audit check`.

use super::row::{Row, hex};
use crate::{Ended, Report, Settings};
use clap::Args;
use futures_util::TryStreamExt;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use std::str::FromStr;

/// Rows that are named at most.
const NAMED: usize = 20;

/// Options of `audit check`.
#[derive(Debug, Args)]
pub struct Options {
    /// Number and hash of a row as they were noted earlier
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<Head>,
}

/// A row that was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    number: i64,
    hash: String,
}

impl FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a row's number, a colon, and the 64 digits of its hash";
        let (number, hash) = text.split_once(':').ok_or(FORM)?;
        let number = number.parse().map_err(|_| FORM)?;
        if hash.len() != 64 || !hash.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(FORM);
        }
        Ok(Self {
            number,
            hash: hash.to_ascii_lowercase(),
        })
    }
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    sound: bool,
    rows: i64,
    /// Number and hash of the last row.
    head: Option<String>,
    /// How many faults there are; the first of them are named.
    faults: usize,
    found: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    number: i64,
    what: &'static str,
}

const ROWS: &str =
    "SELECT number, at, who, action, about, reason, result, previous, hash FROM audit ORDER BY number";

/// Checks each row against its hash and the row before.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Checked, Fault> {
    let mut conn = settings.open_register().await?;
    let mut rows = sqlx::query_as::<_, Row>(ROWS).fetch(&mut conn);
    let mut checked = Checked::default();
    let (mut next, mut previous, mut noted) = (1, vec![0; 32], options.head.as_ref());
    while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
        if row.number != next {
            checked.add(row.number, "rows before it are gone");
        } else if row.previous != previous {
            checked.add(row.number, "it doesn't follow the row before it");
        }
        if row.expected() != row.hash {
            checked.add(row.number, "it was changed");
        }
        if let Some(head) = noted.filter(|head| head.number == row.number) {
            if head.hash != hex(&row.hash) {
                checked.add(row.number, "it isn't the row that was noted");
            }
            noted = None;
        }
        checked.rows += 1;
        checked.head = Some(format!("{}:{}", row.number, hex(&row.hash)));
        (next, previous) = (row.number + 1, row.hash);
    }
    if let Some(head) = noted {
        checked.add(head.number, "the row that was noted is gone");
    }
    checked.sound = checked.faults == 0;
    Ok(checked)
}

impl Checked {
    fn add(&mut self, number: i64, what: &'static str) {
        self.faults += 1;
        if self.found.len() < NAMED {
            self.found.push(Found { number, what });
        }
    }
}

impl Report for Checked {
    fn table(&self) -> String {
        let mut lines: Vec<String> = self
            .found
            .iter()
            .map(|found| format!("row {}: {}", found.number, found.what))
            .collect();
        lines.push(match (self.sound, &self.head) {
            (true, None) => "nothing is in the audit".to_owned(),
            (true, Some(head)) => format!("{} rows, all as they were written; note {head}", self.rows),
            (false, _) => format!(
                "{} faults in {} rows: the audit was tampered with",
                self.faults, self.rows
            ),
        });
        lines.join("\n")
    }

    fn ended(&self) -> Ended {
        if self.sound {
            Ended::Fine
        } else {
            Ended::BooksDontMatch
        }
    }
}
