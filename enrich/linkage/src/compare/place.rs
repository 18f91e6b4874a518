//! Where somebody was born and where they live, compared together: most people live where they were born,
//! so that the second agreement says much less than the first.

use super::{Level, LevelName, MISSING, Slots, level, part};
use places::{Level as Size, Places, State};
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const WIDTH: usize = 3;

const PROVINCE_BITS: u32 = 16;

/// A unit in one slot: the code of its province, and of the commune where it is known.
pub(crate) const fn unit(province: u16, commune: u16) -> u32 {
    (province as u32 + 1) << PROVINCE_BITS | commune as u32
}

/// The commune of a unit, with its province; none where only the province is known.
pub const fn commune_of(unit: u32) -> Option<u32> {
    if unit & ((1 << PROVINCE_BITS) - 1) == 0 {
        None
    } else {
        Some(unit)
    }
}

/// The province of a unit.
pub const fn province_of(unit: u32) -> u32 {
    unit >> PROVINCE_BITS
}

pub(super) const LEVELS: &[LevelName] = &[
    level("both_same", "born in the same commune, living in the same"),
    part(
        "born_same_district",
        "born in the same commune, living in the same former district",
        "born_same_near",
    ),
    level(
        "born_same_near",
        "born in the same commune, living in the same province",
    ),
    level(
        "born_same_moved",
        "born in the same commune, living in different provinces",
    ),
    level("born_same", "born in the same commune"),
    part(
        "district_same",
        "born in the same former district, living in the same commune",
        "near_same",
    ),
    part(
        "district_district",
        "born in the same former district, living in the same former district",
        "near_near",
    ),
    part(
        "district_near",
        "born in the same former district, living in the same province",
        "near_near",
    ),
    part(
        "district_moved",
        "born in the same former district, living in different provinces",
        "near_moved",
    ),
    part("district", "born in the same former district", "near"),
    level(
        "near_same",
        "born in the same province, living in the same commune",
    ),
    part(
        "near_district",
        "born in the same province, living in the same former district",
        "near_near",
    ),
    level(
        "near_near",
        "born in the same province, living there in different districts",
    ),
    level(
        "near_moved",
        "born in the same province, living in different ones",
    ),
    level("near", "born in the same province"),
    level(
        "elsewhere_same",
        "born in different provinces, living in the same commune",
    ),
    part(
        "elsewhere_district",
        "born in different provinces, living in the same former district",
        "elsewhere_near",
    ),
    level(
        "elsewhere_near",
        "born in different provinces, living in the same",
    ),
    level(
        "elsewhere",
        "born in different provinces, living in different ones",
    ),
    level("born_elsewhere", "born in different provinces"),
    level("living_same", "living in the same commune"),
    part(
        "living_district",
        "living in the same former district",
        "living_near",
    ),
    level("living_near", "living in the same province"),
    level("living_elsewhere", "living in different provinces"),
];

pub(super) fn compare(a: Slots<'_>, b: Slots<'_>) -> Level {
    let born = closeness(a[0], b[0]);
    let living = [(1, 1), (1, 2), (2, 1), (2, 2)]
        .into_iter()
        .map(|(m, n)| closeness(a[m], b[n]))
        .min()
        .unwrap_or(UNKNOWN);
    match (born, living) {
        (UNKNOWN, UNKNOWN) => MISSING,
        (born, living) => born * (UNKNOWN + 1) + living,
    }
}

const UNKNOWN: u8 = 4;

/// 0: the same commune, 1: the same former district, 2: the same province, 3: another, 4: not known.
fn closeness(a: u32, b: u32) -> u8 {
    if a == 0 || b == 0 {
        return UNKNOWN;
    }
    if province_of(a) != province_of(b) {
        return 3;
    }
    let (Some(one), Some(other)) = (commune_of(a), commune_of(b)) else {
        return 2;
    };
    if one == other {
        0
    } else if district_of(one).is_some_and(|district| district_of(other) == Some(district)) {
        1
    } else {
        2
    }
}

/// The district a commune lay in until districts ended on 30 June 2025 (Law 72/2025/QH15). That of a commune of today is the one
/// that most of what it was made of lay in.
fn district_of(commune: u32) -> Option<u16> {
    static DISTRICTS: LazyLock<Vec<Option<u16>>> = LazyLock::new(districts);
    let number = commune & ((1 << PROVINCE_BITS) - 1);
    DISTRICTS.get(number as usize).copied().flatten()
}

/// By the number of the commune's code; what was a commune's code before counts where it isn't one of today.
fn districts() -> Vec<Option<u16>> {
    let places = Places::shared();
    let mut counts: BTreeMap<u16, BTreeMap<u16, usize>> = BTreeMap::new();
    let mut by_code = vec![None; 1 << PROVINCE_BITS];
    for state in [State::Of2021, State::Of63] {
        for commune in places.units(state).filter(|unit| unit.level() == Size::Commune) {
            let Some(district) = commune.district().map(|unit| unit.code().number()) else {
                continue;
            };
            by_code[usize::from(commune.code().number())] = Some(district);
            if state == State::Of63
                && let Some(heir) = commune.successors().first()
            {
                *counts
                    .entry(heir.code().number())
                    .or_default()
                    .entry(district)
                    .or_default() += 1;
            }
        }
    }
    for (commune, districts) in counts {
        // Of two with as many, the one with the lower code.
        let most = districts
            .iter()
            .max_by_key(|(code, count)| (**count, u16::MAX - **code));
        by_code[usize::from(commune)] = most.map(|(code, _)| *code);
    }
    by_code
}
