//! `intakectl held decide`.

use super::decidable::{self, Decidable};
use crate::entry::{self, Execution, Progress};
use crate::show::unmask::reason;
use crate::{Ended, Report, Settings, audit};
use clap::{Args, ValueEnum};
use runtime::{Fault, clock};
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::finding::OutcomeKind;
use schemas::match_log::{ApplicationReprocessed, LogBody};
use schemas::{Finding, Severity};
use serde::Serialize;
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
    /// Of which form, where several are held [default: the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    revision: Option<i32>,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = reason)]
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
    /// The form that was decided about.
    revision: i32,
    decision: Decision,
    by: String,
    reason: String,
    /// Why nothing was decided, or why match left it as it is.
    refused: Option<String>,
    #[serde(flatten)]
    progress: Progress,
}

/// Decides, or says what would be decided.
///
/// # Errors
/// Data when the application isn't held; transient when Kafka or the database doesn't answer, or when the register doesn't
/// show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let id = options.application;
    let found = decidable::find(settings, &mut conn, id, options.revision).await?;
    let held = found.ok_or_else(|| {
        let of = options
            .revision
            .map(|n| format!(" in revision {n}"))
            .unwrap_or_default();
        Fault::data(format!(
            "application {id} isn't held{of}: `intakectl held show {id}` says what waits of it"
        ))
    })?;
    let mut decided = Decided {
        application_id: id,
        revision: held.read.revision,
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
    let (state, outcome, findings) = became(&held, options.decision);
    let body = LogBody::ApplicationReprocessed(Box::new(ApplicationReprocessed {
        entry_id,
        at: clock::now(),
        by: decided.by.clone(),
        reason: options.reason.clone(),
        replay_id: None,
        based_on: held.was.digest(),
        events: vec![held.event.reprocessed(OutcomeKind::Held, outcome, findings)?],
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

/// What the application becomes, and its form's outcome. What it was held for is noted from now on, so that everybody sees
/// what was let pass; a correction that is refused leaves the revision in force as it is.
fn became(held: &Decidable, decision: Decision) -> (ApplicationState, OutcomeKind, Vec<Finding>) {
    match decision {
        Decision::Load => {
            let mut state = held.read.clone();
            let holding = state
                .findings
                .iter_mut()
                .filter(|found| found.severity == Severity::Hold);
            holding.for_each(|found| found.severity = Severity::Note);
            state.status = ApplicationStatus::Loaded;
            let findings = state.findings.clone();
            (state, OutcomeKind::Loaded, findings)
        }
        Decision::Reject => {
            let mut findings = held.findings.clone();
            findings.push(Finding::overall(Severity::Reject, REFUSED));
            let mut state = held.was.clone();
            if !held.is_correction() {
                state.findings.clone_from(&findings);
                state.status = ApplicationStatus::Rejected;
            }
            (state, OutcomeKind::Rejected, findings)
        }
    }
}

impl Report for Decided {
    fn table(&self) -> String {
        let (what, would) = match self.decision {
            Decision::Load => ("loaded", "would be loaded"),
            Decision::Reject => ("rejected", "would be rejected"),
        };
        let what_of = format!(
            "revision {} of application {}",
            self.revision, self.application_id
        );
        if let Some(code) = &self.refused {
            return format!("{what_of} was left as it is: {code}");
        }
        match self.progress.told() {
            Some(told) => format!("{what_of} is {what}: {told}"),
            None => format!("{what_of} {would}; dry run: nothing was done; do it with --execute"),
        }
    }

    fn ended(&self) -> Ended {
        match self.refused {
            Some(_) => Ended::Refused,
            None => Ended::Fine,
        }
    }
}
