//! A unit, its state and level, and its relatives.

use crate::UnitCode;
use crate::tables::{Id, Record, Tables};
use chrono::NaiveDate;
use std::fmt;

/// A state of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// 705 districts and 10,599 communes: since Thủ Đức became a city on 1 January 2021 (Resolution
    /// 1111/NQ-UBTVQH14).
    Of2021,
    /// 63 provinces, 696 districts and 10,035 communes: complete since Phú Mỹ became a city on
    /// 1 March 2025 (Resolution 1365/NQ-UBTVQH15).
    Of63,
    /// 34 provinces and 3,321 communes, no districts: from 1 July 2025 (Resolution 202/2025/QH15).
    Today,
}

impl State {
    pub(crate) const LATEST_FIRST: [Self; 3] = [Self::Today, Self::Of63, Self::Of2021];

    /// The state that stands for a day. What was before 2021 is read by the state of 2021.
    pub fn on(day: NaiveDate) -> Self {
        Self::LATEST_FIRST
            .into_iter()
            .find(|state| state.begins() <= day)
            .unwrap_or(Self::Of2021)
    }

    /// The first day, as it stands in `code@valid_from`.
    pub const fn valid_from(self) -> &'static str {
        match self {
            Self::Of2021 => "2021-01-01",
            Self::Of63 => "2025-03-01",
            Self::Today => "2025-07-01",
        }
    }

    pub(crate) fn since(valid_from: &str) -> Option<Self> {
        Self::LATEST_FIRST
            .into_iter()
            .find(|state| state.valid_from() == valid_from)
    }

    const fn begins(self) -> NaiveDate {
        const OF_2021: NaiveDate = NaiveDate::from_ymd_opt(2021, 1, 1).expect("a day of the calendar");
        const OF_63: NaiveDate = NaiveDate::from_ymd_opt(2025, 3, 1).expect("a day of the calendar");
        const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day of the calendar");
        match self {
            Self::Of2021 => OF_2021,
            Self::Of63 => OF_63,
            Self::Today => TODAY,
        }
    }
}

/// How large a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Tỉnh, thành phố trực thuộc trung ương: two digits.
    Province,
    /// Huyện, quận, thị xã, thành phố thuộc tỉnh, until 30 June 2025: three digits.
    District,
    /// Xã, phường, thị trấn, đặc khu: five digits.
    Commune,
}

/// A unit in one state of the map.
#[derive(Clone, Copy)]
pub struct Unit<'a> {
    tables: &'a Tables,
    id: Id,
}

impl<'a> Unit<'a> {
    pub(crate) const fn new(tables: &'a Tables, id: Id) -> Self {
        Self { tables, id }
    }

    fn record(self) -> &'a Record {
        &self.tables.units[self.id as usize]
    }

    /// Its code in the list of the statistics office.
    pub fn code(self) -> UnitCode {
        self.record().code
    }

    /// The state of the map it is a unit of.
    pub fn state(self) -> State {
        self.record().state
    }

    /// How large it is.
    pub fn level(self) -> Level {
        self.record().code.level()
    }

    /// Its name with its kind: `Phường Him Lam`.
    pub fn name(self) -> &'static str {
        self.record().name
    }

    /// `code@valid_from`.
    pub fn value(self) -> String {
        let mut value = String::with_capacity(16);
        self.code().push_to(&mut value);
        value.push('@');
        value.push_str(self.state().valid_from());
        value
    }

    /// Its name and those around it, for people: `Phường Him Lam, Thành phố Điện Biên Phủ, Tỉnh Điện Biên`.
    pub fn label(self) -> String {
        let mut label = self.name().to_owned();
        for around in [self.district(), self.province()].into_iter().flatten() {
            if around != self {
                label.push_str(", ");
                label.push_str(around.name());
            }
        }
        label
    }

    /// The province it lies in; a province lies in itself.
    pub fn province(self) -> Option<Self> {
        Some(Self::new(self.tables, self.record().province))
    }

    /// The district it lies in or is.
    pub fn district(self) -> Option<Self> {
        self.record().district.map(|id| Self::new(self.tables, id))
    }

    /// Whether it lies in `other`, or is it; units of two states are compared as of today: all of this one's
    /// successors lie in successors of the other.
    pub fn is_inside(self, other: Self) -> bool {
        if self.state() == other.state() {
            return self == other || self.district() == Some(other) || self.province() == Some(other);
        }
        let (mine, theirs) = (self.successors(), other.successors());
        !mine.is_empty()
            && mine
                .iter()
                .all(|unit| theirs.iter().any(|around| unit.is_inside(*around)))
    }

    /// The units of today it went to, the most likely first; itself, if it is of today. Empty for eleven
    /// communes of 2021 whose successors nobody wrote down.
    pub fn successors(self) -> Vec<Self> {
        let ids = self.tables.heirs(self.id);
        ids.iter().map(|&id| Self::new(self.tables, id)).collect()
    }
}

impl PartialEq for Unit<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Unit<'_> {}

impl fmt::Debug for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.value(), self.name())
    }
}
