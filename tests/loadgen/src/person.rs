//! A person of the synthetic population.

use crate::calendar::Date;
use crate::ethnic::{Group, Sex};
use crate::numbers::PersonalNumber;
use crate::places::WardIndex;
use crate::random::Draws;

/// A name in its three parts, family name first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Family name. Example: Lò
    pub surname: &'static str,
    /// Middle name or names, sometimes empty. Example: Văn
    pub middle: &'static str,
    /// Given name. Example: Pâng
    pub given: &'static str,
}

impl Name {
    /// The whole name with single spaces.
    pub fn full(self) -> String {
        let Self {
            surname,
            middle,
            given,
        } = self;
        if middle.is_empty() {
            format!("{surname} {given}")
        } else {
            format!("{surname} {middle} {given}")
        }
    }

    /// A name usual in the group; the family name is drawn unless one is handed down.
    pub(crate) fn draw(group: &Group, sex: Sex, surname: Option<&'static str>, draws: &mut Draws) -> Self {
        let drawn = group.surnames.pick(draws);
        let middle = if draws.chance(25) {
            ""
        } else {
            group.middle(sex).pick(draws)
        };
        Self {
            surname: surname.unwrap_or(drawn),
            middle,
            given: group.given(sex).pick(draws),
        }
    }
}

/// The place a person has in a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Role {
    Head,
    Spouse,
    /// The head's father or mother.
    Elder,
    Child,
}

/// A person: everything here is true, whatever an application then says.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Person {
    /// The person's number in the population: household times six, plus the place in it.
    pub index: u64,
    pub role: Role,
    pub group: &'static Group,
    pub sex: Sex,
    pub name: Name,
    pub born: Date,
    pub(crate) birth_ward: WardIndex,
    /// 18 in 100 have none yet.
    pub personal_number: Option<PersonalNumber>,
}
