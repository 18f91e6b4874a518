//! Families: parents, their children in the order of their births, twins among them.

use crate::calendar::{CAMPAIGN_YEAR, Date};
use crate::ethnic::{Group, Groups, Sex};
use crate::numbers::PersonalNumber;
use crate::person::Name;
use crate::places::{Places, ProvinceIndex, WardIndex};
use crate::random::{Draws, Purpose, Weighted};

/// Births of two, per thousand.
const TWINS: u32 = 16;
/// Sons named like their fathers, per thousand.
const NAMED_LIKE_FATHER: u32 = 120;
/// People without a personal number, per thousand.
const WITHOUT_NUMBER: u32 = 130;

/// Names one mark or one letter apart.
const ALIKE: &[(&str, &str)] = &[
    ("Hùng", "Hưng"),
    ("Hoa", "Hoà"),
    ("Lan", "Lân"),
    ("Hằng", "Hạnh"),
    ("Thu", "Thư"),
    ("Sơn", "Sang"),
    ("Long", "Lâm"),
    ("Tuấn", "Tuân"),
    ("Hương", "Hường"),
    ("Nga", "Ngà"),
    ("Minh", "Mịnh"),
    ("Thanh", "Thành"),
    ("Hà", "Hạ"),
    ("Dung", "Dũng"),
    ("Quân", "Quang"),
    ("Pâng", "Páng"),
    ("Mai", "Mỵ"),
    ("Vân", "Văn"),
    ("Linh", "Lĩnh"),
    ("Sua", "Súa"),
];

#[derive(Clone, Debug)]
pub(super) struct Kin {
    pub index: u64,
    pub sex: Sex,
    pub name: Name,
    pub born: Date,
    pub birth_ward: WardIndex,
    pub number: Option<PersonalNumber>,
    pub old_number: Option<String>,
    pub phone: Option<String>,
    /// Indexes in the family; none for those whose parents belong to no family here.
    pub father: Option<usize>,
    pub mother: Option<usize>,
    pub spouse: Option<usize>,
    pub twin: Option<usize>,
    /// Parents outside the family.
    pub elders: Option<(Name, Name, i32)>,
}

#[derive(Clone, Debug)]
pub(super) struct Family {
    pub home: WardIndex,
    pub group: &'static Group,
    pub household_number: u64,
    pub people: Vec<Kin>,
}

impl Family {
    pub fn draw(seed: u64, index: u64, first: u64, homes: &Weighted<ProvinceIndex>) -> Self {
        let mut draws = Draws::keyed(seed, Purpose::Kin, index);
        let province = homes.pick(&mut draws);
        let group = Groups::all().in_province(province, &mut draws);
        let home = Places::all().ward_in(province, &mut draws);
        let mut family = Self {
            home,
            group,
            household_number: 100_000_000 + index * 37,
            people: Vec::new(),
        };
        let born = 1952 + draws.between(0, 46);
        family.add_parent(first, Sex::Male, born, &mut draws);
        family.add_parent(first, Sex::Female, born + draws.between(-3, 5), &mut draws);
        family.people[0].spouse = Some(1);
        family.people[1].spouse = Some(0);
        let mut year = born + draws.between(20, 29);
        for _ in 0..draws.below(5) {
            if year > CAMPAIGN_YEAR - 6 {
                break;
            }
            family.add_children(first, year, &mut draws);
            year += draws.between(1, 5);
        }
        let line = phone(&mut draws);
        for person in &mut family.people {
            person.phone = match draws.below(100) {
                0..35 => Some(line.clone()),
                35..75 => Some(phone(&mut draws)),
                _ => None,
            };
        }
        family
    }

    fn add_parent(&mut self, first: u64, sex: Sex, year: i32, draws: &mut Draws) {
        let name = Name::draw(self.group, sex, None, draws);
        let elders = (
            Name::draw(self.group, Sex::Male, Some(name.surname), draws),
            Name::draw(self.group, Sex::Female, None, draws),
            year - draws.between(20, 35),
        );
        let birth_ward = self.birth_ward(draws);
        let born = birthday(year, draws);
        let mut person = self.person(first, sex, name, born, birth_ward, draws);
        person.elders = Some(elders);
        self.people.push(person);
    }

    fn add_children(&mut self, first: u64, year: i32, draws: &mut Draws) {
        let sex = if draws.chance(515) { Sex::Male } else { Sex::Female };
        let mut name = Name::draw(self.group, sex, Some(self.people[0].name.surname), draws);
        if sex == Sex::Male && draws.chance(NAMED_LIKE_FATHER) {
            let father = self.people[0].name;
            name = Name {
                given: if draws.chance(300) {
                    father.given
                } else {
                    alike(father.given).unwrap_or(name.given)
                },
                ..father
            };
        }
        while self
            .people
            .iter()
            .any(|known| known.name == name && known.father.is_some())
        {
            name.given = self.group.given(sex).pick(draws);
        }
        let born = birthday(year, draws);
        let birth_ward = self.birth_ward(draws);
        let child = self.child(first, sex, name, born, birth_ward, draws);
        let number = child.number;
        self.people.push(child);
        if draws.chance(TWINS) {
            let sex = if draws.chance(650) { sex } else { sex.opposite() };
            let mut other = Name::draw(self.group, sex, Some(name.surname), draws);
            if draws.chance(500) {
                other = match draws.below(3) {
                    0 => alike(name.given).map_or(other, |given| Name { given, ..name }),
                    1 => Name {
                        given: other.given,
                        ..name
                    },
                    _ => Name {
                        middle: other.middle,
                        ..name
                    },
                };
            }
            while other == name {
                other.given = self.group.given(sex).pick(draws);
            }
            let mut twin = self.child(first, sex, other, born, birth_ward, draws);
            if let (Some(_), Some(first), true) = (twin.number, number, draws.chance(400)) {
                let province = province_code(birth_ward);
                twin.number = Some(PersonalNumber::new(
                    province,
                    sex,
                    born,
                    (first.serial() + 1) % 1_000_000,
                ));
            }
            let first = self.people.len() - 1;
            twin.twin = Some(first);
            self.people[first].twin = Some(first + 1);
            self.people.push(twin);
        }
    }

    fn child(
        &self,
        first: u64,
        sex: Sex,
        name: Name,
        born: Date,
        birth_ward: WardIndex,
        draws: &mut Draws,
    ) -> Kin {
        let mut person = self.person(first, sex, name, born, birth_ward, draws);
        (person.father, person.mother) = (Some(0), Some(1));
        person
    }

    fn person(
        &self,
        first: u64,
        sex: Sex,
        name: Name,
        born: Date,
        birth_ward: WardIndex,
        draws: &mut Draws,
    ) -> Kin {
        let province = province_code(birth_ward);
        let number = PersonalNumber::new(province, sex, born, draws.below(1_000_000));
        let adult = born.year < CAMPAIGN_YEAR - 22;
        Kin {
            index: first + self.people.len() as u64,
            sex,
            name,
            born,
            birth_ward,
            number: (!draws.chance(WITHOUT_NUMBER)).then_some(number),
            old_number: (adult && draws.chance(600))
                .then(|| format!("{:02}{:07}", 1 + province % 30, draws.below(10_000_000))),
            phone: None,
            father: None,
            mother: None,
            spouse: None,
            twin: None,
            elders: None,
        }
    }

    fn birth_ward(&self, draws: &mut Draws) -> WardIndex {
        match draws.below(100) {
            0..75 => self.home,
            75..90 => Places::all().ward_in(Places::all().ward(self.home).province_index(), draws),
            _ => Places::all().ward_anywhere(draws),
        }
    }
}

pub(super) fn alike(given: &str) -> Option<&'static str> {
    ALIKE.iter().find_map(|&(one, other)| match given {
        _ if given == one => Some(other),
        _ if given == other => Some(one),
        _ => None,
    })
}

fn province_code(ward: WardIndex) -> u32 {
    Places::all().province_of(ward).code.parse().unwrap_or(1)
}

fn phone(draws: &mut Draws) -> String {
    let prefix = draws.pick(&["032", "035", "038", "086", "091", "094", "096", "097", "098"]);
    format!("{prefix}{:07}", draws.below(10_000_000))
}

fn birthday(year: i32, draws: &mut Draws) -> Date {
    if year < 1975 && draws.chance(80) {
        return Date {
            year,
            month: 1,
            day: 1,
        };
    }
    Date::clamped(year, 1 + draws.below(12), 1 + draws.below(31))
}
