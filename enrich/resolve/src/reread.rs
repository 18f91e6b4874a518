//! What other rules' reading of an event would make of its application as it is now.

use crate::follow_up;
use crate::golden;
use crate::state::Resolver;
use schemas::change::{ApplicationState, ApplicationStatus, VerifiedField};
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Body, VerificationRecorded};
use schemas::finding::OutcomeKind;
use schemas::match_log::{Decoded, EventReprocessed};
use schemas::{Finding, IntakeEvent, Severity, Sha256, Timestamp};
use uuid::Uuid;

/// An event that was settled before.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The step that settled it first.
    pub event_sequence: i64,
    /// Slug of the province whose topic it came through.
    pub province: String,
    /// Append time at its province's topic.
    pub appended_at: Timestamp,
    /// Its outcome now.
    pub outcome: OutcomeKind,
    /// Why.
    pub findings: Vec<Finding>,
}

/// A reading of an event: normalised values and findings under one ruleset.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The event's bytes with what the rules made of them.
    pub decoded: &'a Decoded,
    /// The rules.
    pub ruleset: &'a str,
}

/// What an application would become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// [`ApplicationState::digest`] of its row as it is.
    pub based_on: Sha256,
    /// Its row as it would be.
    pub state: ApplicationState,
    /// The event with the outcome it would have.
    pub event: EventReprocessed,
}

impl Resolver {
    /// What an application becomes when an event of its is read in another way than it was. None when that changes
    /// nothing, when a newer revision is in force, and when there is nothing left to change: withdrawn, erased.
    ///
    /// An application that is `relinked` comes back even when nothing of it changes: it is to be compared anew.
    pub fn would_become(
        &mut self,
        settled: &Settled,
        was: Reading<'_>,
        is: Reading<'_>,
        relinked: bool,
    ) -> Option<Reread> {
        let event = IntakeEvent::decode(&is.decoded.event).ok()?;
        let id = event.body.application_id()?;
        let row = self.row_of(id)?;
        let (state, outcome) = match &event.body {
            Body::ApplicationSubmitted(form) => of_form(&row, settled, &event, form, is)?,
            Body::VerificationRecorded(body) => {
                of_verification(&row, settled, body, was.decoded, is.decoded)?
            }
            Body::ApplicationWithdrawn(_) | Body::EventWithheld(_) => return None,
        };
        let findings = findings(settled, was.decoded, is.decoded);
        let is_same = |left: &ApplicationState, right: &ApplicationState| {
            left == &ApplicationState {
                ruleset: left.ruleset.clone(),
                ..right.clone()
            }
        };
        let changed = outcome != settled.outcome || findings != settled.findings;
        let is_linked = relinked && row.status == ApplicationStatus::Loaded;
        if !changed && !is_linked && is_same(&row, &state) {
            return None;
        }
        Some(Reread {
            based_on: row.digest(),
            state: if is_same(&row, &state) { row } else { state },
            event: EventReprocessed {
                event_sequence: settled.event_sequence,
                event_id: event.event_id,
                node_id: event.node_id.clone(),
                epoch: event.epoch,
                node_sequence: event.sequence,
                province: settled.province.clone(),
                revision: match &event.body {
                    Body::ApplicationSubmitted(form) => Some(form.revision),
                    _ => None,
                },
                before: settled.outcome,
                outcome,
                findings,
                entry: Vec::new(),
            },
        })
    }

    /// The row of an application that may still change.
    fn row_of(&mut self, id: Uuid) -> Option<ApplicationState> {
        let known = self.applications.get(&id)?;
        let is_open = matches!(
            known.status,
            ApplicationStatus::Loaded | ApplicationStatus::Rejected | ApplicationStatus::Held
        );
        is_open.then(|| self.rows.get(id))?
    }
}

/// What match itself found stands beside what the rules find.
fn findings(settled: &Settled, was: &Decoded, is: &Decoded) -> Vec<Finding> {
    let of_match = settled
        .findings
        .iter()
        .filter(|found| !was.findings.contains(found));
    is.findings.iter().chain(of_match).cloned().collect()
}

fn of_form(
    row: &ApplicationState,
    settled: &Settled,
    event: &IntakeEvent,
    form: &ApplicationSubmitted,
    is: Reading<'_>,
) -> Option<(ApplicationState, OutcomeKind)> {
    let worst = is.decoded.findings.iter().map(|finding| finding.severity).min();
    let (status, outcome) = match worst.unwrap_or(Severity::Note) {
        Severity::Reject => (ApplicationStatus::Rejected, OutcomeKind::Rejected),
        Severity::Hold => (ApplicationStatus::Held, OutcomeKind::Held),
        Severity::Note => (ApplicationStatus::Loaded, OutcomeKind::Loaded),
    };
    if row.event == is.decoded.event {
        let read = ApplicationState {
            status,
            ruleset: is.ruleset.to_owned(),
            changes: is.decoded.changes.clone(),
            findings: is.decoded.findings.clone(),
            ..row.clone()
        };
        return Some((read, outcome));
    }
    let is_correction =
        form.revision > row.revision && matches!(settled.outcome, OutcomeKind::Held | OutcomeKind::Rejected);
    if !is_correction {
        return None;
    }
    match status {
        ApplicationStatus::Loaded => Some((corrected(row, event, settled.appended_at, is)?, outcome)),
        _ => Some((row.clone(), outcome)),
    }
}

/// The row once a correction of it is in force; none when the event is no application's form. `appended_at` is when the
/// correction came to its province's topic.
pub fn corrected(
    row: &ApplicationState,
    correction: &IntakeEvent,
    appended_at: Timestamp,
    is: Reading<'_>,
) -> Option<ApplicationState> {
    let Body::ApplicationSubmitted(form) = &correction.body else {
        return None;
    };
    Some(ApplicationState {
        revision: form.revision,
        status: ApplicationStatus::Loaded,
        event_id: correction.event_id,
        appended_at,
        event: is.decoded.event.clone(),
        ruleset: is.ruleset.to_owned(),
        changes: is.decoded.changes.clone(),
        findings: is.decoded.findings.clone(),
        ..row.clone()
    })
}

/// Values that the row has of this verification are read anew; one that was refused by the rules is taken over if they
/// refuse it no more. One that they would refuse now stays: an officer has signed it.
fn of_verification(
    row: &ApplicationState,
    settled: &Settled,
    body: &VerificationRecorded,
    was: &Decoded,
    is: &Decoded,
) -> Option<(ApplicationState, OutcomeKind)> {
    let refused = |decoded: &Decoded| {
        let mut findings = decoded.findings.iter();
        findings.any(|finding| finding.severity == Severity::Reject)
    };
    let mut state = row.clone();
    match settled.outcome {
        OutcomeKind::Loaded if !refused(is) => {
            let had: Vec<_> = follow_up::verified(body, was).collect();
            state.verifications.retain(|verified| !had.contains(verified));
        }
        OutcomeKind::Rejected if refused(was) && !refused(is) && row.status == ApplicationStatus::Loaded => {
            state.stage = state.stage.max(body.stage);
        }
        _ => return None,
    }
    // Another verification's value stays, but where this one was never weighed against it.
    let of_another = |verified: &VerifiedField| {
        let mut known = state.verifications.iter();
        settled.outcome == OutcomeKind::Loaded && known.any(|known| known.field == verified.field)
    };
    let read: Vec<_> = follow_up::verified(body, is)
        .filter(|verified| !of_another(verified))
        .collect();
    golden::verify(&mut state.verifications, read.into_iter());
    Some((state, OutcomeKind::Loaded))
}
