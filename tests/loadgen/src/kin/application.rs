//! One application of a person: what a clerk writes of what is true.

use super::family::{Family, Kin, alike};
use crate::calendar::{CAMPAIGN_YEAR, Date, DateForm};
use crate::facts::{unmarked, written_sex};
use crate::person::Name;
use crate::places::{Places, ProvinceIndex, WardIndex};
use crate::random::{Draws, Weighted};
use schemas::{Applicant, Field};

// Shares per thousand applications.
const NUMBER_LEFT_OUT: u32 = 60;
const NUMBER_MISTYPED: u32 = 12;
const NUMBER_OF_ANOTHER: u32 = 5;
const UNMARKED: u32 = 80;
const CAPITALS: u32 = 150;
const NAME_MISTYPED: u32 = 20;
const MARK_MISTYPED: u32 = 8;
const MIDDLE_LEFT_OUT: u32 = 12;
const DATE_SLIP: u32 = 25;
const MOVED: u32 = 120;

pub(super) fn write(
    family: &Family,
    person: &Kin,
    n: u32,
    homes: &Weighted<ProvinceIndex>,
    draws: &mut Draws,
) -> Applicant {
    let mut form = Applicant::default();
    let mut put = |field, value: String| form.set(field, Some(value).filter(|value| !value.is_empty()));
    put(Field::FullName, written_name(person.name, draws));
    put(Field::DateOfBirth, written_date(person.born, draws));
    if !draws.chance(15) {
        put(Field::Sex, written_sex(person.sex, draws).to_owned());
    }
    if let Some(number) = number(family, person, draws) {
        put(Field::PersonalNumber, number);
    }
    if let Some(old) = person.old_number.clone().filter(|_| draws.chance(600)) {
        put(
            Field::OldNumber,
            if draws.chance(15) {
                mistyped(&old, draws)
            } else {
                old
            },
        );
    }
    let places = Places::all();
    if draws.chance(940) {
        put(
            Field::BirthProvince,
            places.province_of(person.birth_ward).code.to_owned(),
        );
    }
    if draws.chance(700) {
        put(
            Field::BirthCommune,
            places.ward(person.birth_ward).code.to_owned(),
        );
    }
    let here: WardIndex = if n > 0 && draws.chance(MOVED) {
        places.ward_in(homes.pick(draws), draws)
    } else {
        family.home
    };
    if draws.chance(930) {
        put(
            Field::PermanentCommune,
            places
                .ward(if draws.chance(500) { family.home } else { here })
                .code
                .to_owned(),
        );
    }
    if draws.chance(600) {
        put(Field::CurrentCommune, places.ward(here).code.to_owned());
    }
    parents(family, person, draws, &mut put);
    let adult = person.born.year < CAMPAIGN_YEAR - 20;
    if let Some(spouse) = person.spouse.filter(|_| adult && draws.chance(750)) {
        put(Field::SpouseName, written_name(family.people[spouse].name, draws));
    }
    if let Some(phone) = person.phone.clone().filter(|_| draws.chance(800)) {
        put(Field::Phone, phone);
    }
    if draws.chance(500) {
        put(Field::HouseholdNumber, family.household_number.to_string());
    }
    if draws.chance(900) {
        put(Field::Ethnicity, family.group.name.to_owned());
    }
    rewrite(&mut form, draws);
    form
}

fn parents(family: &Family, person: &Kin, draws: &mut Draws, put: &mut impl FnMut(Field, String)) {
    let of = |index: Option<usize>| index.map(|at| (family.people[at].name, family.people[at].born.year));
    let (father, mother) = match &person.elders {
        Some((father, mother, year)) => (Some((*father, *year)), Some((*mother, *year + 2))),
        None => (of(person.father), of(person.mother)),
    };
    for (parent, name, born) in [
        (father, Field::FatherName, Field::FatherDateOfBirth),
        (mother, Field::MotherName, Field::MotherDateOfBirth),
    ] {
        if let Some((parent, year)) = parent.filter(|_| draws.chance(850)) {
            put(name, written_name(parent, draws));
            if draws.chance(400) {
                put(born, year.to_string());
            }
        }
    }
}

fn number(family: &Family, person: &Kin, draws: &mut Draws) -> Option<String> {
    if draws.chance(NUMBER_OF_ANOTHER) {
        let other = &family.people[draws.below(family.people.len() as u32) as usize];
        return other.number.map(|number| number.to_string());
    }
    let number = person
        .number
        .filter(|_| !draws.chance(NUMBER_LEFT_OUT))?
        .to_string();
    Some(if draws.chance(NUMBER_MISTYPED) {
        mistyped(&number, draws)
    } else {
        number
    })
}

fn mistyped(number: &str, draws: &mut Draws) -> String {
    let mut digits: Vec<u8> = number.bytes().collect();
    let at = digits.len() - 1 - draws.below(6) as usize;
    if draws.chance(300) && at + 1 < digits.len() && digits[at] != digits[at + 1] {
        digits.swap(at, at + 1);
    } else {
        digits[at] = b'0' + (digits[at] - b'0' + 1 + draws.below(9) as u8) % 10;
    }
    digits.into_iter().map(char::from).collect()
}

fn written_name(name: Name, draws: &mut Draws) -> String {
    let mut name = name;
    if draws.chance(MIDDLE_LEFT_OUT) {
        name.middle = "";
    }
    if draws.chance(MARK_MISTYPED) {
        name.given = alike(name.given).unwrap_or(name.given);
    }
    let mut full = name.full();
    if draws.chance(NAME_MISTYPED) {
        let letters: Vec<char> = full.chars().collect();
        let at = draws.below(letters.len() as u32) as usize;
        full = match draws.below(3) {
            0 => letters
                .iter()
                .enumerate()
                .filter(|(n, c)| *n != at || **c == ' ')
                .map(|(_, c)| *c)
                .collect(),
            1 => {
                let mut doubled = letters.clone();
                doubled.insert(at, letters[at]);
                doubled.into_iter().collect()
            }
            _ => {
                let mut other = letters.clone();
                if other[at] != ' ' {
                    other[at] = draws.pick(&['a', 'e', 'h', 'i', 'n', 'o', 't', 'u']);
                }
                other.into_iter().collect()
            }
        };
    }
    full
}

fn written_date(born: Date, draws: &mut Draws) -> String {
    let Date { year, month, day } = born;
    if draws.chance(DATE_SLIP) {
        let slipped = match draws.below(4) {
            0 if day <= 12 => Date {
                year,
                month: day,
                day: month,
            },
            1 => Date {
                year: year + draws.between(-1, 1),
                month,
                day,
            },
            2 => Date::clamped(year, month, 1 + draws.below(28)),
            _ => Date::clamped(year, 1 + draws.below(12), day),
        };
        return slipped.written(DateForm::Slashes);
    }
    let form = match draws.below(100) {
        0..80 => DateForm::Slashes,
        80..90 => DateForm::Short,
        90..96 => DateForm::Iso,
        96..98 => DateForm::Dots,
        _ => DateForm::YearOnly,
    };
    born.written(form)
}

/// Habits of a clerk: capitals, or no marks at all.
fn rewrite(form: &mut Applicant, draws: &mut Draws) {
    let rewrite: fn(&str) -> String = match draws.below(1000) {
        n if n < UNMARKED => unmarked,
        n if n < UNMARKED + CAPITALS => str::to_uppercase,
        _ => return,
    };
    for field in [
        Field::FullName,
        Field::FatherName,
        Field::MotherName,
        Field::SpouseName,
    ] {
        let rewritten = form.get(field).map(rewrite);
        form.set(field, rewritten);
    }
}
