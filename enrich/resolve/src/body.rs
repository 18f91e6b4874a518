//! What each kind of event does: to which of the rules it goes.

use crate::effects::{Effects, Verdict};
use crate::source::Arriving;
use crate::state::Resolver;
use crate::waiting::Waiting;
use schemas::event::Body;
use schemas::finding::OutcomeKind;
use schemas::{Finding, Severity};
use uuid::Uuid;

impl Resolver {
    /// Applies the body of an event that is new in its series.
    pub(crate) fn body(&mut self, sequence: i64, arriving: &Arriving<'_>, effects: &mut Effects) -> Verdict {
        if self.is_erased(arriving.event.body.application_id()) {
            return Verdict::rejected(OutcomeKind::Rejected, "application.erased");
        }
        let findings = arriving.decoded.findings.clone();
        let rejected = findings
            .iter()
            .any(|finding| finding.severity == Severity::Reject);
        match &arriving.event.body {
            Body::ApplicationSubmitted(body) => self.submitted(sequence, arriving, body, findings, effects),
            Body::EventWithheld(_) => Verdict::rejected(OutcomeKind::Rejected, "envelope.withheld"),
            _ if rejected => Verdict::without_resident(OutcomeKind::Rejected, findings),
            Body::VerificationRecorded(_) | Body::ApplicationWithdrawn(_) => {
                let id = arriving.event.body.application_id().unwrap_or_default();
                match self.follow_up(sequence, id, &arriving.event, &arriving.decoded, effects) {
                    Some(verdict) => Verdict {
                        findings: [findings, verdict.findings].concat(),
                        ..verdict
                    },
                    None => self.wait(
                        sequence,
                        arriving,
                        id,
                        None,
                        [findings, vec![hold("application.not-there-yet")]].concat(),
                    ),
                }
            }
        }
    }

    /// Keeps an event that waits for something, unless too many wait for it already.
    pub(crate) fn wait(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        application_id: Uuid,
        revision: Option<i32>,
        findings: Vec<Finding>,
    ) -> Verdict {
        if !self.waiting.has_room(&application_id) {
            return Verdict::rejected(OutcomeKind::Rejected, "application.too-many-waiting");
        }
        let event = &arriving.event;
        self.waiting.add(Waiting {
            event_sequence: sequence,
            application_id,
            event_id: event.event_id,
            node_id: event.node_id.clone(),
            epoch: event.epoch,
            node_sequence: event.sequence,
            province: arriving.province.clone(),
            revision,
            entry: if revision.is_none() {
                arriving.entry.to_vec()
            } else {
                Vec::new()
            },
        });
        Verdict::without_resident(OutcomeKind::Held, findings)
    }
}

pub(crate) fn hold(code: &str) -> Finding {
    Finding::overall(Severity::Hold, code)
}
