//! The thresholds by name: what a ruleset's file may set, and within what bounds.

use crate::Thresholds;
use std::ops::RangeInclusive;

/// One threshold.
#[derive(Debug)]
pub struct Figure {
    /// Its key in the file's section `[threshold]`.
    pub name: &'static str,
    /// Outside of these it would be nonsense.
    pub range: RangeInclusive<i64>,
    /// Takes it out of the thresholds.
    pub get: fn(&Thresholds) -> i64,
    pub(crate) set: fn(&mut Thresholds, i64),
}

macro_rules! figures {
    ($($field:ident $type:ident $range:expr;)+) => {
        /// Every threshold.
        pub static FIGURES: &[Figure] = &[$(Figure {
            name: stringify!($field),
            range: $range,
            get: |thresholds| i64::from(thresholds.$field),
            // The range keeps it within the type.
            set: |thresholds, value| thresholds.$field = $type::try_from(value).unwrap_or(thresholds.$field),
        }),+];
    };
}

figures! {
    oldest u16 100..=150;
    first_capture u16 2000..=2100;
    last_year u16 2026..=2200;
    card_age u16 0..=30;
    youngest_parent u16 9..=20;
    oldest_mother u16 40..=80;
    oldest_father u16 50..=110;
    clock_ahead_ms i64 0..=86_400_000;
    offline_days i64 1..=3_650;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_lies_within_its_bounds() {
        for figure in FIGURES {
            assert!(
                figure.range.contains(&(figure.get)(&Thresholds::default())),
                "{}",
                figure.name
            );
        }
    }
}
