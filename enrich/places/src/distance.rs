//! How far a way to understand a text is from its plain meaning: by the province, the district and the day.

use crate::State;
use crate::chain::Search;
use crate::region::Region;
use crate::tables::Id;

/// The province a chain lies in, and how far that is from the plain meaning.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) region: Option<Region>,
    pub(crate) penalty: u8,
    pub(crate) named: bool,
}

impl Search<'_> {
    /// How far a unit is from a scope; `None` if it isn't inside.
    pub(crate) fn distance(&self, unit: Id, scope: Scope) -> Option<u8> {
        match scope.region {
            Some(region) => Some(scope.penalty + region.distance(&self.places.tables, unit)?),
            None => Some(0),
        }
    }

    /// How far a commune is from a district; `None` if it isn't inside.
    pub(crate) fn distance_to(&self, commune: Id, district: Id) -> Option<u8> {
        let tables = &self.places.tables;
        let (inner, outer) = (tables.unit(commune), tables.unit(district));
        if inner.state == State::Today {
            // A commune of today behind a district that is no more.
            return tables.heirs(district).contains(&commune).then_some(2);
        }
        if inner.state == outer.state {
            return (inner.district == Some(district)).then_some(0);
        }
        let same = inner
            .district
            .is_some_and(|id| tables.unit(id).code == outer.code);
        same.then_some(0)
    }

    /// 1 for a unit of a state that isn't the one of the day.
    pub(crate) fn lateness(&self, state: State) -> u8 {
        let Some(day) = self.as_of else { return 0 };
        u8::from(match State::on(day) {
            State::Of2021 => state == State::Today,
            then => state != then,
        })
    }

    /// The same behind a district: who names one writes as before the reform, whatever the day.
    pub(crate) fn lateness_in_district(&self, state: State) -> u8 {
        match self.as_of.map(State::on) {
            Some(State::Today) => 0,
            _ => self.lateness(state),
        }
    }
}
