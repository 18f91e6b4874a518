//! Steps that decide about dead letters: given up, read anew, loaded again.

use crate::state::Resolver;
use crate::step::Outputs;
use schemas::change::{EventKind, LetterDecision, LetterRemedy, ResidentStatus};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::{DeadLetterDecided, Reapplied, Remedy, SourceRecord};
use schemas::{Finding, Severity, Timestamp};
use uuid::Uuid;

impl Resolver {
    /// Carries out a decision about a dead letter, or refuses it. `entry` is the match log's entry exactly as logged.
    pub(crate) fn letter_decided(
        &mut self,
        logged_at: Timestamp,
        decided: DeadLetterDecided,
        entry: &[u8],
    ) -> Outputs {
        let decision = |remedy| LetterDecision {
            entry_id: decided.entry_id,
            position: decided.letter,
            remedy,
            by: decided.by,
            reason: decided.reason,
            at: decided.at,
        };
        match decided.remedy {
            Remedy::Discarded(_) => self.letter_step(logged_at, decision(LetterRemedy::Discarded), None),
            Remedy::Reread(reread) => {
                self.reread(logged_at, decision(LetterRemedy::Reread), reread.record, entry)
            }
            Remedy::Reapplied(change) => {
                let decision = decision(LetterRemedy::Reapplied);
                match self.bars_reapplying(&change) {
                    None => Outputs {
                        reapplied: Some(change),
                        ..self.letter_step(logged_at, decision, None)
                    },
                    refused => self.letter_step(logged_at, decision, refused),
                }
            }
        }
    }

    /// A record that could not be read takes its place in its series now. It must have been passed: else it is still
    /// to come by itself, and would come twice.
    fn reread(
        &mut self,
        logged_at: Timestamp,
        decision: LetterDecision,
        record: SourceRecord,
        entry: &[u8],
    ) -> Outputs {
        let at = &record.source;
        if *at != decision.position || at.offset >= self.next_offset(&at.topic, at.partition) {
            return self.letter_step(logged_at, decision, Some("letter.not-passed"));
        }
        let mut outputs = self.source_record(logged_at, record, entry);
        outputs.settled.letter = Some(decision);
        outputs
    }

    /// Why a change can't be loaded again: it isn't one of match's, or it tells of somebody who was erased since.
    fn bars_reapplying(&self, change: &Reapplied) -> Option<&'static str> {
        let Ok(change) = Change::decode(&change.value) else {
            return Some("letter.unreadable");
        };
        if change.sequence() > self.sequence() {
            return Some("letter.unreadable");
        }
        let erased = |id: Uuid| {
            let resident = self.residents.get(&id);
            resident.is_some_and(|known| known.status == ResidentStatus::Erased) || self.is_erased(Some(id))
        };
        change.about().any(erased).then_some("letter.erased")
    }

    fn letter_step(
        &mut self,
        logged_at: Timestamp,
        decision: LetterDecision,
        refused: Option<&str>,
    ) -> Outputs {
        let mut settled = self.blank(logged_at, EventKind::DeadLetterDecided, OutcomeKind::Recorded);
        settled.event_id = Some(decision.entry_id);
        settled.letter = Some(decision);
        if let Some(code) = refused {
            settled.outcome = OutcomeKind::Rejected;
            settled.findings = vec![Finding::overall(Severity::Reject, code)];
        }
        Outputs::of(settled)
    }
}
