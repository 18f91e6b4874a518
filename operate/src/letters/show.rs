//! `intakectl dead-letters show`.

use super::filter::Filter;
use super::letter::{Letter, Original, attempts};
use crate::{Report, Settings};
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::Fault;
use schemas::codec::Change;
use schemas::event::Body;
use schemas::{Header, IntakeEvent, Sha256};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::FromRow;
use std::fmt::Write;

/// Options of `dead-letters show`.
#[derive(Debug, Args)]
pub struct Options {
    /// The dead letter, as `dead-letters list` names it
    #[arg(value_name = "ID")]
    id: i64,
}

/// A dead letter.
#[derive(Debug, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    letter: Letter,
    node_id: Option<String>,
    /// SHA-256 of its value.
    sha256: Sha256,
    /// How many headers its record had, and their size: names and values may be a person's.
    headers: usize,
    header_bytes: usize,
    /// What this version reads its value as; ids and kinds only.
    read_as: String,
    /// How often a record with these bytes was sent on its way again, from whatever position.
    attempts_of_these_bytes: i64,
    decisions: Vec<DecisionRow>,
}

#[derive(Debug, FromRow, Serialize)]
struct DecisionRow {
    sequence: i64,
    remedy: String,
    carried_out: bool,
    decided_by: String,
    reason: String,
    decided_at: DateTime<Utc>,
}

const DECISIONS: &str = "
    SELECT sequence, remedy::text AS remedy, carried_out, decided_by, reason, decided_at
      FROM dead_letter_decision
     WHERE (topic, partition, record_offset) = ($1, $2, $3)
     ORDER BY sequence";

/// Shows one.
///
/// # Errors
/// Data when there is none with this id; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Shown, Fault> {
    let mut conn = settings.open_register().await?;
    let found = Filter::one(options.id).read(settings, &mut conn, true).await?;
    let letter = found.into_iter().next().ok_or_else(|| {
        Fault::data(format!(
            "there is no dead letter {}: see `intakectl dead-letters list --settled`",
            options.id
        ))
    })?;
    let Original { value, headers } = letter.original(&mut conn).await?;
    let decisions = sqlx::query_as(DECISIONS)
        .bind(&letter.topic)
        .bind(letter.partition)
        .bind(letter.record_offset)
        .fetch_all(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    Ok(Shown {
        node_id: letter.node(),
        sha256: Sha256::of(&value),
        headers: headers.len(),
        header_bytes: headers.iter().map(Header::bytes).sum(),
        read_as: read_as(&value),
        attempts_of_these_bytes: attempts(&mut conn, &value).await?,
        letter,
        decisions,
    })
}

fn read_as(value: &[u8]) -> String {
    if value.is_empty() {
        return "nothing: it is empty, or was erased".to_owned();
    }
    if let Ok(event) = IntakeEvent::from_record(value) {
        let what = match &event.body {
            Body::ApplicationSubmitted(body) => {
                format!("application {} revision {}", body.application_id, body.revision)
            }
            Body::VerificationRecorded(body) => {
                format!(
                    "verification of application {} at stage {}",
                    body.application_id, body.stage
                )
            }
            Body::ApplicationWithdrawn(body) => format!("withdrawal of application {}", body.application_id),
            Body::EventWithheld(_) => "an event that was withheld".to_owned(),
        };
        return format!(
            "event {}; {what}; node {}, epoch {}, sequence {}",
            event.event_id,
            event.node_id.as_str(),
            event.epoch,
            event.sequence
        );
    }
    match Change::decode(value) {
        Ok(Change::Settled(change)) => {
            format!("what became of step {} ({})", change.sequence, change.kind.name())
        }
        Ok(Change::Resident(change)) => {
            format!(
                "resident {} as step {} left it",
                change.resident_id, change.sequence
            )
        }
        Err(why) => format!("nothing this version knows ({})", why.code()),
    }
}

impl Report for Shown {
    fn table(&self) -> String {
        let letter = &self.letter;
        let database = match (&letter.sqlstate, &letter.constraint_name) {
            (Some(state), Some(constraint)) => format!(" (SQLSTATE {state}, {constraint})"),
            (Some(state), None) => format!(" (SQLSTATE {state})"),
            (None, _) => String::new(),
        };
        let headers = match self.headers {
            0 => "none".to_owned(),
            headers => format!("{headers}, {} bytes", self.header_bytes),
        };
        let mut text = format!(
            "dead letter {}{}\nfrom      {}\nby        {}: {}{database}\nat        {}\nnode      {}\nvalue     {} bytes\nSHA-256   {}\nheaders   {}\nread as   {}\ntries     {}",
            letter.id,
            if letter.settled { ", settled" } else { "" },
            letter.position(),
            letter.stage,
            letter.reason,
            letter.at.to_rfc3339(),
            self.node_id.as_deref().unwrap_or("unknown"),
            letter.bytes,
            self.sha256,
            headers,
            self.read_as.replace("; ", "\n          "),
            self.attempts_of_these_bytes,
        );
        for row in &self.decisions {
            let how = if row.carried_out { "" } else { ", refused" };
            let _fits = write!(
                text,
                "\n{} at step {}{how}, by {} at {}: {}",
                row.remedy,
                row.sequence,
                row.decided_by,
                row.decided_at.to_rfc3339(),
                row.reason
            );
        }
        if !letter.settled {
            // What has no place of its own in its series has no way back.
            let ways = match letter.stage.as_str() {
                "match" => &["discard"][..],
                _ => &["redrive", "discard"],
            };
            for way in ways {
                let _fits = write!(
                    text,
                    "\nnext: intakectl dead-letters {way} --id {} --reason …",
                    letter.id
                );
            }
        }
        text
    }
}
