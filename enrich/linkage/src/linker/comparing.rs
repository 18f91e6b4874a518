//! Records compared: what a pair weighs, and the rules that have a say about it.

use super::edge::{millibits, of_millibits};
use super::{BIRTH_DIFFERS, BORN_YEARS_APART, Half, Linker};
use crate::compare::{self, MISSING};
use crate::records::{Handle, Record};
use crate::score::{self, Agreement, Prior, Score, View};
use std::hash::Hash;

impl<Id: Copy + Ord + Hash> Linker<Id> {
    /// The rules that have a say about a pair, in words.
    pub(crate) fn rules_of(&self, a: Id, b: Id, agreement: &Agreement, log_odds: f64) -> Vec<&'static str> {
        let mut rules = Vec::new();
        if let (Some(a), Some(b)) = (self.records.find(a), self.records.find(b)) {
            rules.extend(self.broken_rule(a, b));
        }
        if self.bounded(agreement, log_odds) != log_odds {
            rules.push("the same number or name with another birth is never linked without a person looking");
        }
        rules
    }

    /// Whether two records have the same values.
    pub fn are_equal(&self, a: Id, b: Id) -> bool {
        match (self.records.find(a), self.records.find(b)) {
            (Some(a), Some(b)) => self.records.slots(a) == self.records.slots(b),
            _ => false,
        }
    }

    /// How likely it is now that two records taken at random belong together.
    pub fn prior(&self) -> Prior {
        let counted = self.records.count() as f64;
        match self.whole_table {
            Some(records) => Prior::of(self.weights.match_rate, &self.weights, records),
            None => Prior::live(&self.weights, self.linked_pairs as f64, counted),
        }
    }

    /// How two records agree, and what that weighs; none when one isn't there.
    pub fn compare(&self, a: Id, b: Id) -> Option<(Agreement, Score)> {
        Some(self.score(self.records.find(a)?, self.records.find(b)?))
    }

    /// The evidence of one column of a pair that agrees so, in bits, without and with its value's rarity.
    pub fn column_bits(&self, a: Id, column: usize, agreement: &Agreement) -> Option<(f64, f64)> {
        let view = self.view(self.records.find(a)?);
        Some(
            self.scorer
                .column_bits(&self.model, column, agreement, view, &self.frequencies),
        )
    }

    pub(super) fn halves(&self, id: Id, record: &Record, found: &[Handle]) -> Vec<Half> {
        let least = score::log_odds(self.thresholds.review).min(0.0);
        let prior = self.prior();
        let needed = Score::needed(least, &prior);
        let view = View {
            slots: &record.slots,
            marked: record.marked,
        };
        self.records.fetch(found);
        let mut halves = Vec::new();
        for &other in found {
            let (model, known) = (&self.model, self.view(other));
            let is_decided =
                || !self.decisions.is_empty() && self.decision_of(id, self.records.id(other)).is_some();
            let pair = [known, view];
            let is_hopeless =
                self.scorer
                    .is_hopeless(model, &self.dictionary, pair, &self.frequencies, needed);
            if is_hopeless && !is_decided() {
                continue;
            }
            let agreement = score::agreement(model, &self.dictionary, known, view);
            let score = self.scorer.score(model, &agreement, known, &self.frequencies);
            let log_odds = self.bounded(&agreement, score.log_odds(&prior));
            if log_odds >= least || is_decided() {
                let log_odds = of_millibits(millibits(log_odds));
                halves.push(Half { other, log_odds });
            }
        }
        halves
    }

    pub(super) fn log_odds_of(&self, a: Handle, b: Handle) -> f32 {
        let (agreement, score) = self.score(a, b);
        of_millibits(millibits(self.bounded(&agreement, score.log_odds(&self.prior()))))
    }

    /// A weight as far as rules let it link: the same personal number with another name and another date of
    /// birth, or two births years apart, are looked at by a person.
    pub(crate) fn bounded(&self, agreement: &Agreement, log_odds: f64) -> f64 {
        let ours = &self.model.ours;
        let level = |column: Option<usize>| column.map_or(MISSING, |column| agreement.level(column));
        let (number, born, given) = (
            level(ours.personal_number),
            level(ours.date_of_birth),
            level(ours.given_name),
        );
        let other_name = given != MISSING && given >= compare::DIFFERS;
        let other_birth = born != MISSING && born >= BIRTH_DIFFERS;
        let borrowed = number == 0 && other_name && other_birth;
        if borrowed {
            // The next weight that is looked at, as weights are kept.
            let review = (score::log_odds(self.thresholds.review) * 1_000.0).ceil() / 1_000.0;
            return log_odds.clamp(review, (score::log_odds(self.thresholds.link) - 1.0).max(review));
        }
        if born != MISSING && born == BORN_YEARS_APART {
            return log_odds.min(score::log_odds(self.thresholds.link) - 1.0);
        }
        log_odds
    }

    /// A rule that no weight outdoes: two different personal numbers are two people, and nobody is their own
    /// parent.
    pub(super) fn broken_rule(&self, a: Handle, b: Handle) -> Option<&'static str> {
        let own = self.model.ours.personal_number?;
        let value = |handle: Handle, column: usize| &self.records.slots(handle)[self.model.slots(column)];
        let certain = |handle: Handle| self.records.has_certain_number(handle);
        if certain(a) && certain(b) && value(a, own) != value(b, own) {
            return Some("two different personal numbers are never linked without a person looking");
        }
        let parents = [self.model.ours.father_number, self.model.ours.mother_number];
        let mut parents = parents.into_iter().flatten();
        let is_parent = |one: Handle, other: Handle, parent: usize| {
            certain(one) && value(one, own) == value(other, parent)
        };
        parents
            .any(|parent| is_parent(a, b, parent) || is_parent(b, a, parent))
            .then_some("nobody is their own parent")
    }

    fn score(&self, a: Handle, b: Handle) -> (Agreement, Score) {
        let (one, other) = (self.view(a), self.view(b));
        let agreement = score::agreement(&self.model, &self.dictionary, one, other);
        let score = self.scorer.score(&self.model, &agreement, one, &self.frequencies);
        (agreement, score)
    }

    fn view(&self, handle: Handle) -> View<'_> {
        View {
            slots: self.records.slots(handle),
            marked: self.records.is_marked(handle),
        }
    }
}
