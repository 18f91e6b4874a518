//! `intakectl audit list`.

use super::row::{Row, hex};
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;

/// Options of `audit list`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only what this login did
    #[arg(long, value_name = "LOGIN")]
    who: Option<String>,
    /// Only this, such as resident.unmask
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
}

/// What was done.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Listed(Vec<Entry>);

#[derive(Debug, Serialize)]
struct Entry {
    number: i64,
    at: DateTime<Utc>,
    who: String,
    action: String,
    about: String,
    reason: String,
    result: String,
    hash: String,
}

const ROWS: &str = "
    SELECT number, at, who, action, about, reason, result, previous, hash
      FROM audit
     WHERE ($1::text IS NULL OR who = $1) AND ($2::text IS NULL OR action = $2)
     ORDER BY number DESC
     LIMIT $3";

/// Lists what was done.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Listed, Fault> {
    let mut conn = settings.open_register().await?;
    let rows: Vec<Row> = sqlx::query_as(ROWS)
        .bind(&options.who)
        .bind(&options.action)
        .bind(options.limit)
        .fetch_all(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    let entry = |row: Row| Entry {
        number: row.number,
        at: row.at,
        who: row.who,
        action: row.action,
        about: row.about,
        reason: row.reason,
        result: row.result,
        hash: hex(&row.hash),
    };
    Ok(Listed(rows.into_iter().map(entry).collect()))
}

impl Report for Listed {
    fn table(&self) -> String {
        let mut table = Table::new(&["NUMBER", "AT", "WHO", "ACTION", "ABOUT", "WHY", "RESULT"]);
        for entry in &self.0 {
            table.row([
                Cell::number(entry.number),
                Cell::text(entry.at.to_rfc3339_opts(SecondsFormat::Secs, true)),
                Cell::text(&entry.who),
                Cell::text(&entry.action),
                Cell::text(&entry.about),
                Cell::text(&entry.reason),
                Cell::text(&entry.result),
            ]);
        }
        table.render()
    }
}
