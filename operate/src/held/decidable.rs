//! What of an application a person may decide about: its form that is held, or a correction that is, beside the revision
//! in force.

use super::which::Which;
use crate::Settings;
use crate::reprocessed::{EVENTS, SettledEvent};
use resolve::Reading;
use runtime::Fault;
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::codec::Event;
use schemas::match_log::{Content, Decoded, MatchLogEntry};
use schemas::{Finding, IntakeEvent};
use sink::DatabaseFault;
use sqlx::PgConnection;
use std::cmp::Reverse;
use uuid::Uuid;

/// A form that is held.
pub(super) struct Decidable {
    /// Its event.
    pub(super) event: SettledEvent,
    /// What was found on it.
    pub(super) findings: Vec<Finding>,
    /// The application's row as it is.
    pub(super) was: ApplicationState,
    /// The row with this form in it.
    pub(super) read: ApplicationState,
}

impl Decidable {
    /// Whether an earlier revision is in force.
    pub(super) fn is_correction(&self) -> bool {
        self.event.event_id != self.was.event_id
    }
}

/// The form of this revision, else the newest that is held; none when there is none.
///
/// # Errors
/// Fatal when what the register has of it can't be read; transient when the database doesn't answer.
pub(super) async fn find(
    settings: &Settings,
    conn: &mut PgConnection,
    application: Uuid,
    revision: Option<i32>,
) -> Result<Option<Decidable>, Fault> {
    let held = Which::of(application).read(settings, conn).await?;
    let is_meant = |of: Option<i32>| of.is_some() && (revision.is_none() || revision == of);
    let forms = held.into_iter().filter(|held| is_meant(held.revision));
    // Of a revision that came twice the first, which the row is of.
    let Some(form) = forms.max_by_key(|held| (held.revision, Reverse(held.sequence))) else {
        return Ok(None);
    };
    let mut rows = sink::restore::applications(&settings.register()?, &[application]).await?;
    let event: Option<SettledEvent> = sqlx::query_as(EVENTS)
        .bind([form.sequence])
        .fetch_optional(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let (Some(was), Some(event)) = (rows.pop(), event) else {
        return Ok(None);
    };
    let findings = form.findings.0;
    let read = match was.status {
        ApplicationStatus::Held if was.event_id == event.event_id => was.clone(),
        ApplicationStatus::Loaded | ApplicationStatus::Rejected if event.revision > Some(was.revision) => {
            corrected(&was, &event, &findings)?
        }
        _ => return Ok(None),
    };
    Ok(Some(Decidable {
        event,
        findings,
        was,
        read,
    }))
}

fn corrected(
    was: &ApplicationState,
    event: &SettledEvent,
    findings: &[Finding],
) -> Result<ApplicationState, Fault> {
    let logged = MatchLogEntry::decode(event.entry.as_deref().unwrap_or_default()).ok();
    let record = logged.and_then(MatchLogEntry::source_record);
    let state = record.and_then(|record| {
        let Content::Decoded(decoded) = record.content else {
            return None;
        };
        let decoded = Decoded {
            findings: findings.to_vec(),
            ..decoded
        };
        let form = IntakeEvent::decode(&decoded.event).ok()?;
        let is = Reading {
            decoded: &decoded,
            ruleset: &record.ruleset,
        };
        resolve::corrected(was, &form, record.appended_at, is)
    });
    state.ok_or_else(|| {
        Fault::fatal(format!(
            "the entry of step {} that the register holds is of another version",
            event.sequence
        ))
    })
}
