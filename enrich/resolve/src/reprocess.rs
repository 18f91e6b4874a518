//! The step that makes of an application what a replay found out: other rules' reading of the same event, or what it was
//! before that. It is a row for a row: who changed the application meanwhile has the last word.

use crate::effects::Effects;
use crate::state::{Application, Resolver};
use crate::step::Outputs;
use crate::waiting::Waiting;
use linkage::TooManyTogether;
use schemas::change::{
    ApplicationState, ApplicationStatus, EventKind, EventSettled, OutcomeChanged, WaitingAgain,
};
use schemas::codec::Event;
use schemas::event::Body;
use schemas::finding::OutcomeKind;
use schemas::match_log::{ApplicationReprocessed, EventReprocessed};
use schemas::outcome::OutcomeNotice;
use schemas::{Finding, IntakeEvent, Severity, Sha256, Timestamp};
use uuid::Uuid;

/// What a notice says beside the findings of the new rules.
const REPROCESSED: &str = "application.reprocessed";

impl Resolver {
    /// Puts a row in the place of another, or refuses it when that is no longer the one it was based on.
    pub(crate) fn application_reprocessed(
        &mut self,
        logged_at: Timestamp,
        decided: ApplicationReprocessed,
    ) -> Outputs {
        let ApplicationReprocessed {
            entry_id,
            based_on,
            state,
            events,
            tell,
            ..
        } = decided;
        let id = state.application_id;
        let mut settled = self.blank(
            logged_at,
            EventKind::ApplicationReprocessed,
            OutcomeKind::Recorded,
        );
        settled.event_id = Some(entry_id);
        settled.application_id = Some(id);
        settled.revision = Some(state.revision);
        settled.ruleset.clone_from(&state.ruleset);
        let mut effects = Effects::default();
        let mut notices = Vec::new();
        let refused = match self.may_become(&state, based_on, &events) {
            Some(code) => Some(code),
            None => self.become_another(settled.sequence, state, &mut effects).err(),
        };
        if let Some(code) = refused {
            settled.outcome = OutcomeKind::Rejected;
            settled.findings = vec![Finding::overall(Severity::Reject, code)];
            return Outputs::of(settled);
        }
        let application = self.applications.get(&id).copied();
        settled.resident_id = application.and_then(|application| application.resident);
        // All are counted before any books are taken, as in `release_all`.
        for event in &events {
            if self.waiting.has(&id, event.event_sequence) {
                self.waiting.take_one(event.event_sequence);
            }
            self.series_of(&event.node_id, event.epoch)
                .recount(event.before, event.outcome);
        }
        if let Some(Application {
            status: ApplicationStatus::Loaded,
            revision,
            ..
        }) = application
        {
            self.release_waiting(settled.sequence, id, revision, &mut effects);
        }
        let released = std::mem::take(&mut effects.released);
        settled.released = self.release_all(released, &settled, &mut notices);
        // A withdrawal that had waited may just have taken it back.
        let resident = self.applications.get(&id).and_then(|known| known.resident);
        let changed = self.change_outcomes(id, events, &settled, &mut notices);
        settled.released.extend(changed);
        if resident.is_none() {
            settled.application = self.rows.get(id);
        }
        let mut outputs = self.outputs(settled, entry_id, effects, notices);
        if !tell {
            outputs.notices.clear();
        }
        outputs
    }

    /// Why the row can't become this one.
    fn may_become(
        &mut self,
        state: &ApplicationState,
        based_on: Sha256,
        events: &[EventReprocessed],
    ) -> Option<&'static str> {
        let id = state.application_id;
        let is_open = |status| {
            matches!(
                status,
                ApplicationStatus::Loaded | ApplicationStatus::Rejected | ApplicationStatus::Held
            )
        };
        let known = self.applications.get(&id).map(|known| known.status);
        if !known.is_some_and(is_open) || !is_open(state.status) {
            return Some("reprocess.not-open");
        }
        let of_it = |event: IntakeEvent| matches!(event.body, Body::ApplicationSubmitted(form) if form.application_id == id);
        if !IntakeEvent::decode(&state.event).is_ok_and(of_it) {
            return Some("reprocess.unreadable");
        }
        let row = self.rows.get(id);
        if row.is_none_or(|row| row.digest() != based_on) {
            return Some("reprocess.superseded");
        }
        let waits = |event: &EventReprocessed| self.waiting.has(&id, event.event_sequence);
        let is_as_before = |event: &EventReprocessed| (event.before == OutcomeKind::Held) == waits(event);
        (!events.iter().all(is_as_before)).then_some("reprocess.superseded")
    }

    fn become_another(
        &mut self,
        sequence: i64,
        state: ApplicationState,
        effects: &mut Effects,
    ) -> Result<(), &'static str> {
        let id = state.application_id;
        let resident = self.applications.get(&id).and_then(|known| known.resident);
        if state.status == ApplicationStatus::Loaded {
            let record = self.record(&state.person());
            let placed = self
                .linker
                .insert(id, &record)
                .map_err(|TooManyTogether| "match.cluster-too-large")?;
            self.keep(state, resident);
            self.follow(sequence, &[id], placed, effects);
            if let Some(resident) = self.applications.get(&id).and_then(|known| known.resident) {
                effects.touch(resident).gained.insert(id);
            }
            return Ok(());
        }
        self.keep(state, None);
        if let Some(resident) = resident {
            effects.touch(resident);
            let placed = self.linker.remove(&[id]);
            self.follow(sequence, &[id], placed, effects);
            if self.is_left(resident) {
                self.leave(resident, effects);
            }
        }
        Ok(())
    }

    /// Gives events their new outcomes.
    fn change_outcomes(
        &mut self,
        id: Uuid,
        events: Vec<EventReprocessed>,
        settled: &EventSettled,
        notices: &mut Vec<(String, OutcomeNotice)>,
    ) -> Vec<OutcomeChanged> {
        let resident = settled.resident_id;
        let change = |event: EventReprocessed| {
            let ledger = self.series_of(&event.node_id, event.epoch).books;
            let resident_id = resident.filter(|_| event.outcome == OutcomeKind::Loaded);
            let mut findings = event.findings.clone();
            findings.push(Finding::overall(Severity::Note, REPROCESSED));
            let notice = OutcomeNotice {
                sequence: settled.sequence,
                event_id: event.event_id,
                node_id: event.node_id.clone(),
                epoch: event.epoch,
                node_sequence: event.node_sequence,
                application_id: Some(id),
                revision: event.revision,
                outcome: event.outcome,
                findings,
                resident_id,
                settled_at: settled.logged_at,
            };
            notices.push((event.province.clone(), notice));
            let waiting = (event.outcome == OutcomeKind::Held).then(|| self.wait_again(id, &event));
            OutcomeChanged {
                event_sequence: event.event_sequence,
                event_id: event.event_id,
                node_id: event.node_id,
                epoch: event.epoch,
                outcome: event.outcome,
                findings: event.findings,
                resident_id,
                ledger,
                waiting,
            }
        };
        events.into_iter().map(change).collect()
    }

    fn wait_again(&mut self, application_id: Uuid, event: &EventReprocessed) -> WaitingAgain {
        let again = WaitingAgain {
            application_id,
            node_sequence: event.node_sequence,
            province: event.province.clone(),
            revision: event.revision,
            entry: event.entry.clone(),
        };
        self.waiting.add(Waiting {
            event_sequence: event.event_sequence,
            application_id,
            event_id: event.event_id,
            node_id: event.node_id.clone(),
            epoch: event.epoch,
            node_sequence: event.node_sequence,
            province: event.province.clone(),
            revision: event.revision,
            entry: event.entry.clone(),
        });
        again
    }
}
