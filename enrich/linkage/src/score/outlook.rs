//! Pairs that can't be worth keeping, told before their names are read: most of those that a key brings together.

use super::{MOST_COLUMNS, Scorer, View, provinces, sides};
use crate::compare::{Comparator, MISSING};
use crate::dictionary::Dictionary;
use crate::frequency::Frequencies;
use crate::model::{Column, Model};

/// Bits that rounding may add to a sum.
const ROUNDING: f64 = 1e-6;

impl Scorer {
    /// Whether two records can't have as much evidence as is [needed](super::Score::needed), in bits: what was read speaks against
    /// it, and what wasn't can't make up for it. True only where [`Self::score`] would say the same, and where they don't
    /// have one personal number, which is looked at whatever it weighs.
    pub fn is_hopeless(
        &self,
        model: &Model,
        dictionary: &Dictionary,
        [a, b]: [View<'_>; 2],
        frequencies: &Frequencies,
        needed: f64,
    ) -> bool {
        let (sides, from) = (sides(dictionary, a, b), provinces(model, a, b));
        let mut above = ROUNDING - needed;
        let mut unread = [0; MOST_COLUMNS];
        let mut count = 0;
        for (n, column) in model.columns().iter().enumerate() {
            let slots = model.slots(n);
            let (one, other) = (&a.slots[slots.clone()], &b.slots[slots]);
            let level = match (one[0], other[0]) {
                _ if !is_text(column) => column.comparator.compare(one, other, sides),
                (0, _) | (_, 0) => MISSING,
                (one, other) if one == other => 0,
                _ => {
                    above += self.most_apart[n];
                    unread[count] = n;
                    count += 1;
                    continue;
                }
            };
            if level == MISSING {
                continue;
            }
            if level == 0 && model.ours.personal_number == Some(n) {
                return false;
            }
            above +=
                self.bits.same[n][usize::from(level)] + self.rarity(model, n, level, from, a, frequencies);
        }
        let mut unread = unread[..count]
            .iter()
            .filter(|&&n| !is_swapped_with_another(model, n));
        above < 0.0
            || unread.any(|&n| {
                let slots = model.slots(n);
                let comparator = model.columns()[n].comparator;
                let level = comparator.compare(&a.slots[slots.clone()], &b.slots[slots], sides);
                above += self.bits.same[n][usize::from(level)] - self.most_apart[n];
                above < 0.0
            })
    }
}

/// Whether comparing two values of a column reads texts, or another column.
fn is_text(column: &Column) -> bool {
    matches!(column.comparator, Comparator::Name | Comparator::Text)
}

fn is_swapped_with_another(model: &Model, n: usize) -> bool {
    model.columns()[n].swaps_with.is_some() || model.columns().iter().any(|other| other.swaps_with == Some(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{self, Prior, Score, agreement};
    use crate::{Weights, applicant};
    use normalise::{Date, Normalised};
    use schemas::provinces::Provinces;

    #[test]
    fn who_has_no_hope_weighs_too_little() {
        let (model, weights) = (applicant::model(), Weights::shipped());
        let (mut dictionary, mut frequencies) = (Dictionary::default(), Frequencies::default());
        let population = loadgen::kin(3, 300, Provinces::default_21().iter()).expect("provinces");
        let mut records = Vec::new();
        for application in &population {
            let as_of = Date::parse(&application.captured_on);
            let values = normalise::of_applicant(&application.applicant, as_of, rules::Thresholds::default());
            let person = Normalised::of(&application.applicant, &values.changes);
            let mut record = crate::Record::default();
            applicant::fill(&model, &mut dictionary, |field| person.get(field), &mut record);
            crate::frequency::count_person(&model, &mut frequencies, &record.slots, true);
            records.push(record);
        }
        let scorer = Scorer::new(&model, &weights);
        let prior = Prior::of(weights.match_rate, &weights, 1e4);
        let views: Vec<View<'_>> = records
            .iter()
            .map(|record| View {
                slots: &record.slots,
                marked: record.marked,
            })
            .collect();
        let number = model.slots(model.ours.personal_number.expect("a column"));
        let (mut hopeless, mut pairs) = (0, 0);
        for (n, &a) in views.iter().enumerate() {
            for &b in &views[..n] {
                pairs += 1;
                let agreement = agreement(&model, &dictionary, a, b);
                let log_odds = scorer.score(&model, &agreement, a, &frequencies).log_odds(&prior);
                for least in [score::log_odds(0.05), 0.0] {
                    let needed = Score::needed(least, &prior);
                    let told = scorer.is_hopeless(&model, &dictionary, [a, b], &frequencies, needed);
                    let one_number = a.slots[number.clone()] == b.slots[number.clone()];
                    let has_number = a.slots[number.clone()] != [0, 0];
                    assert!(!told || (log_odds < least && !(one_number && has_number)));
                    hopeless += i32::from(told);
                }
            }
        }
        assert!(
            f64::from(hopeless) > 1.9 * f64::from(pairs),
            "{hopeless} of {pairs}"
        );
    }
}
