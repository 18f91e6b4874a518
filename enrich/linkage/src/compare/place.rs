//! Where somebody was born and where they live, compared together: most people live where they were born,
//! so that the second agreement says much less than the first.

use super::{Level, LevelName, MISSING, Slots, level};

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
    level(
        "born_same_near",
        "born in the same commune, living in the same province",
    ),
    level(
        "born_same_moved",
        "born in the same commune, living in different provinces",
    ),
    level("born_same", "born in the same commune"),
    level(
        "near_same",
        "born in the same province, living in the same commune",
    ),
    level(
        "near_near",
        "born in the same province, living there in different communes",
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
        (UNKNOWN, living) => 12 + living,
        (born, living) => born * 4 + living,
    }
}

const UNKNOWN: u8 = 3;

/// 0: the same commune, 1: the same province, 2: another, 3: not known.
const fn closeness(a: u32, b: u32) -> u8 {
    if a == 0 || b == 0 {
        UNKNOWN
    } else if province_of(a) != province_of(b) {
        2
    } else if a == b && commune_of(a).is_some() {
        0
    } else {
        1
    }
}
