//! Administrative units of Viet Nam in three states of the map, by code and read from free text.
//!
//! What was written is read as of a day ([`Context::as_of`]) and answered with the unit in force today,
//! `code@valid_from`. The three states:
//!
//! | state | units | stands for |
//! |---|---|---|
//! | [`State::Of2021`] | 63 provinces, 705 districts, 10,599 communes | until 28 February 2025; what was before 2021 is read as old names |
//! | [`State::Of63`] | 63, 696, 10,035 | 1 March to 30 June 2025 |
//! | [`State::Today`] | 34 provinces, 3,321 communes, no districts | from 1 July 2025 (Resolution 202/2025/QH15, Law 72/2025/QH15) |
//!
//! A code or name may mean different units in different states. The day decides. Without a day an answer
//! is certain only if all meanings lead to the same unit of today. A day never makes an old unit
//! unreadable: who fills in a form in August 2025 still writes the district of the birth certificate.
//!
//! **Invariant:** no clock, no network, no disk, no randomness: the tables are compiled in, an answer is a
//! function of text and context. The cache of [`Places::read`] only remembers answers.

mod cache;
mod chain;
mod code;
mod distance;
mod index;
mod leftover;
mod likeness;
mod locality;
mod mention;
mod nearest;
mod outcome;
mod region;
mod tables;
mod title;
mod unit;
mod words;

pub use code::UnitCode;
pub use unit::{Level, State, Unit};

use chrono::NaiveDate;
use index::Index;
use rules::Reading;
use std::sync::LazyLock;
use tables::Tables;

/// The units of all three states, and the ways to find them.
pub struct Places {
    tables: Tables,
    index: Index,
}

/// What is known beside the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// The day the text speaks of: the day it was written, or a day on the paper it was copied from.
    pub as_of: Option<NaiveDate>,
    /// The province the place lies in, as code or name, where another field says so. A province in the
    /// text itself weighs more.
    pub province: Option<&'a str>,
}

impl Places {
    /// The compiled tables, read on first use.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Places> = LazyLock::new(Places::load);
        &SHARED
    }

    /// Reads the compiled tables. Takes some milliseconds: use [`Places::shared`].
    pub fn load() -> Self {
        let tables = Tables::load();
        let index = Index::of(&tables);
        Self { tables, index }
    }

    /// Reads a code or a text: the unit in force today as `code@valid_from`, or why there is no certain one.
    pub fn read(&self, text: &str, context: Context<'_>) -> Reading {
        let whole = || cache::remembered(text, context, || self.read_afresh(text, context));
        let Some(behind) = locality::behind(text) else {
            return whole();
        };
        let reading = cache::remembered(behind, context, || self.read_afresh(behind, context));
        if reading.value.is_some() { reading } else { whole() }
    }

    /// Reads without looking whether the same text was read before.
    pub fn read_afresh(&self, text: &str, context: Context<'_>) -> Reading {
        match code::Written::parse(text) {
            Some(code) => self.read_code(code, context.as_of),
            None => outcome::of_text(self, text, context),
        }
    }

    /// The unit a code means on a day; without a day, or if no unit had the code then, in the latest state
    /// that knows it.
    pub fn unit(&self, code: &str, as_of: Option<NaiveDate>) -> Option<Unit<'_>> {
        let code = UnitCode::parse(code)?;
        let then = as_of.map(State::on);
        then.into_iter()
            .chain(State::LATEST_FIRST)
            .find_map(|state| self.unit_in(code, state))
    }

    /// The unit of a code in one state.
    pub fn unit_in(&self, code: UnitCode, state: State) -> Option<Unit<'_>> {
        self.tables
            .by_code(code, state)
            .map(|id| Unit::new(&self.tables, id))
    }

    /// The one province that a code or a name alone means on a day, in the map of that day.
    pub fn province(&self, text: &str, as_of: Option<NaiveDate>) -> Option<Unit<'_>> {
        let region = self.region_of_context(text, as_of)?;
        let states = match as_of.map(State::on) {
            Some(State::Today) | None => [State::Today, State::Of63],
            Some(State::Of2021 | State::Of63) => [State::Of63, State::Today],
        };
        let code = |state| region.only(state).and_then(|code| self.unit_in(code, state));
        states.into_iter().find_map(code)
    }

    /// The unit that a `code@valid_from` names.
    pub fn unit_of_value(&self, value: &str) -> Option<Unit<'_>> {
        let (code, valid_from) = value.split_once('@')?;
        let state = State::since(valid_from)?;
        self.unit_in(UnitCode::parse(code)?, state)
    }

    /// All units of a state.
    pub fn units(&self, state: State) -> impl Iterator<Item = Unit<'_>> {
        (0..self.tables.units.len() as u16)
            .map(|id| Unit::new(&self.tables, id))
            .filter(move |unit| unit.state() == state)
    }
}
