//! What a person at the centre sees of the register, and decides on.

use crate::log::id;
use resolve::Outputs;
use schemas::change::{ApplicationState, ApplicationStatus, EventSettled, ReviewStatus};
use schemas::finding::OutcomeKind;
use schemas::match_log::*;
use schemas::{Field, Finding, Personal, Severity, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct Seen {
    resident_of: HashMap<Uuid, Uuid>,
    members: HashMap<Uuid, Vec<Uuid>>,
    revisions: HashMap<Uuid, i32>,
    redirects: HashMap<Uuid, Uuid>,
    /// The step that changed each resident last.
    changed: HashMap<Uuid, i64>,
    reviews: BTreeMap<(Uuid, Uuid), ReviewStatus>,
    rows: HashMap<Uuid, ApplicationState>,
    /// By the step that settled them first.
    events: BTreeMap<i64, EventSettled>,
    outcomes: HashMap<i64, OutcomeKind>,
}

impl Seen {
    pub fn note(&mut self, outputs: &Outputs) {
        let settled = &outputs.settled;
        if settled.outcome.takes_a_place() && settled.node_sequence.is_some() {
            self.events.insert(settled.sequence, settled.clone());
            self.outcomes.insert(settled.sequence, settled.outcome);
        }
        for changed in &settled.released {
            self.outcomes.insert(changed.event_sequence, changed.outcome);
        }
        let gained = outputs.residents.iter().flat_map(|resident| &resident.gained);
        for row in gained.chain(&settled.application) {
            self.rows.insert(row.application_id, row.clone());
        }
        for resident in &outputs.residents {
            self.members
                .insert(resident.resident_id, resident.members.clone());
            match resident.redirect_to {
                Some(to) => self.redirects.insert(resident.resident_id, to),
                None => self.redirects.remove(&resident.resident_id),
            };
            self.changed.insert(resident.resident_id, resident.sequence);
            for review in &resident.reviews {
                self.reviews.insert((review.left, review.right), review.status);
            }
            for row in &resident.gained {
                self.revisions.insert(row.application_id, row.revision);
                self.resident_of.insert(row.application_id, resident.resident_id);
            }
        }
    }

    /// Who belongs together.
    pub fn partition(&self) -> BTreeSet<Vec<Uuid>> {
        let mut members: Vec<Vec<Uuid>> = self
            .members
            .values()
            .filter(|members| !members.is_empty())
            .cloned()
            .collect();
        members.iter_mut().for_each(|members| members.sort_unstable());
        members.into_iter().collect()
    }

    /// The decision on an application's open review or, where it has none, on what it and another were
    /// thought to be.
    pub fn decide(&self, application: Uuid, same: bool, entry: u128) -> Option<ReviewDecided> {
        let about = |pair: &&(Uuid, Uuid)| pair.0 == application || pair.1 == application;
        let open = |pair: &&(Uuid, Uuid)| self.reviews[pair] == ReviewStatus::Open;
        let pairs = || self.reviews.keys().filter(about);
        let &(left, right) = pairs().find(open).or_else(|| pairs().next())?;
        let residents: BTreeSet<Uuid> = [left, right]
            .iter()
            .filter_map(|id| self.resident_of.get(id))
            .copied()
            .collect();
        let based_on = residents.into_iter().map(|resident_id| ResidentSeen {
            resident_id,
            sequence: self.changed[&resident_id],
        });
        Some(ReviewDecided {
            entry_id: id(entry),
            at: Timestamp(1),
            by: "a.reviewer".to_owned(),
            reason: "asked them".to_owned(),
            decision: if same { Decision::Same } else { Decision::Different },
            pairs: vec![ApplicationPair { left, right }],
            based_on: based_on.collect(),
        })
    }

    /// The row of an application.
    pub fn row(&self, application: Uuid) -> Option<&ApplicationState> {
        self.rows.get(&application)
    }

    /// An application read in another way: with this name and these findings.
    pub fn reprocess(
        &self,
        application: Uuid,
        name: &str,
        findings: &[Finding],
        entry: u128,
    ) -> Option<ApplicationReprocessed> {
        let row = self.rows.get(&application)?;
        let (status, outcome) = match findings.iter().map(|finding| finding.severity).min() {
            Some(Severity::Reject) => (ApplicationStatus::Rejected, OutcomeKind::Rejected),
            Some(Severity::Hold) => (ApplicationStatus::Held, OutcomeKind::Held),
            _ => (ApplicationStatus::Loaded, OutcomeKind::Loaded),
        };
        let named = NormalisedValue {
            field: Field::FullName,
            value: Personal::new(name.to_owned()),
            rule: "name.other".to_owned(),
        };
        let others = row.changes.iter().filter(|known| known.field != Field::FullName);
        let state = ApplicationState {
            status,
            ruleset: "other".to_owned(),
            changes: others.cloned().chain([named]).collect(),
            findings: findings.to_vec(),
            ..row.clone()
        };
        Some(self.become_state(row, state, outcome, findings, entry))
    }

    /// The way back to what an application was.
    pub fn undo(&self, was: &ApplicationState, entry: u128) -> Option<ApplicationReprocessed> {
        let row = self.rows.get(&was.application_id)?;
        let outcome = match was.status {
            ApplicationStatus::Loaded => OutcomeKind::Loaded,
            ApplicationStatus::Held => OutcomeKind::Held,
            _ => OutcomeKind::Rejected,
        };
        Some(self.become_state(row, was.clone(), outcome, &was.findings, entry))
    }

    fn become_state(
        &self,
        row: &ApplicationState,
        state: ApplicationState,
        outcome: OutcomeKind,
        findings: &[Finding],
        entry: u128,
    ) -> ApplicationReprocessed {
        let of_row = |event: &&EventSettled| event.event_id == Some(row.event_id);
        let event = self.events.values().rev().find(of_row);
        let events = event.map(|event| EventReprocessed {
            event_sequence: event.sequence,
            event_id: row.event_id,
            node_id: event.node_id.clone().expect("a node"),
            epoch: event.epoch.expect("an epoch"),
            node_sequence: event.node_sequence.expect("a place"),
            province: event.province.clone(),
            revision: event.revision,
            before: self.outcomes[&event.sequence],
            outcome,
            findings: findings.to_vec(),
            entry: Vec::new(),
        });
        ApplicationReprocessed {
            entry_id: id(entry),
            at: Timestamp(1),
            by: "an.engineer".to_owned(),
            reason: "other rules".to_owned(),
            replay_id: Some(id(99)),
            based_on: row.digest(),
            state,
            events: events.into_iter().collect(),
            tell: true,
        }
    }

    /// The decision to erase the resident that an application belongs to, or belonged to last.
    pub fn erase(&self, application: Uuid, entry: u128) -> Option<ResidentErased> {
        let mut resident_id = *self.resident_of.get(&application)?;
        while let Some(&to) = self.redirects.get(&resident_id) {
            resident_id = to;
        }
        let mut applications = self.members.get(&resident_id).cloned().unwrap_or_default();
        if !applications.contains(&application) {
            applications.push(application);
        }
        let at = |application_id: Uuid| ApplicationAt {
            application_id,
            revision: self.revisions.get(&application_id).copied().unwrap_or(0),
        };
        Some(ResidentErased {
            entry_id: id(entry),
            at: Timestamp(1),
            by: "a.admin".to_owned(),
            resident_id,
            applications: applications.into_iter().map(at).collect(),
            reason: "on request".to_owned(),
        })
    }
}
