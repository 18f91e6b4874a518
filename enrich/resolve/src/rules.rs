//! Other weights and thresholds, by an entry of the log.

use crate::effects::Effects;
use crate::state::Resolver;
use crate::step::Outputs;
use linkage::{Thresholds, Weights};
use schemas::change::{EventKind, MatchRules};
use schemas::finding::OutcomeKind;
use schemas::match_log::RulesActivated;
use schemas::{Finding, Severity, Timestamp};

impl Resolver {
    /// Puts other rules in force from the next entry on. What is linked stays until something near it
    /// changes.
    pub(crate) fn rules_activated(&mut self, logged_at: Timestamp, activated: RulesActivated) -> Outputs {
        let mut settled = self.blank(logged_at, EventKind::RulesActivated, OutcomeKind::Recorded);
        let entry = activated.entry_id;
        settled.event_id = Some(entry);
        let rules = MatchRules {
            version: activated.version,
            weights: activated.weights,
            link: activated.link,
            review: activated.review,
            by: activated.by,
            reason: activated.reason,
        };
        if self.activate(&rules) {
            settled.rules = Some(rules);
        } else {
            settled.outcome = OutcomeKind::Rejected;
            settled.findings = vec![Finding::overall(Severity::Reject, "rules.unusable")];
        }
        self.outputs(settled, entry, Effects::default(), Vec::new())
    }

    /// Whether these rules can be put in force, and are. Without a step: for a replay under other rules than the log's.
    pub fn activate(&mut self, rules: &MatchRules) -> bool {
        let thresholds = Thresholds {
            link: rules.link,
            review: rules.review,
        };
        match Weights::parse(&rules.weights, self.linker.model()) {
            Ok(weights) if thresholds.are_usable() => {
                self.linker.activate(weights, thresholds);
                true
            }
            _ => false,
        }
    }
}
