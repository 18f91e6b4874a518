//! The end of a step: what became of its event, the residents it touched, who must hear of it.

use crate::effects::{Effects, Touch, Verdict};
use crate::golden::{self, Golden};
use crate::source::Arriving;
use crate::state::Resolver;
use crate::step::Outputs;
use crate::waiting::Waiting;
use schemas::change::{
    ApplicationState, EventSettled, LedgerState, OutcomeChanged, ResidentChanged, ResidentStatus,
};
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use schemas::{Applicant, Epoch, Field, NodeId, Timestamp};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Resolver {
    /// Puts together what a step hands on.
    pub(crate) fn close(
        &mut self,
        mut settled: EventSettled,
        arriving: &Arriving<'_>,
        verdict: Verdict,
        mut effects: Effects,
    ) -> Outputs {
        let event = &arriving.event;
        let mut notices = Vec::new();
        settled.outcome = verdict.outcome;
        settled.findings = verdict.findings;
        settled.resident_id = verdict.resident;
        settled.released = self.release_all(std::mem::take(&mut effects.released), &settled, &mut notices);
        settled.ledger = Some(self.books(&event.node_id, event.epoch));
        let known = settled
            .application_id
            .and_then(|id| Some((id, *self.applications.get(&id)?)));
        let erased = self.is_erased(settled.application_id);
        if let Some((id, application)) = known
            && application.resident.is_none()
            && !erased
            && !matches!(settled.outcome, OutcomeKind::Copy | OutcomeKind::Conflict)
        {
            settled.application = self.rows.take(id);
        }
        // By its bytes: a careless node may use one event id twice.
        let placed = settled
            .application
            .as_ref()
            .is_some_and(|row| row.event == arriving.decoded.event);
        if matches!(settled.outcome, OutcomeKind::Held | OutcomeKind::Rejected) && !placed && !erased {
            settled.held_event = Some(arriving.entry.to_vec());
        }
        if matches!(
            settled.outcome,
            OutcomeKind::Loaded | OutcomeKind::Rejected | OutcomeKind::Held | OutcomeKind::Conflict
        ) {
            let notice = OutcomeNotice {
                sequence: settled.sequence,
                event_id: event.event_id,
                node_id: event.node_id.clone(),
                epoch: event.epoch,
                node_sequence: event.sequence,
                application_id: settled.application_id,
                revision: settled.revision,
                outcome: settled.outcome,
                findings: settled.findings.clone(),
                resident_id: settled.resident_id,
                settled_at: settled.logged_at,
            };
            notices.push((arriving.province.clone(), notice));
        }
        self.outputs(settled, event.event_id, effects, notices)
    }

    /// What a step hands on: its own notices, and those to whom else it affects; `cause` is the event or entry
    /// that made it.
    pub(crate) fn outputs(
        &mut self,
        settled: EventSettled,
        cause: Uuid,
        mut effects: Effects,
        mut notices: Vec<(String, OutcomeNotice)>,
    ) -> Outputs {
        let confirmed = self.hand_out(&mut effects);
        notices.extend(self.tell_others(&settled, &effects, &confirmed));
        self.touch_blocks(&effects);
        let mut person = effects.person;
        let touched = effects.residents.into_iter();
        let residents = touched
            .map(|(id, touch)| self.resident_changed(settled.sequence, id, touch, cause, &mut person))
            .collect();
        Outputs {
            residents,
            notices,
            ..Outputs::of(settled)
        }
    }

    /// Applications stand in their blocks in the order of their rows' last steps, as a restore puts them.
    fn touch_blocks(&mut self, effects: &Effects) {
        let gained: BTreeSet<Uuid> = effects
            .residents
            .values()
            .flat_map(|touch| &touch.gained)
            .copied()
            .collect();
        let alone = |id: &Uuid| effects.person.as_ref().is_some_and(|(new, _)| new == id);
        if gained.len() > 1 || !gained.iter().all(alone) {
            gained.into_iter().for_each(|id| self.linker.touch(id));
        }
    }

    /// Settles events that waited. All are counted before any books are taken: those of one step must be
    /// the same everywhere.
    pub(crate) fn release_all(
        &mut self,
        released: Vec<(Waiting, Verdict)>,
        settled: &EventSettled,
        notices: &mut Vec<(String, OutcomeNotice)>,
    ) -> Vec<OutcomeChanged> {
        for (waiting, verdict) in &released {
            self.series_of(&waiting.node_id, waiting.epoch)
                .recount(OutcomeKind::Held, verdict.outcome);
        }
        let released = released.into_iter();
        released
            .map(|(waiting, verdict)| {
                self.release(waiting, verdict, settled.sequence, settled.logged_at, notices)
            })
            .collect()
    }

    fn release(
        &mut self,
        waiting: Waiting,
        verdict: Verdict,
        sequence: i64,
        settled_at: Timestamp,
        notices: &mut Vec<(String, OutcomeNotice)>,
    ) -> OutcomeChanged {
        let ledger = self.books(&waiting.node_id, waiting.epoch);
        let notice = OutcomeNotice {
            sequence,
            event_id: waiting.event_id,
            node_id: waiting.node_id.clone(),
            epoch: waiting.epoch,
            node_sequence: waiting.node_sequence,
            application_id: Some(waiting.application_id),
            revision: waiting.revision,
            outcome: verdict.outcome,
            findings: verdict.findings.clone(),
            resident_id: verdict.resident,
            settled_at,
        };
        notices.push((waiting.province, notice));
        OutcomeChanged {
            event_sequence: waiting.event_sequence,
            event_id: waiting.event_id,
            node_id: waiting.node_id,
            epoch: waiting.epoch,
            outcome: verdict.outcome,
            findings: verdict.findings,
            resident_id: verdict.resident,
            ledger,
            waiting: None,
        }
    }

    fn resident_changed(
        &mut self,
        sequence: i64,
        resident_id: Uuid,
        touch: Touch,
        last_event: Uuid,
        person: &mut Option<(Uuid, Applicant)>,
    ) -> ResidentChanged {
        if let Some(resident) = self.residents.get_mut(&resident_id) {
            resident.changed = sequence;
        }
        let resident = self.residents.get(&resident_id);
        let members = resident
            .map(|resident| resident.members.clone())
            .unwrap_or_default();
        let (status, redirect_to) = resident.map_or((ResidentStatus::Superseded, None), |resident| {
            (resident.status, resident.redirect_to)
        });
        let rows: Vec<ApplicationState> = members.iter().filter_map(|id| self.rows.take(*id)).collect();
        let golden = match (rows.as_slice(), person.take()) {
            _ if status == ResidentStatus::Erased => Golden::default(),
            ([only], Some((id, person))) if only.application_id == id && only.verifications.is_empty() => {
                golden::of_one(only, person)
            }
            ([only], kept) if only.verifications.is_empty() => {
                *person = kept;
                golden::of_one(only, only.person())
            }
            (many, kept) => {
                *person = kept;
                golden::of_many(many)
            }
        };
        let gained: Vec<ApplicationState> = rows
            .into_iter()
            .filter(|row| touch.gained.contains(&row.application_id))
            .collect();
        ResidentChanged {
            sequence,
            resident_id,
            is_new: touch.is_new,
            status,
            redirect_to,
            folded_name: golden
                .values
                .get(Field::FullName)
                .map(normalise::fold::fold)
                .unwrap_or_default(),
            golden: golden.values,
            sources: golden.sources,
            members,
            stage: golden.stage,
            last_event,
            moved: (touch.moved.into_iter())
                .filter(|id| gained.iter().any(|row| row.application_id == *id))
                .collect(),
            gained,
            edges: touch.edges,
            reviews: touch.reviews,
        }
    }

    fn books(&mut self, node: &NodeId, epoch: Epoch) -> LedgerState {
        self.series_of(node, epoch).books
    }
}
