//! `intakectl replay status` and `log`.

use super::plan::Scope;
use super::store::{self, Approval, Named, Replay, Standing, Step};
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::Fault;
use schemas::Sha256;
use schemas::topics::MATCH_LOG;
use serde::Serialize;
use serde_json::Value;
use sink::DatabaseFault;
use sqlx::PgConnection;
use uuid::Uuid;

/// All replays.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Status(Vec<Listed>);

#[derive(Debug, Serialize)]
struct Listed {
    replay_id: Uuid,
    standing: Standing,
    /// What is replayed, in words.
    scope: String,
    reason: String,
    planned_by: String,
    planned_at: DateTime<Utc>,
    approved_by: Option<String>,
    records: i64,
    /// How much of the match log the run has loaded, in percent; none when there is no shadow.
    loaded_percent: Option<f64>,
    schema: String,
    hash: Sha256,
}

/// Lists replays and how far each has come.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings) -> Result<Status, Fault> {
    let mut conn = settings.open_register().await?;
    let mut listed = Vec::new();
    for replay in store::all(&mut conn).await? {
        let loaded_percent = loaded(&mut conn, &replay).await?;
        listed.push(Listed {
            replay_id: replay.plan.replay_id,
            standing: replay.standing(),
            scope: scope(&replay),
            reason: replay.plan.reason.clone(),
            planned_by: replay.planned_by.clone(),
            planned_at: replay.planned_at,
            approved_by: replay
                .approval
                .as_ref()
                .map(|approval| approval.approved_by.clone()),
            records: replay.plan.records,
            loaded_percent,
            schema: replay.plan.schema(),
            hash: replay.hash,
        });
    }
    Ok(Status(listed))
}

fn scope(replay: &Replay) -> String {
    match &replay.plan.scope {
        Scope::Rebuild => "everything".to_owned(),
        Scope::Slice(selection) => selection.told(),
    }
}

/// How much of its stretch of the log a shadow has.
async fn loaded(conn: &mut PgConnection, replay: &Replay) -> Result<Option<f64>, DatabaseFault> {
    let query = format!(
        "SELECT next_offset FROM {}.sink_position WHERE topic = $1",
        replay.plan.schema()
    );
    let next: Result<Option<i64>, DatabaseFault> = sqlx::query_scalar(&query)
        .bind(MATCH_LOG)
        .fetch_optional(conn)
        .await
        .map_err(DatabaseFault::from);
    let next = match next {
        // There is no shadow, or we may not look into it.
        Err(fault) if matches!(fault.state(), Some("42P01" | "42501" | "3F000")) => return Ok(None),
        other => other?,
    };
    let log = replay.plan.log;
    let share = |next: i64| 100.0 * (next - log.from).max(0) as f64 / (log.to - log.from).max(1) as f64;
    Ok(next.map(|next| share(next).min(100.0)))
}

impl Report for Status {
    fn table(&self) -> String {
        if self.0.is_empty() {
            return "no replay was planned".to_owned();
        }
        let mut table = Table::new(&[
            "REPLAY",
            "STANDING",
            "LOADED",
            "RECORDS",
            "WHAT",
            "PLANNED BY",
            "APPROVED BY",
            "REASON",
        ]);
        for one in &self.0 {
            table.row([
                Cell::text(one.replay_id.to_string()),
                Cell::text(one.standing.name()),
                Cell::right(
                    one.loaded_percent
                        .map_or("-".to_owned(), |share| format!("{share:.0} %")),
                ),
                Cell::number(one.records),
                Cell::text(&one.scope),
                Cell::text(&one.planned_by),
                Cell::text(one.approved_by.as_deref().unwrap_or("-")),
                Cell::text(&one.reason),
            ]);
        }
        format!(
            "{}\nwhat was done with one: intakectl replay log REPLAY\nwhen it is settled: intakectl replay discard REPLAY",
            table.render()
        )
    }
}

/// What a step came to, as its row has it in JSON: members in words, one after the other. Anything else as it is.
fn in_words(result: &str) -> String {
    let word = |(name, value): (String, Value)| {
        let value = match value {
            Value::Number(number) if number.is_f64() => format!("{:.1}", number.as_f64().unwrap_or_default()),
            Value::String(text) => text,
            other => other.to_string(),
        };
        format!("{} {value}", name.replace('_', " "))
    };
    match serde_json::from_str(result) {
        Ok(Value::Object(members)) => members.into_iter().map(word).collect::<Vec<_>>().join(", "),
        Ok(Value::Null) => "-".to_owned(),
        _ => result.to_owned(),
    }
}

/// What was done with one replay, in order.
#[derive(Debug, Serialize)]
pub struct Log {
    replay_id: Uuid,
    scope: String,
    reason: String,
    hash: Sha256,
    planned_by: String,
    planned_at: DateTime<Utc>,
    approval: Option<Approval>,
    steps: Vec<Step>,
}

/// Options of `replay log`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Named,
}

/// Tells what was done with a replay.
///
/// # Errors
/// Data when there is none of the name; transient when the database doesn't answer.
pub async fn log(settings: &Settings, options: &Options) -> Result<Log, Fault> {
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    Ok(Log {
        replay_id: replay.plan.replay_id,
        scope: scope(&replay),
        reason: replay.plan.reason.clone(),
        hash: replay.hash,
        planned_by: replay.planned_by,
        planned_at: replay.planned_at,
        approval: replay.approval,
        steps: replay.steps,
    })
}

impl Report for Log {
    fn table(&self) -> String {
        let at = |moment: DateTime<Utc>| moment.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut table = Table::new(&["WHEN", "WHAT", "WHO", "RESULT"]);
        let mut rows = vec![(
            self.planned_at,
            "planned",
            self.planned_by.as_str(),
            self.reason.as_str(),
        )];
        rows.extend(self.steps.iter().map(|step| {
            (
                step.done_at,
                step.step.as_str(),
                step.done_by.as_str(),
                step.result.as_str(),
            )
        }));
        if let Some(approval) = &self.approval {
            rows.push((
                approval.approved_at,
                "approved",
                approval.approved_by.as_str(),
                approval.reason.as_str(),
            ));
        }
        rows.sort_by_key(|(moment, ..)| *moment);
        for (moment, what, who, result) in rows {
            table.row([
                Cell::text(at(moment)),
                Cell::text(what),
                Cell::text(who),
                Cell::text(in_words(result)),
            ]);
        }
        format!(
            "replay {}: {}\nplan {}\n{}",
            self.replay_id,
            self.scope,
            self.hash,
            table.render()
        )
    }
}
