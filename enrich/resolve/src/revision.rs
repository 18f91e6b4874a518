//! Revisions of an application: which are in force, put aside, refused.

use crate::body::hold;
use crate::effects::{Effects, Verdict};
use crate::source::Arriving;
use crate::state::Resolver;
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Body};
use schemas::finding::OutcomeKind;
use schemas::{Finding, IntakeEvent, Severity};
use uuid::Uuid;

impl Resolver {
    pub(crate) fn submitted(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
        effects: &mut Effects,
    ) -> Verdict {
        if let Some(verdict) = self.older_or_repeated(body, &findings) {
            return match verdict.outcome {
                OutcomeKind::Held => self.wait(
                    sequence,
                    arriving,
                    body.application_id,
                    Some(body.revision),
                    verdict.findings,
                ),
                _ => verdict,
            };
        }
        let worst = findings
            .iter()
            .map(|finding| finding.severity)
            .min()
            .unwrap_or(Severity::Note);
        match worst {
            Severity::Reject => {
                self.put_aside(arriving, body, ApplicationStatus::Rejected, &findings);
                Verdict::without_resident(OutcomeKind::Rejected, findings)
            }
            Severity::Hold => self.hold(sequence, arriving, body, findings),
            Severity::Note => self.accept(sequence, arriving, body, findings, effects),
        }
    }

    fn hold(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
    ) -> Verdict {
        let verdict = self.wait(
            sequence,
            arriving,
            body.application_id,
            Some(body.revision),
            findings.clone(),
        );
        let status = match verdict.outcome {
            OutcomeKind::Held => ApplicationStatus::Held,
            _ => ApplicationStatus::Rejected,
        };
        self.put_aside(arriving, body, status, &findings);
        verdict
    }

    /// Keeps the row of an application that isn't in force, unless an earlier revision is or waits.
    fn put_aside(
        &mut self,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        status: ApplicationStatus,
        findings: &[Finding],
    ) {
        let known = self
            .applications
            .get(&body.application_id)
            .map(|known| known.status);
        let stays = match known {
            None | Some(ApplicationStatus::Rejected) => false,
            Some(ApplicationStatus::Held) => status == ApplicationStatus::Rejected,
            Some(ApplicationStatus::Loaded | ApplicationStatus::Withdrawn | ApplicationStatus::Erased) => {
                true
            }
        };
        // PostgreSQL's text can't hold what was written; the event itself is kept as bytes.
        let unstorable = findings
            .iter()
            .any(|finding| finding.code == "text.nul-character");
        if !stays && !unstorable {
            let known = self.known(body.application_id);
            let row = row(arriving, body, status, findings.to_vec(), known.as_ref());
            self.keep(row, None);
        }
    }

    fn accept(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
        effects: &mut Effects,
    ) -> Verdict {
        let id = body.application_id;
        let person = body.applicant.normalised(&arriving.decoded.changes);
        let record = self.record(&person);
        let Ok(placed) = self.linker.insert(id, &record) else {
            let findings = [findings, vec![hold("match.cluster-too-large")]].concat();
            return self.hold(sequence, arriving, body, findings);
        };
        let known = self.known(id);
        let row = row(
            arriving,
            body,
            ApplicationStatus::Loaded,
            findings.clone(),
            known.as_ref(),
        );
        let resident = self.applications.get(&id).and_then(|known| known.resident);
        self.keep(row, resident);
        let likely: Vec<Uuid> = placed
            .made
            .iter()
            .map(|edge| if edge.left == id { edge.right } else { edge.left })
            .collect();
        self.follow(sequence, &[id], placed, effects);
        let resident = self
            .applications
            .get(&id)
            .and_then(|application| application.resident);
        if let Some(resident) = resident {
            effects.touch(resident).gained.insert(id);
        }
        let findings = match self.first_keyed(id, &likely, arriving, body) {
            true => [
                findings,
                vec![Finding::overall(Severity::Note, "application.re-keyed")],
            ]
            .concat(),
            false => findings,
        };
        effects.person = Some((id, person));
        self.release_waiting(sequence, id, body.revision, effects);
        // A withdrawal that had waited may just have taken it back.
        let still = self
            .applications
            .get(&id)
            .and_then(|application| application.resident);
        Verdict {
            outcome: OutcomeKind::Loaded,
            findings,
            resident: still.or(resident),
        }
    }

    /// Whether another application of the same resident says exactly the same, taken at the same moment: a
    /// form that was keyed in again, offline, under an id of its own.
    fn first_keyed(
        &mut self,
        id: Uuid,
        likely: &[Uuid],
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
    ) -> bool {
        let alike = likely
            .iter()
            .filter(|&&other| self.linker.are_equal(id, other) && self.linker.are_together(id, other));
        let alike: Vec<Uuid> = alike.copied().collect();
        alike.into_iter().any(|other| {
            let row = self.rows.get(other);
            let known = row.and_then(|row| IntakeEvent::decode(&row.event).ok());
            known.is_some_and(|known| {
                known.captured_at == arriving.event.captured_at
                    && matches!(known.body, Body::ApplicationSubmitted(known) if known.applicant == body.applicant)
            })
        })
    }

    /// What becomes of a revision that isn't newer than the known one; none when it is newer.
    fn older_or_repeated(&mut self, body: &ApplicationSubmitted, findings: &[Finding]) -> Option<Verdict> {
        let known = *self.applications.get(&body.application_id)?;
        let outcome = match known.status {
            ApplicationStatus::Withdrawn => {
                return Some(Verdict::rejected(OutcomeKind::Rejected, "application.withdrawn"));
            }
            ApplicationStatus::Loaded => OutcomeKind::Loaded,
            ApplicationStatus::Rejected | ApplicationStatus::Erased => OutcomeKind::Rejected,
            ApplicationStatus::Held => OutcomeKind::Held,
        };
        let noted = |code| {
            let findings = [findings, &[Finding::overall(Severity::Note, code)]].concat();
            Verdict {
                outcome,
                findings,
                resident: known.resident,
            }
        };
        match body.revision.cmp(&known.revision) {
            std::cmp::Ordering::Greater => None,
            std::cmp::Ordering::Equal if self.has_content(body) => Some(noted("application.repeated")),
            std::cmp::Ordering::Equal => Some(Verdict::rejected(
                OutcomeKind::Rejected,
                "application.revision-taken",
            )),
            std::cmp::Ordering::Less if outcome == OutcomeKind::Loaded => {
                Some(noted("application.superseded-revision"))
            }
            std::cmp::Ordering::Less => Some(Verdict::rejected(
                OutcomeKind::Rejected,
                "application.superseded-revision",
            )),
        }
    }

    /// Whether the revision in force says the same.
    fn has_content(&mut self, body: &ApplicationSubmitted) -> bool {
        let row = self.rows.get(body.application_id);
        let stored = row.and_then(|row| IntakeEvent::decode(&row.event).ok());
        stored
            .is_some_and(|stored| matches!(stored.body, Body::ApplicationSubmitted(known) if known == *body))
    }

    /// The row of an application that is known.
    fn known(&mut self, id: Uuid) -> Option<ApplicationState> {
        self.applications.contains_key(&id).then(|| self.rows.get(id))?
    }
}

fn row(
    arriving: &Arriving<'_>,
    body: &ApplicationSubmitted,
    status: ApplicationStatus,
    findings: Vec<Finding>,
    known: Option<&ApplicationState>,
) -> ApplicationState {
    ApplicationState {
        application_id: body.application_id,
        revision: body.revision,
        status,
        stage: known.map_or(0, |known| known.stage),
        event_id: arriving.event.event_id,
        appended_at: arriving.appended_at,
        first_appended_at: known.map_or(arriving.appended_at, |known| known.first_appended_at),
        event: arriving.decoded.event.clone(),
        ruleset: arriving.ruleset.clone(),
        changes: arriving.decoded.changes.clone(),
        findings,
        verifications: known.map(|known| known.verifications.clone()).unwrap_or_default(),
    }
}
