//! Years by their names in the lunar calendar's cycle of sixty.

use super::parts::Parts;
use crate::Context;

/// The solar years that a lunar date may mean, latest first: the one it names in digits, else those of its
/// name. A lunar year begins in January or February, so its last weeks lie in the next one.
pub(super) fn candidates(parts: &Parts, context: &Context<'_>) -> Vec<String> {
    let mut numbers = parts.parts.iter().filter_map(|part| part.number);
    if let Some(year) = numbers.find(|number| number.digits == 4) {
        return vec![format!("{:04}", year.value)];
    }
    let (Some(stem), Some(branch)) = (parts.stem, parts.branch) else {
        return Vec::new();
    };
    let limits = context.thresholds;
    let last = context.as_of.map_or(limits.first_capture, super::Date::year);
    let first = last.saturating_sub(limits.oldest);
    (first..=last)
        .rev()
        .filter(|&year| is_named(year, stem, branch))
        .map(|year| year.to_string())
        .collect()
}

/// Whether a year has this name. 1984 is giáp tý, the first of a cycle. Tý and tỵ, the first and the
/// sixth of the twelve, are one without tones; only one of them can follow a given stem, because stem and
/// branch are both even or both odd.
fn is_named(year: u16, stem: u8, branch: u8) -> bool {
    let (ten, twelve) = ((year + 6) % 10, (year + 8) % 12);
    let same_branch = twelve == u16::from(branch) || (branch == 0 && twelve == 5);
    ten == u16::from(stem) && same_branch
}
