//! Pairs that a person looks at, and what they decided.

use crate::effects::Effects;
use crate::state::Resolver;
use crate::step::Outputs;
use linkage::Edge;
use schemas::Timestamp;
use schemas::change::{EventKind, ResidentStatus, ReviewState, ReviewStatus};
use schemas::finding::OutcomeKind;
use schemas::match_log::{Decision, ReviewDecided};
use schemas::{Finding, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The reviews that wait, by their pairs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reviews {
    open: BTreeMap<(Uuid, Uuid), Open>,
    of: HashMap<Uuid, BTreeSet<(Uuid, Uuid)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub opened: i64,
    pub weight_millibits: i64,
}

impl Reviews {
    pub fn count(&self) -> usize {
        self.open.len()
    }

    pub fn open(&mut self, pair: (Uuid, Uuid), review: Open) {
        self.open.insert(pair, review);
        for id in [pair.0, pair.1] {
            self.of.entry(id).or_default().insert(pair);
        }
    }

    pub fn close(&mut self, pair: (Uuid, Uuid)) -> Option<Open> {
        for id in [pair.0, pair.1] {
            if let Some(pairs) = self.of.get_mut(&id) {
                pairs.remove(&pair);
                if pairs.is_empty() {
                    self.of.remove(&id);
                }
            }
        }
        self.open.remove(&pair)
    }

    fn of(&self, ids: &[Uuid]) -> BTreeSet<(Uuid, Uuid)> {
        ids.iter()
            .filter_map(|id| self.of.get(id))
            .flatten()
            .copied()
            .collect()
    }

    fn any(&self, ids: &[Uuid]) -> bool {
        ids.iter().any(|id| self.of.contains_key(id))
    }
}

impl Resolver {
    /// Opens and closes reviews of these applications, as their clusters are now.
    pub(crate) fn review(&mut self, sequence: i64, around: &[Uuid], effects: &mut Effects) {
        let wanted: BTreeMap<(Uuid, Uuid), Edge<Uuid>> = self
            .linker
            .reviews_of(around)
            .into_iter()
            .map(|edge| ((edge.left, edge.right), edge))
            .collect();
        let there = self.reviews.of(around);
        for pair in there.iter().filter(|pair| !wanted.contains_key(pair)) {
            if let Some(open) = self.reviews.close(*pair) {
                let closed = state(*pair, ReviewStatus::Closed, open);
                effects.reviews.insert(*pair, closed);
            }
        }
        for (pair, edge) in wanted.into_iter().filter(|(pair, _)| !there.contains(pair)) {
            let open = Open {
                opened: sequence,
                weight_millibits: edge.millibits(),
            };
            self.reviews.open(pair, open);
            effects
                .reviews
                .insert(pair, state(pair, ReviewStatus::Open, open));
        }
    }

    /// Gives what was compared and reviewed to the residents it belongs to, and says which of them are in
    /// review now. Returns those that are no longer.
    pub(crate) fn hand_out(&mut self, effects: &mut Effects) -> Vec<Uuid> {
        for (pair, edge) in std::mem::take(&mut effects.edges) {
            if let Some(owner) = self.owner(pair, effects) {
                effects.touch(owner).edges.push(edge);
            }
        }
        for (pair, review) in std::mem::take(&mut effects.reviews) {
            if let Some(owner) = self.owner(pair, effects) {
                effects.touch(owner).reviews.push(review);
            }
            for id in [pair.0, pair.1] {
                let resident = self
                    .applications
                    .get(&id)
                    .and_then(|application| application.resident);
                if let Some(resident) = resident.filter(|&id| self.standing(id) != self.status(id)) {
                    effects.touch(resident);
                }
            }
        }
        let mut confirmed = Vec::new();
        for &id in effects.residents.keys() {
            let standing = self.standing(id);
            if let Some(resident) = self.residents.get_mut(&id)
                && let Some(standing) = standing
            {
                if (resident.status, standing) == (ResidentStatus::Provisional, ResidentStatus::Active) {
                    confirmed.push(id);
                }
                resident.status = standing;
            }
        }
        confirmed
    }

    fn status(&self, resident: Uuid) -> Option<ResidentStatus> {
        self.residents.get(&resident).map(|resident| resident.status)
    }

    /// What a resident's standing has to be.
    fn standing(&self, resident: Uuid) -> Option<ResidentStatus> {
        let resident = self.residents.get(&resident)?;
        Some(match resident.status {
            gone @ (ResidentStatus::Superseded | ResidentStatus::Erased) => gone,
            _ if self.reviews.any(&resident.members) => ResidentStatus::Provisional,
            _ => ResidentStatus::Active,
        })
    }

    /// The resident in whose change a pair stands: one that is touched anyway, if there is one.
    fn owner(&self, pair: (Uuid, Uuid), effects: &Effects) -> Option<Uuid> {
        let of = |id: Uuid| {
            self.applications
                .get(&id)
                .and_then(|application| application.resident)
        };
        let ends = [of(pair.1), of(pair.0)];
        let mut ends = ends.into_iter().flatten();
        let touched = ends.clone().find(|end| effects.residents.contains_key(end));
        touched
            .or_else(|| ends.next())
            .or_else(|| effects.residents.keys().next().copied())
    }

    /// Applies a decision, unless what it was based on has changed since.
    pub(crate) fn review_decided(&mut self, logged_at: Timestamp, decided: &ReviewDecided) -> Outputs {
        let mut settled = self.blank(logged_at, EventKind::ReviewDecided, OutcomeKind::Recorded);
        settled.event_id = Some(decided.entry_id);
        let mut effects = Effects::default();
        if let Some(code) = self.objection(decided) {
            settled.outcome = OutcomeKind::Rejected;
            settled.findings = vec![Finding::overall(Severity::Reject, code)];
        } else {
            self.decide(settled.sequence, decided, &mut effects);
        }
        self.outputs(settled, decided.entry_id, effects, Vec::new())
    }

    /// Why a decision can't be applied.
    fn objection(&self, decided: &ReviewDecided) -> Option<&'static str> {
        let stale = decided.based_on.iter().any(|seen| {
            let known = self.residents.get(&seen.resident_id);
            known.is_none_or(|known| known.changed != seen.sequence)
        });
        let resident = |id: &Uuid| {
            self.applications
                .get(id)
                .and_then(|application| application.resident)
        };
        let seen = |id: &Uuid| {
            resident(id).is_some_and(|id| decided.based_on.iter().any(|seen| seen.resident_id == id))
        };
        let mut pairs = decided.pairs.iter();
        if decided.pairs.is_empty()
            || !pairs.all(|pair| seen(&pair.left) && seen(&pair.right) && pair.left != pair.right)
        {
            Some("review.unknown")
        } else if stale {
            Some("review.stale")
        } else if decided.decision == Decision::Same && !self.fit_together(decided) {
            Some("review.too-many-together")
        } else {
            None
        }
    }

    fn fit_together(&self, decided: &ReviewDecided) -> bool {
        let ids: Vec<Uuid> = decided
            .pairs
            .iter()
            .flat_map(|pair| [pair.left, pair.right])
            .collect();
        self.linker.fit_together(&ids)
    }

    fn decide(&mut self, sequence: i64, decided: &ReviewDecided, effects: &mut Effects) {
        let (decision, status) = match decided.decision {
            Decision::Same => (linkage::Decision::Same, ReviewStatus::Same),
            Decision::Different => (linkage::Decision::Different, ReviewStatus::Different),
        };
        for pair in &decided.pairs {
            let pair = (pair.left.min(pair.right), pair.left.max(pair.right));
            let placed = self.linker.decide(pair.0, pair.1, decision);
            let open = self.reviews.close(pair).unwrap_or(Open {
                opened: sequence,
                weight_millibits: 0,
            });
            self.follow(sequence, &[pair.0, pair.1], placed, effects);
            let review = ReviewState {
                by: Some(decided.by.clone()),
                reason: Some(decided.reason.clone()),
                ..state(pair, status, open)
            };
            effects.reviews.insert(pair, review);
        }
    }
}

fn state(pair: (Uuid, Uuid), status: ReviewStatus, open: Open) -> ReviewState {
    ReviewState {
        left: pair.0,
        right: pair.1,
        status,
        weight_millibits: open.weight_millibits,
        opened: open.opened,
        by: None,
        reason: None,
    }
}
