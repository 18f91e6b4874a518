//! Verifications and withdrawals, at once or when the application they wait for has come.

use crate::effects::{Effects, Verdict};
use crate::golden;
use crate::history;
use crate::state::Resolver;
use schemas::change::{ApplicationStatus, VerifiedField};
use schemas::codec::Event;
use schemas::event::{Body, VerificationRecorded};
use schemas::finding::OutcomeKind;
use schemas::match_log::{Content, Decoded, MatchLogEntry};
use schemas::{IntakeEvent, Severity};
use uuid::Uuid;

impl Resolver {
    /// Applies a verification or withdrawal; none when its application isn't in force yet.
    pub(crate) fn follow_up(
        &mut self,
        sequence: i64,
        id: Uuid,
        event: &IntakeEvent,
        decoded: &Decoded,
        effects: &mut Effects,
    ) -> Option<Verdict> {
        let application = *self.applications.get(&id)?;
        if application.status == ApplicationStatus::Withdrawn {
            return Some(Verdict::rejected(OutcomeKind::Rejected, "application.withdrawn"));
        }
        let mut row = self.rows.get(id)?;
        if let Body::VerificationRecorded(body) = &event.body {
            let resident = application.resident?;
            let found = history::of_stage(body.stage, row.stage);
            golden::verify(&mut row.verifications, verified(body, decoded));
            row.stage = row.stage.max(body.stage);
            self.keep(row, Some(resident));
            effects.touch(resident).gained.insert(id);
            return Some(Verdict {
                outcome: OutcomeKind::Loaded,
                findings: found.into_iter().collect(),
                resident: Some(resident),
            });
        }
        row.status = ApplicationStatus::Withdrawn;
        self.keep(row, None);
        let resident = application.resident;
        if let Some(resident) = resident {
            effects.touch(resident);
        }
        let placed = self.linker.remove(&[id]);
        self.follow(sequence, &[id], placed, effects);
        if let Some(resident) = resident.filter(|resident| self.is_left(*resident)) {
            self.leave(resident, effects);
        }
        for waiting in self.waiting.take(&id) {
            effects.released.push((
                waiting,
                Verdict::rejected(OutcomeKind::Rejected, "application.withdrawn"),
            ));
        }
        Some(Verdict {
            outcome: OutcomeKind::Loaded,
            findings: Vec::new(),
            resident,
        })
    }

    /// Settles what waited for an application that has now come in this revision.
    pub(crate) fn release_waiting(&mut self, sequence: i64, id: Uuid, revision: i32, effects: &mut Effects) {
        for waiting in self.waiting.take(&id) {
            let verdict = match waiting.revision {
                Some(held) if held > revision => {
                    self.waiting.add(waiting);
                    continue;
                }
                Some(_) => Verdict::rejected(OutcomeKind::Rejected, "application.corrected"),
                None => match follow_up_of(&waiting.entry) {
                    Some((event, decoded)) => {
                        let verdict = self.follow_up(sequence, id, &event, &decoded, effects);
                        verdict.unwrap_or_else(|| {
                            Verdict::rejected(OutcomeKind::Rejected, "application.unknown")
                        })
                    }
                    None => Verdict::rejected(OutcomeKind::Rejected, "envelope.malformed"),
                },
            };
            effects.released.push((waiting, verdict));
        }
    }
}

/// What an officer found. A value in doubt isn't taken over: it waits for the next verification.
pub(crate) fn verified(
    body: &VerificationRecorded,
    decoded: &Decoded,
) -> impl Iterator<Item = VerifiedField> {
    let in_doubt = |field| {
        let mut findings = decoded.findings.iter();
        findings.any(|finding| finding.field == Some(field) && finding.severity == Severity::Hold)
    };
    let found = body.findings.iter().filter(move |found| !in_doubt(found.field));
    found.map(|found| {
        let normal = decoded
            .changes
            .iter()
            .find(|change| change.field == found.field)
            .map(|change| change.value.clone());
        let value = found.value.clone().map(|written| normal.unwrap_or(written));
        VerifiedField {
            field: found.field,
            stage: body.stage,
            finding: found.finding,
            value,
        }
    })
}

/// The event of a waiting entry, with its normalised values and findings.
fn follow_up_of(entry: &[u8]) -> Option<(IntakeEvent, Decoded)> {
    let record = MatchLogEntry::decode(entry).ok()?.source_record()?;
    let Content::Decoded(decoded) = record.content else {
        return None;
    };
    Some((IntakeEvent::decode(&decoded.event).ok()?, decoded))
}
