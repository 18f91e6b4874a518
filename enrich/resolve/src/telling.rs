//! Who must hear of a step that is about somebody else: the nodes of applications that went to another resident, or
//! whose resident is no longer in review.

use crate::effects::Effects;
use crate::state::Resolver;
use schemas::change::{ApplicationStatus, EventSettled};
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use schemas::{Finding, IntakeEvent, Severity};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Another resident has the application now.
const MOVED: &str = "resident.moved";
/// No pair of the application's resident waits for a decision any more.
const CONFIRMED: &str = "resident.confirmed";

impl Resolver {
    /// A notice for each application that is affected, by application id, with the province it goes to. `confirmed`
    /// are residents that are no longer in review. There are at most as many as a step's residents have
    /// members, each at most [`linkage::MOST_TOGETHER`].
    pub(crate) fn tell_others(
        &mut self,
        settled: &EventSettled,
        effects: &Effects,
        confirmed: &[Uuid],
    ) -> Vec<(String, OutcomeNotice)> {
        let members = confirmed.iter().filter_map(|id| self.residents.get(id));
        let members = members.flat_map(|resident| &resident.members);
        let mut affected: BTreeMap<Uuid, &str> = members.map(|id| (*id, CONFIRMED)).collect();
        let moved = effects.residents.values().flat_map(|touch| &touch.moved);
        affected.extend(moved.map(|id| (*id, MOVED)));
        let notice = |(id, code)| self.notice(settled, id, code);
        affected.into_iter().filter_map(notice).collect()
    }

    /// None for the application that the step itself is about: its node hears of the step.
    fn notice(&mut self, settled: &EventSettled, id: Uuid, code: &str) -> Option<(String, OutcomeNotice)> {
        let known = *self.applications.get(&id)?;
        if known.status != ApplicationStatus::Loaded {
            return None;
        }
        let row = self.rows.get(id)?;
        if settled.event_id == Some(row.event_id) {
            return None;
        }
        let event = IntakeEvent::decode(&row.event).ok()?;
        let series = self.series.get(&event.node_id)?.get(&event.epoch)?;
        let province = Some(&series.province).filter(|province| !province.is_empty())?;
        let mut findings = row.findings;
        findings.push(Finding::overall(Severity::Note, code));
        let notice = OutcomeNotice {
            sequence: settled.sequence,
            event_id: event.event_id,
            node_id: event.node_id.clone(),
            epoch: event.epoch,
            node_sequence: event.sequence,
            application_id: Some(id),
            revision: Some(row.revision),
            outcome: OutcomeKind::Loaded,
            findings,
            resident_id: known.resident,
            settled_at: settled.logged_at,
        };
        Some((province.clone(), notice))
    }
}
