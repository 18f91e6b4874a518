//! Codes of units, and reading a code.

use crate::tables::Id;
use crate::{Level, Places, State};
use chrono::NaiveDate;
use rules::Reading;
use rules::catalogue::place;
use std::fmt;

/// A code in the list of administrative units (Decision 124/2004/QD-TTg and 19/2025/QD-TTg): two digits
/// for a province, three for a district, five for a commune.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitCode {
    level: Level,
    number: u16,
}

impl UnitCode {
    /// The code that two, three or five digits are.
    pub fn parse(text: &str) -> Option<Self> {
        let level = match text.len() {
            2 => Level::Province,
            3 => Level::District,
            5 => Level::Commune,
            _ => return None,
        };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits)?;
        Some(Self { level, number })
    }

    pub(crate) const fn province(number: u16) -> Self {
        Self {
            level: Level::Province,
            number,
        }
    }

    /// The level that codes of this length have.
    pub const fn level(self) -> Level {
        self.level
    }

    /// The digits as a number.
    pub const fn number(self) -> u16 {
        self.number
    }

    const fn digits(self) -> u32 {
        match self.level {
            Level::Province => 2,
            Level::District => 3,
            Level::Commune => 5,
        }
    }

    /// Appends its digits, without the machinery of formatting: a form has a dozen codes.
    pub(crate) fn push_to(self, text: &mut String) {
        for place in (0..self.digits()).rev() {
            let digit = self.number / 10_u16.pow(place) % 10;
            text.push(char::from(b'0' + digit as u8));
        }
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits() as usize;
        write!(f, "{:0digits$}", self.number)
    }
}

/// A text that is a code, perhaps with the first day of its state.
pub(crate) struct Written<'a> {
    digits: &'a str,
    state: Option<State>,
    normal: bool,
}

impl<'a> Written<'a> {
    /// The code that a text is: up to twelve digits, alone or before `@valid_from`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let trimmed = text.trim();
        let (digits, state) = match trimmed.split_once('@') {
            Some((digits, valid_from)) => (digits, Some(State::since(valid_from)?)),
            None => (trimmed, None),
        };
        let is_code = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        is_code.then_some(Self {
            digits,
            state,
            normal: trimmed.len() == text.len() && state == Some(State::Today),
        })
    }
}

impl Places {
    pub(crate) fn read_code(&self, written: Written<'_>, as_of: Option<NaiveDate>) -> Reading {
        let Some(code) = UnitCode::parse(written.digits) else {
            return self.read_shortened(written.digits);
        };
        let heirs = match written.state.or(as_of.map(State::on)) {
            Some(state) => self.meant_in(code, state),
            None => self.meant_in_any(code),
        };
        let reading = match (heirs.as_slice(), code.level()) {
            ([], _) if !self.knows(code) => return Reading::uncertain(&place::CODE_UNKNOWN),
            ([], _) => return Reading::uncertain(&place::SUCCESSOR_UNKNOWN),
            (&[id], _) if written.normal => return Reading::of(self.value(id), &[]),
            (&[id], _) => return Reading::of(self.value(id), &["place.code"]),
            (_, Level::District) => Reading::uncertain(&place::DISTRICT),
            _ if written.state.is_none() && as_of.is_none() && self.is_of_today(code) => {
                Reading::uncertain(&place::CODE_REUSED)
            }
            _ => Reading::uncertain(&place::SPLIT),
        };
        self.with_candidates(reading, &heirs)
    }

    /// Where the unit that had the code in a state went; if none had it then, the one of the latest state.
    fn meant_in(&self, code: UnitCode, state: State) -> Vec<Id> {
        std::iter::once(state)
            .chain(State::LATEST_FIRST)
            .find_map(|state| self.tables.by_code(code, state))
            .map_or_else(Vec::new, |id| self.tables.heirs(id).to_vec())
    }

    /// Where all units went that ever had the code.
    fn meant_in_any(&self, code: UnitCode) -> Vec<Id> {
        let mut heirs = Vec::new();
        for id in State::LATEST_FIRST
            .into_iter()
            .filter_map(|state| self.tables.by_code(code, state))
        {
            self.tables.add_heirs(id, &mut heirs);
        }
        heirs
    }

    fn knows(&self, code: UnitCode) -> bool {
        State::LATEST_FIRST
            .into_iter()
            .any(|state| self.tables.by_code(code, state).is_some())
    }

    fn is_of_today(&self, code: UnitCode) -> bool {
        self.tables.by_code(code, State::Today).is_some()
    }

    /// A spreadsheet takes the zeros from the front of a code. Which level was meant is then a guess.
    fn read_shortened(&self, digits: &str) -> Reading {
        let padded = [2, 3, 5].into_iter().filter(|&length| length > digits.len());
        let mut heirs = Vec::new();
        for code in padded.filter_map(|length| UnitCode::parse(&format!("{digits:0>length$}"))) {
            for id in self.meant_in_any(code) {
                if !heirs.contains(&id) {
                    heirs.push(id);
                }
            }
        }
        let reading = Reading::uncertain(&place::CODE_UNKNOWN);
        self.with_candidates(reading, &heirs)
    }

    pub(crate) fn value(&self, id: Id) -> String {
        crate::Unit::new(&self.tables, id).value()
    }

    /// The reading with what it might be, at most as many as a person looks through.
    pub(crate) fn with_candidates(&self, mut reading: Reading, heirs: &[Id]) -> Reading {
        const SHOWN: usize = 20;
        reading.candidates = heirs.iter().take(SHOWN).map(|&id| self.value(id)).collect();
        reading
    }
}
