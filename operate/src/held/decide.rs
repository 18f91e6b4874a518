//! `intakectl held decide`.

use crate::entry::{self, Execution, Progress};
use crate::{Ended, Report, Settings, audit};
use clap::{Args, ValueEnum};
use runtime::{Fault, clock};
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::finding::OutcomeKind;
use schemas::match_log::{ApplicationReprocessed, EventReprocessed, LogBody};
use schemas::{Finding, NodeId, Severity};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Options of `held decide`.
#[derive(Debug, Args)]
pub struct Options {
    /// The application
    #[arg(value_name = "APPLICATION")]
    application: Uuid,
    /// What is to become of it
    #[arg(value_enum)]
    decision: Decision,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    how: Execution,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// Its values are taken as they are
    Load,
    /// It is refused
    Reject,
}

/// What is found on an application that a person refuses.
const REFUSED: &str = "application.refused";

/// What was decided.
#[derive(Debug, Serialize)]
pub struct Decided {
    application_id: Uuid,
    decision: Decision,
    by: String,
    reason: String,
    /// Why nothing was decided, or why match left it as it is.
    refused: Option<String>,
    #[serde(flatten)]
    progress: Progress,
}

#[derive(FromRow)]
struct EventRow {
    sequence: i64,
    node_id: String,
    epoch: Uuid,
    node_sequence: i64,
    province: String,
}

const EVENT: &str = "
    SELECT e.sequence, e.node_id, e.epoch, e.node_sequence, e.province
      FROM intake_event e LEFT JOIN event_outcome o ON o.event_sequence = e.sequence
     WHERE e.application_id = $1 AND e.event_id = $2 AND e.kind = 'application'
       AND COALESCE(o.outcome, e.outcome) = 'held'
     ORDER BY e.sequence LIMIT 1";

/// Decides, or says what would be decided.
///
/// # Errors
/// Data when the application isn't held; transient when Kafka or the database doesn't answer, or when the register doesn't
/// show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let id = options.application;
    let mut rows = sink::restore::applications(&settings.register()?, &[id]).await?;
    let held = rows.pop().filter(|row| row.status == ApplicationStatus::Held);
    let not_held = || {
        Fault::data(format!(
            "application {id} isn't held: `intakectl held show {id}` says what waits of it"
        ))
    };
    let was = held.ok_or_else(not_held)?;
    let event = event(&mut conn, &was).await?.ok_or_else(not_held)?;
    let mut decided = Decided {
        application_id: id,
        decision: options.decision,
        by: entry::session_user(&mut conn).await?,
        reason: options.reason.clone(),
        refused: None,
        progress: Progress::default(),
    };
    if !options.how.execute {
        return Ok(decided);
    }
    let entry_id = clock::new_event_id();
    let (state, outcome) = became(&was, options.decision);
    let body = LogBody::ApplicationReprocessed(Box::new(ApplicationReprocessed {
        entry_id,
        at: clock::now(),
        by: decided.by.clone(),
        reason: options.reason.clone(),
        replay_id: None,
        based_on: was.digest(),
        events: vec![EventReprocessed {
            event_sequence: event.sequence,
            event_id: was.event_id,
            node_id: NodeId::parse(&event.node_id).map_err(|wrong| Fault::fatal(wrong.to_string()))?,
            epoch: event.epoch,
            node_sequence: event.node_sequence,
            province: event.province,
            revision: Some(was.revision),
            before: OutcomeKind::Held,
            outcome,
            findings: state.findings.clone(),
            entry: Vec::new(),
        }],
        state,
        tell: true,
    }));
    let decision = format!("{:?}", options.decision).to_lowercase();
    audit::record(
        &mut conn,
        "held.decide",
        &[id.to_string()],
        &options.reason,
        &decision,
    )
    .await?;
    let step = entry::step(&mut conn).await?;
    let about = format!("application {id}");
    let (progress, settled) = entry::decide(settings, &options.how, &about, body, async || {
        entry::settled(&mut conn, step, entry_id).await
    })
    .await?;
    decided.progress = progress;
    decided.refused = settled.and_then(|(_, code)| code);
    Ok(decided)
}

async fn event(conn: &mut PgConnection, row: &ApplicationState) -> Result<Option<EventRow>, DatabaseFault> {
    let query = sqlx::query_as(EVENT).bind(row.application_id).bind(row.event_id);
    Ok(query.fetch_optional(conn).await?)
}

/// What it becomes. What it was held for is noted from now on, so that everybody sees what was let pass.
fn became(was: &ApplicationState, decision: Decision) -> (ApplicationState, OutcomeKind) {
    let mut state = was.clone();
    match decision {
        Decision::Load => {
            let held = state
                .findings
                .iter_mut()
                .filter(|found| found.severity == Severity::Hold);
            held.for_each(|found| found.severity = Severity::Note);
            state.status = ApplicationStatus::Loaded;
            (state, OutcomeKind::Loaded)
        }
        Decision::Reject => {
            state.findings.push(Finding::overall(Severity::Reject, REFUSED));
            state.status = ApplicationStatus::Rejected;
            (state, OutcomeKind::Rejected)
        }
    }
}

impl Report for Decided {
    fn table(&self) -> String {
        let (what, would) = match self.decision {
            Decision::Load => ("loaded", "would be loaded"),
            Decision::Reject => ("rejected", "would be rejected"),
        };
        if let Some(code) = &self.refused {
            return format!("application {} was left as it is: {code}", self.application_id);
        }
        match self.progress.told() {
            Some(told) => format!("application {} is {what}: {told}", self.application_id),
            None => format!(
                "application {} {would}; dry run: add --execute",
                self.application_id
            ),
        }
    }

    fn ended(&self) -> Ended {
        match self.refused {
            Some(_) => Ended::Refused,
            None => Ended::Fine,
        }
    }
}
