//! Households: who lives together, and so which names and numbers stand on each other's forms.

use crate::calendar::{CAMPAIGN_YEAR, Date};
use crate::ethnic::{Group, Groups, Sex};
use crate::numbers::{self, HOUSEHOLDS_IN_BLOCK, PLACES_IN_HOUSEHOLD, PersonalNumber};
use crate::person::{Name, Person, Role};
use crate::places::{Places, ProvinceIndex, WardIndex};
use crate::random::{Draws, Purpose, Weighted};

/// People without a personal number, per thousand.
const WITHOUT_NUMBER: u32 = 180;
/// The youngest whose details a form is filled in for, in years.
const YOUNGEST: i32 = 6;

/// A household, with empty places where nobody lives.
#[derive(Clone, Debug)]
pub struct Household {
    /// The household's number in the population.
    pub index: u64,
    pub(crate) home: ProvinceIndex,
    pub(crate) ward: WardIndex,
    pub(crate) village: &'static str,
    /// By place: head, spouse, the head's parent, first to third child.
    pub places: [Option<Person>; PLACES_IN_HOUSEHOLD as usize],
}

impl Household {
    /// Who lives there.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.places.iter().flatten()
    }

    /// The head, who is always there.
    pub fn head(&self) -> &Person {
        self.places[0].as_ref().expect("a household has a head")
    }

    /// The person married to `person`, of those in the household.
    pub fn spouse_of(&self, person: &Person) -> Option<&Person> {
        match person.role {
            Role::Head => self.places[1].as_ref(),
            Role::Spouse => self.places[0].as_ref(),
            Role::Elder | Role::Child => None,
        }
    }

    /// The parent of that sex, of those in the household.
    pub fn parent_of(&self, person: &Person, sex: Sex) -> Option<&Person> {
        let parents = match person.role {
            Role::Child => &self.places[0..2],
            Role::Head => &self.places[2..3],
            Role::Spouse | Role::Elder => &[],
        };
        parents.iter().flatten().find(|parent| parent.sex == sex)
    }
}

/// The population under one seed and one list of provinces. Nothing is kept: a household is derived
/// anew whenever it is needed, from its number alone.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    pub(crate) seed: u64,
    homes: Weighted<ProvinceIndex>,
}

/// Birth years by place, before the block's shift; from the block's own draws only.
struct BirthYears {
    head: i32,
    spouse: i32,
    elder: i32,
    children: [i32; 3],
}

impl BirthYears {
    fn of(seed: u64, household: u64) -> Self {
        let mut draws = Draws::keyed(seed, Purpose::BirthYears, household % HOUSEHOLDS_IN_BLOCK);
        let shift = numbers::birth_year_shift(household);
        let head = draws.between(1950, 1995) + shift;
        let spouse = head + draws.between(-5, 5);
        let elder = head - draws.between(20, 33);
        let first = head.max(spouse) + draws.between(19, 27);
        let twins = draws.chance(15);
        let second = if twins { first } else { first + draws.between(1, 6) };
        Self {
            head,
            spouse,
            elder,
            children: [first, second, second + draws.between(1, 6)],
        }
    }
}

impl Population {
    pub(crate) fn new(seed: u64, homes: impl IntoIterator<Item = (ProvinceIndex, u32)>) -> Self {
        Self {
            seed,
            homes: Weighted::new(homes),
        }
    }

    /// One of the provinces of the list, by its weight.
    pub(crate) fn home(&self, draws: &mut Draws) -> ProvinceIndex {
        self.homes.pick(draws)
    }

    pub(crate) fn household(&self, index: u64) -> Household {
        let mut draws = Draws::keyed(self.seed, Purpose::Household, index);
        let years = BirthYears::of(self.seed, index);
        let home = self.homes.pick(&mut draws);
        let group = Groups::all().in_province(home, &mut draws);
        let ward = Places::all().ward_in(home, &mut draws);
        let village = group.villages.pick(&mut draws);
        let mut home = Household {
            index,
            home,
            ward,
            village,
            places: Default::default(),
        };

        let sex = if draws.chance(780) { Sex::Male } else { Sex::Female };
        let elder_sex = if draws.chance(350) { Sex::Male } else { Sex::Female };
        let has_elder = draws.chance(300) && years.elder >= 1926;
        if has_elder {
            home.places[2] = Some(self.person(&home, 2, Role::Elder, group, elder_sex, years.elder));
        }
        home.places[0] = Some(self.person(&home, 0, Role::Head, group, sex, years.head));
        if draws.chance(820) {
            let mixed = draws.chance(80);
            let theirs = if mixed {
                Groups::all().in_province(home.home, &mut draws)
            } else {
                group
            };
            home.places[1] = Some(self.person(&home, 1, Role::Spouse, theirs, sex.opposite(), years.spouse));
        }
        let twins = years.children[0] == years.children[1];
        let mut present = [750, 600, 250].map(|per_mille| draws.chance(per_mille));
        present[1] |= twins && present[0];
        for (at, &year) in years.children.iter().enumerate() {
            let moved_out = year < 1990 && draws.chance(650);
            let sex = if draws.chance(520) { Sex::Male } else { Sex::Female };
            if present[at] && !moved_out && year <= CAMPAIGN_YEAR - YOUNGEST {
                let group = home
                    .parent_of_children(Sex::Male)
                    .map_or(group, |father| father.group);
                home.places[3 + at] = Some(self.person(&home, 3 + at, Role::Child, group, sex, year));
            }
        }
        home
    }

    fn person(
        &self,
        home: &Household,
        place: usize,
        role: Role,
        group: &'static Group,
        sex: Sex,
        year: i32,
    ) -> Person {
        let places = Places::all();
        let index = home.index * PLACES_IN_HOUSEHOLD + place as u64;
        let mut draws = Draws::keyed(self.seed, Purpose::Person, index);
        let twin = home.places[3]
            .as_ref()
            .filter(|first| place == 4 && first.born.year == year);
        let born = twin.map_or_else(|| birthday(year, &mut draws), |first| first.born);
        let birth_ward = match draws.below(100) {
            _ if twin.is_some() => twin.map_or(home.ward, |first| first.birth_ward),
            0..70 => home.ward,
            70..90 => places.ward_in(home.home, &mut draws),
            _ => places.ward_anywhere(&mut draws),
        };
        let mut name = Name::draw(group, sex, home.surname_handed_to(role), &mut draws);
        while home.people().any(|other| other.name == name) {
            name.given = group.given(sex).pick(&mut draws);
        }
        let province: u32 = places.province_of(birth_ward).code.parse().unwrap_or(0);
        let number = PersonalNumber::new(province, sex, born, numbers::serial(self.seed, index));
        let personal_number = (!draws.chance(WITHOUT_NUMBER)).then_some(number);
        Person {
            index,
            role,
            group,
            sex,
            name,
            born,
            birth_ward,
            personal_number,
        }
    }
}

impl Household {
    fn parent_of_children(&self, sex: Sex) -> Option<&Person> {
        self.places[0..2]
            .iter()
            .flatten()
            .find(|parent| parent.sex == sex)
    }

    /// Children have their father's family name, or their mother's when no father lives there.
    fn surname_handed_to(&self, role: Role) -> Option<&'static str> {
        let father = match role {
            Role::Child => self.parent_of_children(Sex::Male).or(self.places[0].as_ref()),
            Role::Head => self.places[2].as_ref().filter(|elder| elder.sex == Sex::Male),
            Role::Spouse | Role::Elder => None,
        };
        father.map(|father| father.name.surname)
    }
}

/// Older people often don't know the day: their papers say the first of January.
fn birthday(year: i32, draws: &mut Draws) -> Date {
    if year < 1975 && draws.chance(60) {
        return Date {
            year,
            month: 1,
            day: 1,
        };
    }
    Date::clamped(year, 1 + draws.below(12), 1 + draws.below(31))
}
