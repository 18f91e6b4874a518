//! What a step has changed so far, and what it decided about its event.

use crate::waiting::Waiting;
use schemas::change::{MatchEdge, ReviewState};
use schemas::finding::OutcomeKind;
use schemas::{Applicant, Finding, Severity};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the rules of a body decided about its event.
pub(crate) struct Verdict {
    pub outcome: OutcomeKind,
    pub findings: Vec<Finding>,
    pub resident: Option<Uuid>,
}

impl Verdict {
    pub fn without_resident(outcome: OutcomeKind, findings: Vec<Finding>) -> Self {
        Self {
            outcome,
            findings,
            resident: None,
        }
    }

    pub fn rejected(outcome: OutcomeKind, code: &str) -> Self {
        Self::without_resident(outcome, vec![Finding::overall(Severity::Reject, code)])
    }
}

/// What a step has changed so far.
#[derive(Default)]
pub(crate) struct Effects {
    pub residents: BTreeMap<Uuid, Touch>,
    pub released: Vec<(Waiting, Verdict)>,
    /// The person of the application that this step brought, normalised.
    pub person: Option<(Uuid, Applicant)>,
    /// Pairs that were compared or cut.
    pub edges: BTreeMap<(Uuid, Uuid), MatchEdge>,
    /// Pairs whose review was opened, closed or decided.
    pub reviews: BTreeMap<(Uuid, Uuid), ReviewState>,
}

/// What a step changed of one resident.
#[derive(Default)]
pub(crate) struct Touch {
    pub is_new: bool,
    /// Applications whose rows changed and that belong to it.
    pub gained: BTreeSet<Uuid>,
    /// Those of them that were another resident's.
    pub moved: BTreeSet<Uuid>,
    pub edges: Vec<MatchEdge>,
    pub reviews: Vec<ReviewState>,
}

impl Effects {
    pub fn touch(&mut self, resident: Uuid) -> &mut Touch {
        self.residents.entry(resident).or_default()
    }
}
