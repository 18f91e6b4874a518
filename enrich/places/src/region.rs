//! What a province's name or code covers, in the map of 63 and in the map of 34.

use crate::index::{ByDigest, Digest};
use crate::tables::{Id, Tables};
use crate::words::Words;
use crate::{Level, Places, State, UnitCode};
use chrono::NaiveDate;
use std::sync::LazyLock;

/// Provinces by their codes: those of the 63, of the 34, and those of the 63 that a former province of the
/// name had land in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region {
    old: u128,
    new: u128,
    former: u128,
}

impl Region {
    pub(crate) fn of(tables: &Tables, province: Id) -> Self {
        let unit = tables.unit(province);
        let bit = 1 << unit.code.number();
        match unit.state {
            State::Today => Self {
                new: bit,
                ..Self::default()
            },
            State::Of2021 | State::Of63 => Self {
                old: bit,
                ..Self::default()
            },
        }
    }

    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            old: self.old | other.old,
            new: self.new | other.new,
            former: self.former | other.former,
        }
    }

    /// Whether only a former province had the name.
    pub(crate) const fn is_former_only(self) -> bool {
        self.old | self.new == 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The code of the province of a state that the region is, if it is one.
    pub(crate) const fn only(self, state: State) -> Option<UnitCode> {
        let bits = match state {
            State::Today => self.new,
            State::Of63 | State::Of2021 => self.old,
        };
        if bits.is_power_of_two() {
            Some(UnitCode::province(bits.trailing_zeros() as u16))
        } else {
            None
        }
    }

    /// How far from the plain meaning one must go for a unit to lie inside: 0 the province of its own
    /// state, 1 the province it was in, or is in, in the other state, 2 a former province. `None`: it lies
    /// elsewhere.
    pub(crate) fn distance(self, tables: &Tables, unit: Id) -> Option<u8> {
        let state = tables.unit(unit).state;
        let own: u128 = 1 << tables.unit(tables.unit(unit).province).code.number();
        let across = tables.across(unit);
        let (plain, other, before) = match state {
            State::Today => (self.new, self.old, across),
            State::Of2021 | State::Of63 => (self.old, self.new, own),
        };
        if plain & own != 0 {
            Some(0)
        } else if other & across != 0 {
            Some(1)
        } else {
            (self.former & before != 0).then_some(2)
        }
    }

    /// The provinces of today that the region is.
    pub(crate) fn heirs(self, tables: &Tables) -> Vec<Id> {
        let mut heirs = Vec::new();
        let former = if self.is_former_only() { self.former } else { 0 };
        for (state, bits) in [(State::Today, self.new), (State::Of63, self.old | former)] {
            for number in (0..100).filter(|number| bits >> number & 1 == 1) {
                let code = UnitCode::province(number);
                if let Some(id) = tables.by_code(code, state) {
                    tables.add_heirs(id, &mut heirs);
                }
            }
        }
        heirs
    }
}

/// Former provinces and usual short names: name, codes in the map of 63, and whether that is what the name
/// means today too or only what a former province of the name covered.
///
/// Sources: the National Assembly's resolutions that merged provinces (27 December 1975, 20 September 1975)
/// and divided them again (30 June 1989, 12 August 1991, 26 December 1991, 6 November 1996, 22/2003/QH11),
/// and 15/2008/QH12 on Hà Tây and Mê Linh.
const NAMES: &[(&str, &[u16], Meaning)] = &[
    ("Hà Tây", &[1], Meaning::Former),
    ("Hà Sơn Bình", &[1, 17], Meaning::Former),
    ("Hà Nam Ninh", &[35, 36, 37], Meaning::Former),
    ("Nam Hà", &[35, 36], Meaning::Former),
    ("Hà Bắc", &[24, 27], Meaning::Former),
    ("Hải Hưng", &[30, 33], Meaning::Former),
    ("Vĩnh Phú", &[25, 26, 1], Meaning::Former),
    ("Bắc Thái", &[6, 19], Meaning::Former),
    ("Cao Lạng", &[4, 20], Meaning::Former),
    ("Hà Tuyên", &[2, 8], Meaning::Former),
    ("Hoàng Liên Sơn", &[10, 15], Meaning::Former),
    ("Lai Châu", &[11, 12], Meaning::Former),
    ("Nghệ Tĩnh", &[40, 42], Meaning::Former),
    ("Bình Trị Thiên", &[44, 45, 46], Meaning::Former),
    ("Quảng Nam Đà Nẵng", &[48, 49], Meaning::Former),
    ("Nghĩa Bình", &[51, 52], Meaning::Former),
    ("Phú Khánh", &[54, 56], Meaning::Former),
    ("Thuận Hải", &[58, 60], Meaning::Former),
    ("Gia Lai Kon Tum", &[62, 64], Meaning::Former),
    ("Đắk Lắk", &[66, 67], Meaning::Former),
    ("Sông Bé", &[70, 74], Meaning::Former),
    ("Minh Hải", &[95, 96], Meaning::Former),
    ("Cửu Long", &[84, 86], Meaning::Former),
    ("Hậu Giang", &[92, 93, 94], Meaning::Former),
    ("Cần Thơ", &[92, 93], Meaning::Former),
    ("HN", &[1], Meaning::Usual),
    ("TPHN", &[1], Meaning::Usual),
    ("HCM", &[79], Meaning::Usual),
    ("HCMC", &[79], Meaning::Usual),
    ("TPHCM", &[79], Meaning::Usual),
    ("Ho Chi Minh City", &[79], Meaning::Usual),
    ("Hanoi City", &[1], Meaning::Usual),
    ("SG", &[79], Meaning::Usual),
    ("Sài Gòn", &[79], Meaning::Usual),
    ("TPSG", &[79], Meaning::Usual),
    ("HP", &[31], Meaning::Usual),
    ("TPHP", &[31], Meaning::Usual),
    ("TT Huế", &[46], Meaning::Usual),
    ("T T Huế", &[46], Meaning::Usual),
    ("TTH", &[46], Meaning::Usual),
    ("BRVT", &[77], Meaning::Usual),
    ("Bắc Cạn", &[6], Meaning::Usual),
    ("Đắc Lắc", &[66], Meaning::Usual),
    ("Đắc Nông", &[67], Meaning::Usual),
    ("Công Tum", &[62], Meaning::Usual),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Usual,
    Former,
}

static BY_NAME: LazyLock<ByDigest<Region>> = LazyLock::new(|| {
    let mut by_name = ByDigest::<Region>::default();
    for (name, codes, meaning) in NAMES {
        let bits = codes.iter().fold(0, |bits, code| bits | 1 << code);
        let mut region = Region::default();
        match meaning {
            Meaning::Usual => (region.old, region.new) = (bits, bits),
            Meaning::Former => region.former = bits,
        }
        let entry = by_name.entry(Digest::of_folded(name)).or_default();
        *entry = entry.or(region);
    }
    by_name
});

/// What a short or former name covers.
pub(crate) fn named(name: Digest) -> Region {
    BY_NAME.get(&name).copied().unwrap_or_default()
}

impl Places {
    /// What the province of a context covers. `None`: no province can be read from it.
    pub(crate) fn region_of_context(&self, province: &str, as_of: Option<NaiveDate>) -> Option<Region> {
        let digits = province.split('@').next().unwrap_or("");
        if let Some(code) = UnitCode::parse(digits).filter(|code| code.level() == Level::Province) {
            let stated = province
                .split_once('@')
                .and_then(|(_, valid_from)| State::since(valid_from));
            let states = match stated.or(as_of.map(State::on)) {
                Some(state) => vec![state],
                None => vec![State::Of63, State::Today],
            };
            let region = |states: &[State]| {
                let units = states
                    .iter()
                    .filter_map(|&state| self.tables.by_code(code, state));
                units.fold(Region::default(), |region, id| {
                    region.or(Region::of(&self.tables, id))
                })
            };
            let then = region(&states);
            let found = if then.is_empty() {
                region(&State::LATEST_FIRST)
            } else {
                then
            };
            return Some(found).filter(|region| !region.is_empty());
        }
        let words = Words::of(province)?;
        self.whole_province(&words)
    }
}
