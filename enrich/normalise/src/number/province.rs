//! The first three digits of a personal number: where the birth was registered.

use places::{Level, Places, State, Unit};
use std::sync::LazyLock;

/// Codes of the 63 provinces in order, each with the code of the province it is part of since 1 July 2025. A
/// province kept its people's numbers when it was merged.
///
/// Source: Circular 07/2016/TT-BCA, appendix I (the codes, as 001 to 096), which are those of the map.
static PROVINCES: LazyLock<Vec<(u8, u8)>> = LazyLock::new(|| {
    let number = |unit: Unit<'_>| unit.code().to_string().parse().ok();
    let then = Places::shared()
        .units(State::Of63)
        .filter(|unit| unit.level() == Level::Province);
    let mut codes: Vec<(u8, u8)> = then
        .filter_map(|unit| Some((number(unit)?, number(*unit.successors().first()?)?)))
        .collect();
    codes.sort_unstable();
    codes
});

/// Codes of foreign countries. Source: Circular 07/2016/TT-BCA, appendix II (101 to 295).
const COUNTRIES: std::ops::RangeInclusive<u16> = 101..=295;

/// Where a birth was registered, as a personal number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// In a province, by its code of before July 2025.
    Province(u8),
    /// In another country, by the code it has in personal numbers.
    Abroad(u16),
}

impl Registered {
    /// The place with this code; nothing where there is none.
    pub(super) fn of(code: u16) -> Option<Self> {
        if COUNTRIES.contains(&code) {
            return Some(Self::Abroad(code));
        }
        let code = u8::try_from(code).ok()?;
        successor(code).map(|_| Self::Province(code))
    }

    /// Whether this can be the province of a form: a code of two digits, with or without the day it is
    /// valid from. `None` where the form's isn't such a code. Before and after the reform one code can be
    /// two provinces (15, 24), so without a day either will do.
    pub(super) fn agrees(self, written: &str) -> Option<bool> {
        let (code, valid_from) = match written.split_once('@') {
            Some((code, day)) => (code, Some(day)),
            None => (written, None),
        };
        let two_digits = code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
        let code: u8 = code.parse().ok().filter(|_| two_digits)?;
        successor(code)?;
        let Self::Province(own) = self else {
            return Some(false);
        };
        let before = own == code;
        let since = successor(own) == Some(code);
        Some(match valid_from {
            Some(day) if day >= State::Today.valid_from() => since,
            Some(_) => before,
            None => before || since,
        })
    }
}

fn successor(code: u8) -> Option<u8> {
    let at = PROVINCES.binary_search_by_key(&code, |&(code, _)| code).ok()?;
    Some(PROVINCES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_circular() {
        assert!(PROVINCES.is_sorted_by_key(|&(code, _)| code));
        for (code, known) in [
            (0, false),
            (1, true),
            (3, false),
            (11, true),
            (28, false),
            (96, true),
            (97, false),
        ] {
            assert_eq!(
                Registered::of(code),
                known.then_some(Registered::Province(code as u8)),
                "{code}"
            );
        }
        for (code, known) in [(100, false), (101, true), (193, true), (295, true), (296, false)] {
            assert_eq!(
                Registered::of(code),
                known.then_some(Registered::Abroad(code)),
                "{code}"
            );
        }
    }

    #[test]
    fn every_province_of_the_34_was_one_of_the_63() {
        let mut since: Vec<u8> = PROVINCES.iter().map(|&(_, since)| since).collect();
        since.sort_unstable();
        since.dedup();
        assert_eq!(since.len(), 34);
        assert!(since.iter().all(|&code| successor(code) == Some(code)));
    }

    #[test]
    fn a_reused_code_means_the_province_of_its_day() {
        let lao_cai = Registered::Province(10);
        for (written, agrees) in [
            ("10", Some(true)),
            ("10@2004-01-01", Some(true)),
            ("15@2025-07-01", Some(true)),
            ("15@2004-01-01", Some(false)),
            ("15", Some(true)),
            ("11", Some(false)),
            ("28", None),
            ("Lào Cai", None),
            ("", None),
        ] {
            assert_eq!(lao_cai.agrees(written), agrees, "{written}");
        }
        assert_eq!(Registered::Abroad(193).agrees("11"), Some(false));
    }
}
