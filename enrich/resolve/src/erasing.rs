//! The step that erases a resident's personal data. Later events about its applications are refused in
//! `body.rs`, and nothing of them is kept in `close.rs`.

use crate::effects::{Effects, Verdict};
use crate::state::Resolver;
use crate::step::Outputs;
use schemas::change::{ApplicationState, ApplicationStatus, Erasure, EventKind, ResidentStatus};
use schemas::finding::OutcomeKind;
use schemas::match_log::ResidentErased;
use schemas::{Finding, Severity, Timestamp};
use std::collections::HashMap;
use uuid::Uuid;

/// What a decision meets, once it is found to be right.
struct Found {
    rows: Vec<ApplicationState>,
    merged: Vec<Uuid>,
}

impl Resolver {
    /// Carries out a decision to erase, or refuses it when what it was based on has changed.
    pub(crate) fn resident_erased(&mut self, logged_at: Timestamp, decided: ResidentErased) -> Outputs {
        let mut settled = self.blank(logged_at, EventKind::ResidentErased, OutcomeKind::Recorded);
        settled.event_id = Some(decided.entry_id);
        settled.resident_id = Some(decided.resident_id);
        let mut erasure = Erasure {
            resident_id: decided.resident_id,
            applications: decided.applications.iter().map(|at| at.application_id).collect(),
            merged: Vec::new(),
            // A text that the register can't hold must not keep the erasure from it.
            by: decided.by.replace('\0', ""),
            reason: decided.reason.replace('\0', ""),
            at: decided.at,
        };
        let mut notices = Vec::new();
        let mut effects = Effects::default();
        match self.found(&decided) {
            Err(code) => {
                settled.outcome = OutcomeKind::Rejected;
                settled.findings = vec![Finding::overall(Severity::Reject, code)];
            }
            Ok(found) => {
                self.erase(settled.sequence, decided.resident_id, found.rows, &mut effects);
                let released = std::mem::take(&mut effects.released);
                settled.released = self.release_all(released, &settled, &mut notices);
                erasure.merged = found.merged;
            }
        }
        settled.erasure = Some(erasure);
        self.outputs(settled, decided.entry_id, effects, notices)
    }

    /// The rows that are left when everything is as it was decided on; else a reason code.
    fn found(&mut self, decided: &ResidentErased) -> Result<Found, &'static str> {
        const STALE: &str = "erasure.stale";
        let id = decided.resident_id;
        let resident = self.residents.get(&id).ok_or("erasure.resident-unknown")?;
        let gone = resident.status == ResidentStatus::Erased || resident.redirect_to.is_some();
        let mut listed = HashMap::new();
        for at in &decided.applications {
            listed.insert(at.application_id, at.revision);
        }
        let all_listed = resident.members.iter().all(|member| listed.contains_key(member));
        if gone || !all_listed || listed.is_empty() || listed.len() != decided.applications.len() {
            return Err(STALE);
        }
        let (mut rows, mut founder) = (Vec::with_capacity(listed.len()), false);
        for at in &decided.applications {
            let known = *self.applications.get(&at.application_id).ok_or(STALE)?;
            let its_own = known.resident == Some(id)
                || known.status == ApplicationStatus::Withdrawn
                || known.seed == id;
            founder |= known.seed == id;
            if !its_own || known.revision != at.revision {
                return Err(STALE);
            }
            let mut row = self.rows.get(at.application_id).ok_or(STALE)?;
            row.erase().map_err(|_| "erasure.event-unreadable")?;
            row.status = ApplicationStatus::Erased;
            row.stage = 0;
            rows.push(row);
        }
        // The application that its id comes from would bring it back: it may be held now, by other rules.
        if !founder {
            return Err(STALE);
        }
        Ok(Found {
            rows,
            merged: self.merged_into(id),
        })
    }

    /// The residents whose redirects lead to this one, by id.
    fn merged_into(&self, id: Uuid) -> Vec<Uuid> {
        let mut by_target: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (from, resident) in self.residents.iter() {
            if let Some(to) = resident.redirect_to {
                by_target.entry(to).or_default().push(from);
            }
        }
        let (mut found, mut open) = (Vec::new(), vec![id]);
        while let Some(to) = open.pop() {
            let here = by_target.remove(&to).unwrap_or_default();
            open.extend(&here);
            found.extend(here);
        }
        found.sort_unstable();
        found
    }

    fn erase(&mut self, sequence: i64, id: Uuid, rows: Vec<ApplicationState>, effects: &mut Effects) {
        let members: Vec<Uuid> = rows.iter().map(|row| row.application_id).collect();
        for row in rows {
            for waiting in self.waiting.take(&row.application_id) {
                let verdict = Verdict::rejected(OutcomeKind::Rejected, "application.erased");
                effects.released.push((waiting, verdict));
            }
            self.keep(row, None);
        }
        effects.touch(id).gained.extend(&members);
        let placed = self.linker.remove(&members);
        self.follow(sequence, &members, placed, effects);
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.status = ResidentStatus::Erased;
            resident.members = members;
        }
    }

    /// Whether this application was erased: nothing about it is kept any more.
    pub(crate) fn is_erased(&self, application: Option<Uuid>) -> bool {
        let known = application.and_then(|id| self.applications.get(&id));
        known.is_some_and(|known| known.status == ApplicationStatus::Erased)
    }
}
