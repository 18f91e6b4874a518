//! The administrative units of Viet Nam as they were until 2025-06-30: 63 provinces and their wards.

use crate::random::{Draws, Weighted};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// A province by its place in [`Places::provinces`].
pub(crate) type ProvinceIndex = u8;
/// A ward (commune, township) by its place in [`Places::wards`].
pub(crate) type WardIndex = u16;

/// A province or centrally run city.
#[derive(Clone, Debug)]
pub struct Province {
    /// Two-digit code of the General Statistics Office, valid until 2025-06-30. Example: 11
    pub code: &'static str,
    /// Name with its kind. Example: Tỉnh Điện Biên
    pub name: &'static str,
    /// Name without its kind. Example: Điện Biên
    pub short_name: &'static str,
    /// Inhabitants in the 2019 census, in thousands.
    pub population_thousands: u32,
    wards: Range<WardIndex>,
}

/// A commune, ward or township.
#[derive(Clone, Copy, Debug)]
pub struct Ward {
    /// Five-digit code of the General Statistics Office. Example: 03127
    pub code: &'static str,
    /// Name with its kind. Example: Phường Him Lam
    pub name: &'static str,
    /// Name of its district with its kind.
    pub district: &'static str,
    province: ProvinceIndex,
}

impl Ward {
    pub(crate) const fn province_index(&self) -> ProvinceIndex {
        self.province
    }
}

/// All provinces and wards, read once from the compiled-in tables.
#[derive(Debug)]
pub struct Places {
    provinces: Vec<Province>,
    wards: Vec<Ward>,
    everywhere: Weighted<ProvinceIndex>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    Places::read(
        include_str!("../data/provinces.csv"),
        include_str!("../data/districts.csv"),
        include_str!("../data/wards.csv"),
    )
});

impl Places {
    /// The compiled-in units.
    pub fn all() -> &'static Self {
        &PLACES
    }

    /// The 63 provinces.
    pub fn provinces(&self) -> &[Province] {
        &self.provinces
    }

    /// The wards of a province given by its legacy code; empty for an unknown code.
    pub fn wards_of(&self, code: &str) -> &[Ward] {
        self.index_of(code)
            .map_or(&[], |at| &self.wards[self.range_of(at)])
    }

    pub(crate) fn index_of(&self, code: &str) -> Option<ProvinceIndex> {
        self.provinces
            .iter()
            .position(|province| province.code == code)
            .map(|at| at as ProvinceIndex)
    }

    pub(crate) fn province(&self, at: ProvinceIndex) -> &Province {
        &self.provinces[usize::from(at)]
    }

    pub(crate) fn ward(&self, at: WardIndex) -> &Ward {
        &self.wards[usize::from(at)]
    }

    pub(crate) fn province_of(&self, ward: WardIndex) -> &Province {
        self.province(self.ward(ward).province)
    }

    /// A ward of a province, each as likely.
    pub(crate) fn ward_in(&self, province: ProvinceIndex, draws: &mut Draws) -> WardIndex {
        let wards = &self.provinces[usize::from(province)].wards;
        wards.start + draws.below(u32::from(wards.end - wards.start)) as WardIndex
    }

    /// A ward of any of the 63 provinces, the province by its population.
    pub(crate) fn ward_anywhere(&self, draws: &mut Draws) -> WardIndex {
        let province = self.everywhere.pick(draws);
        self.ward_in(province, draws)
    }

    fn range_of(&self, at: ProvinceIndex) -> Range<usize> {
        let wards = &self.province(at).wards;
        usize::from(wards.start)..usize::from(wards.end)
    }

    /// The tables are compiled in, so what doesn't fit is a mistake of ours, found by any test.
    fn read(provinces: &'static str, districts: &'static str, wards: &'static str) -> Self {
        let mut read = Self {
            provinces: Vec::new(),
            wards: Vec::new(),
            everywhere: Weighted::new([]),
        };
        for [code, name, population] in rows(provinces) {
            let short_name = name
                .strip_prefix("Tỉnh ")
                .or_else(|| name.strip_prefix("Thành phố "));
            read.provinces.push(Province {
                code,
                name,
                short_name: short_name.unwrap_or(name),
                population_thousands: population.parse().expect("a population is a number"),
                wards: 0..0,
            });
        }
        let mut district_names = HashMap::new();
        for [code, province, name] in rows(districts) {
            let province = read.index_of(province).expect("a district has a province");
            district_names.insert(code, (province, name));
        }
        for [code, district, name] in rows(wards) {
            let &(province, district) = district_names.get(district).expect("a ward has a district");
            let range = &mut read.provinces[usize::from(province)].wards;
            let at = read.wards.len() as WardIndex;
            assert!(
                range.start == range.end || range.end == at,
                "the wards of a province stand together"
            );
            *range = if range.start == range.end {
                at..at + 1
            } else {
                range.start..at + 1
            };
            read.wards.push(Ward {
                code,
                name,
                district,
                province,
            });
        }
        let populations = read.provinces.iter().enumerate();
        read.everywhere =
            Weighted::new(populations.map(|(at, p)| (at as ProvinceIndex, p.population_thousands)));
        read
    }
}

fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(|line| {
        let mut columns = line.split(',');
        let row = std::array::from_fn(|_| columns.next().expect("a row has all its columns"));
        assert_eq!(columns.next(), None, "a row has no further column");
        row
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_wards_of_its_own() {
        let places = Places::all();
        assert_eq!((places.provinces().len(), places.wards.len()), (63, 10_035));
        assert!(
            places
                .provinces()
                .iter()
                .all(|province| !places.wards_of(province.code).is_empty())
        );
        assert!(
            places
                .wards_of("11")
                .iter()
                .any(|ward| ward.name == "Phường Noong Bua")
        );
    }
}
