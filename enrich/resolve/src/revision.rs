//! Revisions of an application: which are in force, put aside, refused.

use crate::body::hold;
use crate::state::{Application, Resolver};
use crate::step::{Arriving, Effects, Verdict};
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Body};
use schemas::finding::OutcomeKind;
use schemas::{Finding, IntakeEvent, Severity};

impl Resolver {
    pub(crate) fn submitted(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
        effects: &mut Effects,
    ) -> Verdict {
        if let Some(known) = self.applications.get(&body.application_id)
            && let Some(verdict) = older_or_repeated(known, body, &findings)
        {
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
            .map(|known| known.row.status);
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
            let known = self.applications.remove(&body.application_id);
            let row = row(arriving, body, status, findings.to_vec(), known.as_ref());
            self.applications
                .insert(body.application_id, Application { row, resident: None });
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
        let person = normalise::apply(&body.applicant, &arriving.decoded.changes);
        let record = self.record(&person);
        let Ok(placed) = self.linker.insert(id, &record) else {
            let findings = [findings, vec![hold("match.cluster-too-large")]].concat();
            return self.hold(sequence, arriving, body, findings);
        };
        let known = self.applications.remove(&id);
        let row = row(
            arriving,
            body,
            ApplicationStatus::Loaded,
            findings.clone(),
            known.as_ref(),
        );
        let resident = known.and_then(|known| known.resident);
        self.applications.insert(id, Application { row, resident });
        self.follow(sequence, &[id], placed, effects);
        let resident = self
            .applications
            .get(&id)
            .and_then(|application| application.resident);
        if let Some(resident) = resident {
            effects.touch(resident).gained.insert(id);
        }
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
}

/// What becomes of a revision that isn't newer than the known one; none when it is newer.
fn older_or_repeated(
    known: &Application,
    body: &ApplicationSubmitted,
    findings: &[Finding],
) -> Option<Verdict> {
    let outcome = match known.row.status {
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
    match body.revision.cmp(&known.row.revision) {
        std::cmp::Ordering::Greater => None,
        std::cmp::Ordering::Equal if same_content(known, body) => Some(noted("application.repeated")),
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

fn same_content(known: &Application, body: &ApplicationSubmitted) -> bool {
    let stored = IntakeEvent::decode(&known.row.event).map(|event| event.body);
    matches!(stored, Ok(Body::ApplicationSubmitted(stored)) if stored == *body)
}

fn row(
    arriving: &Arriving<'_>,
    body: &ApplicationSubmitted,
    status: ApplicationStatus,
    findings: Vec<Finding>,
    known: Option<&Application>,
) -> ApplicationState {
    ApplicationState {
        application_id: body.application_id,
        revision: body.revision,
        status,
        stage: known.map_or(0, |known| known.row.stage),
        event_id: arriving.event.event_id,
        appended_at: arriving.appended_at,
        first_appended_at: known.map_or(arriving.appended_at, |known| known.row.first_appended_at),
        event: arriving.decoded.event.clone(),
        ruleset: arriving.ruleset.clone(),
        changes: arriving.decoded.changes.clone(),
        findings,
        verifications: known
            .map(|known| known.row.verifications.clone())
            .unwrap_or_default(),
    }
}
