//! Personal numbers of 12 digits and the older card numbers of 9.

use crate::calendar::Date;
use crate::ethnic::Sex;
use crate::random::{Draws, Purpose};
use std::fmt;

/// Places in a household, whether taken or not: head, spouse, elder, three children.
pub const PLACES_IN_HOUSEHOLD: u64 = 6;
/// Households that can share the 10^6 serials of a birth year before years must differ.
pub(crate) const HOUSEHOLDS_IN_BLOCK: u64 = 1_000_000 / PLACES_IN_HOUSEHOLD;
/// Blocks, each with its birth years shifted by another number of years from -10 to 10.
const BLOCKS: u64 = 21;
/// Households a generator can make; beyond it personal numbers would no longer be unique.
pub const MAX_HOUSEHOLDS: u64 = HOUSEHOLDS_IN_BLOCK * BLOCKS;

/// A personal number: 0, birth province, century and sex, two-digit year, six further digits.
///
/// # Source
/// Decree 137/2015/ND-CP, article 13, and Circular 59/2021/TT-BCA, article 4: century and sex are
/// 0 and 1 for men and women born in the 20th century, 2 and 3 in the 21st.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonalNumber(u64);

impl PersonalNumber {
    /// `birth_province` is the two-digit legacy code; `serial` lies below 10^6.
    pub fn new(birth_province: u32, sex: Sex, born: Date, serial: u32) -> Self {
        let century = if born.year >= 2000 { 2 } else { 0 };
        let century_and_sex = century + sex as u64;
        let year = born.year.rem_euclid(100) as u64;
        Self(
            ((u64::from(birth_province) * 10 + century_and_sex) * 100 + year) * 1_000_000 + u64::from(serial),
        )
    }
}

impl PersonalNumber {
    /// The six last digits.
    pub(crate) const fn serial(self) -> u32 {
        (self.0 % 1_000_000) as u32
    }
}

impl fmt::Display for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

/// Where a household stands in the blocks, and so by how many years its births are shifted.
///
/// Two people with the same serial are in the same place of households whose distance is a multiple of
/// [`HOUSEHOLDS_IN_BLOCK`]. Both have the same unshifted birth year and different shifts, so their
/// numbers differ in the year: unique, without remembering any number.
pub(crate) fn birth_year_shift(household: u64) -> i32 {
    let block = (household / HOUSEHOLDS_IN_BLOCK) as i32;
    if block % 2 == 0 {
        -(block / 2)
    } else {
        block / 2 + 1
    }
}

/// The six last digits: a permutation of the person's place in its block (a Feistel network of four
/// rounds on two halves of three digits), so that neighbours don't have neighbouring numbers.
pub(crate) fn serial(seed: u64, person: u64) -> u32 {
    let (household, place) = (person / PLACES_IN_HOUSEHOLD, person % PLACES_IN_HOUSEHOLD);
    let in_block = (household % HOUSEHOLDS_IN_BLOCK) * PLACES_IN_HOUSEHOLD + place;
    let (mut left, mut right) = ((in_block / 1000) as u32, (in_block % 1000) as u32);
    for round in 0..4 {
        let mixed = Draws::part(seed, Purpose::Serial, u64::from(right), round).below(1000);
        (left, right) = (right, (left + mixed) % 1000);
    }
    left * 1000 + right
}

/// The 9-digit number of the identity card before 2016: two digits for the issuing police, seven more.
/// Distinct for people less than 10^7 apart; real ones weren't always distinct either.
pub(crate) fn old_number(seed: u64, province: u32, person: u64) -> String {
    const STRIDE: u64 = 3_870_217;
    let offset = Draws::keyed(seed, Purpose::Serial, u64::MAX).bits() % 10_000_000;
    let serial = (person % 10_000_000 * STRIDE + offset) % 10_000_000;
    format!("{:02}{serial:07}", issuing_prefix(province))
}

/// Prefixes follow the provinces of 1976-1991; the mapping of their successors is approximate.
fn issuing_prefix(province: u32) -> u32 {
    match province {
        1 => 1,
        31 => 3,
        11 | 12 => 4,
        14 => 5,
        10 | 15 => 6,
        2 | 8 => 7,
        4 | 20 => 8,
        6 | 19 => 9,
        22 => 10,
        17 => 11,
        24 | 27 => 12,
        25 | 26 => 13,
        30 | 33 => 14,
        34 => 15,
        35..=37 => 16,
        38 => 17,
        40 | 42 => 18,
        other => 19 + other % 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_personal_number_says_province_sex_and_year() {
        for (sex, year, number) in [
            (Sex::Male, 1987, "011087001234"),
            (Sex::Female, 1987, "011187001234"),
            (Sex::Male, 2005, "011205001234"),
            (Sex::Female, 2000, "011300001234"),
        ] {
            let born = Date {
                year,
                month: 9,
                day: 5,
            };
            assert_eq!(PersonalNumber::new(11, sex, born, 1234).to_string(), number);
        }
    }

    #[test]
    fn serials_of_a_block_are_a_permutation() {
        let serials: HashSet<u32> = (0..HOUSEHOLDS_IN_BLOCK * PLACES_IN_HOUSEHOLD)
            .map(|p| serial(7, p))
            .collect();
        assert_eq!(serials.len() as u64, HOUSEHOLDS_IN_BLOCK * PLACES_IN_HOUSEHOLD);
    }

    #[test]
    fn every_block_shifts_births_by_another_number_of_years() {
        let shifts: HashSet<i32> = (0..BLOCKS)
            .map(|b| birth_year_shift(b * HOUSEHOLDS_IN_BLOCK))
            .collect();
        assert_eq!(shifts, (-10..=10).collect());
    }
}
