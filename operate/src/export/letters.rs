//! Dead letters that nobody decided about.

use super::text::Text;
use crate::letters::Waiting;
use std::collections::BTreeMap;

pub(super) fn write(text: &mut Text, waiting: &[Waiting]) {
    text.family(
        "intake_dead_letters_waiting",
        "Dead letters that nobody decided about.",
        ["stage", "reason"],
        waiting
            .iter()
            .map(|row| ([row.stage.clone(), row.reason.clone()], row.count as f64)),
    );
    let mut oldest: BTreeMap<&str, f64> = BTreeMap::new();
    for row in waiting {
        let of_stage = oldest.entry(&row.stage).or_default();
        *of_stage = of_stage.max(row.oldest_seconds);
    }
    text.family(
        "intake_dead_letters_oldest_seconds",
        "Seconds since the oldest dead letter that nobody decided about was put aside.",
        ["stage"],
        oldest
            .into_iter()
            .map(|(stage, seconds)| ([stage.to_owned()], seconds)),
    );
}
