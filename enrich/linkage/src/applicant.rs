//! Applicants as records: which columns the fields of a form make, and the keys they are found by.

use crate::compare::{Comparator, packed_date, packed_number, unit};
use crate::dictionary::{Dictionary, has_marks};
use crate::model::{Column, Frequency, Key, Model, Role};
use crate::records::Record;
use normalise::Date;
use normalise::name::split;
use normalise::number::is_personal_number;
use places::{Places, State, UnitCode};
use schemas::Field;

/// A column made of an applicant's fields.
struct Made {
    name: &'static str,
    comparator: Comparator,
    role: Role,
    frequency: Frequency,
    from: &'static [Field],
}

const fn made(name: &'static str, comparator: Comparator, role: Role, from: &'static [Field]) -> Made {
    Made {
        name,
        comparator,
        role,
        frequency: Frequency::Ignored,
        from,
    }
}

const fn rare(made: Made, frequency: Frequency) -> Made {
    Made { frequency, ..made }
}

const COLUMNS: &[Made] = &[
    made(
        "personal_number",
        Comparator::Number,
        Role::Person,
        &[Field::PersonalNumber],
    ),
    made(
        "date_of_birth",
        Comparator::Date,
        Role::Birth,
        &[Field::DateOfBirth],
    ),
    rare(
        made(
            "given_name",
            Comparator::Name,
            Role::Person,
            &[Field::FullName, Field::GivenName],
        ),
        Frequency::Overall,
    ),
    rare(
        made(
            "surname",
            Comparator::Name,
            Role::Family,
            &[Field::FullName, Field::Surname],
        ),
        Frequency::ByProvince,
    ),
    made("sex", Comparator::Category, Role::Person, &[Field::Sex]),
    made(
        "abode",
        Comparator::Abode,
        Role::Household,
        &[
            Field::BirthProvince,
            Field::BirthCommune,
            Field::PermanentCommune,
            Field::CurrentCommune,
        ],
    ),
    rare(
        made(
            "father_name",
            Comparator::Name,
            Role::Parents,
            &[Field::FatherName],
        ),
        Frequency::Overall,
    ),
    rare(
        made(
            "mother_name",
            Comparator::Name,
            Role::Parents,
            &[Field::MotherName],
        ),
        Frequency::Overall,
    ),
    made(
        "old_number",
        Comparator::Number,
        Role::Person,
        &[Field::OldNumber],
    ),
    made(
        "father_date_of_birth",
        Comparator::Date,
        Role::Parents,
        &[Field::FatherDateOfBirth],
    ),
    made(
        "mother_date_of_birth",
        Comparator::Date,
        Role::Parents,
        &[Field::MotherDateOfBirth],
    ),
    made(
        "father_number",
        Comparator::Number,
        Role::Parents,
        &[Field::FatherNumber],
    ),
    made(
        "mother_number",
        Comparator::Number,
        Role::Parents,
        &[Field::MotherNumber],
    ),
    rare(
        made(
            "spouse_name",
            Comparator::Name,
            Role::Person,
            &[Field::SpouseName],
        ),
        Frequency::Overall,
    ),
    made(
        "spouse_number",
        Comparator::Number,
        Role::Person,
        &[Field::SpouseNumber],
    ),
    made("phone", Comparator::Number, Role::Household, &[Field::Phone]),
    made(
        "passport_number",
        Comparator::Text,
        Role::Person,
        &[Field::PassportNumber],
    ),
    made(
        "household_number",
        Comparator::Text,
        Role::Household,
        &[Field::HouseholdNumber],
    ),
    made(
        "ethnicity",
        Comparator::Category,
        Role::Family,
        &[Field::Ethnicity],
    ),
];

/// The keys that bring applicants together.
const KEYS: &[&str] = &[
    "surname + given_name:last + date_of_birth",
    "given_name:last + date_of_birth",
    "surname + given_name:last + date_of_birth:year + abode:birth_province",
    "father_name + date_of_birth",
    "mother_name + given_name:last + date_of_birth:year",
    "given_name:last + date_of_birth:year + abode:commune",
    "personal_number",
    "old_number",
    "phone",
];

/// The columns that these fields of an applicant make.
pub fn columns(fields: &[Field]) -> Vec<Column> {
    let made = COLUMNS
        .iter()
        .filter(|made| made.from.iter().any(|field| fields.contains(field)));
    made.map(|made| Column {
        name: made.name.to_owned(),
        comparator: made.comparator,
        role: made.role,
        frequency: made.frequency,
        swaps_with: None,
        of_applicant: true,
    })
    .collect()
}

/// The fields that a column of this name is made of.
pub(crate) fn sources(name: &str) -> &'static [Field] {
    let made = COLUMNS.iter().find(|made| made.name == name);
    made.map_or(&[], |made| made.from)
}

/// Whether a field is compared, alone or as a part of a column.
pub(crate) fn is_compared(field: Field) -> bool {
    field == Field::MiddleName || COLUMNS.iter().any(|made| made.from.contains(&field))
}

/// The usual keys over those of the columns that there are.
pub fn keys(columns: &[Column]) -> Vec<Key> {
    KEYS.iter()
        .filter_map(|key| Model::key(columns, key).ok())
        .collect()
}

/// The model of whole applicants.
pub fn model() -> Model {
    let columns = columns(Field::ALL);
    let keys = keys(&columns);
    Model::new(columns, keys)
}

/// Puts an applicant's normalised fields into the columns of a record that are made of them.
pub fn fill<'a>(
    model: &Model,
    dictionary: &mut Dictionary,
    get: impl Fn(Field) -> Option<&'a str>,
    record: &mut Record,
) {
    record.slots.resize(model.width(), 0);
    let name = get(Field::FullName).map(split);
    let texts = [
        Field::FullName,
        Field::FatherName,
        Field::MotherName,
        Field::SpouseName,
        Field::Surname,
        Field::GivenName,
        Field::HomeTown,
    ];
    record.marked |= texts.into_iter().filter_map(&get).any(has_marks);
    record.certain_number = get(Field::PersonalNumber).is_some_and(is_personal_number);
    for (n, column) in model
        .columns()
        .iter()
        .enumerate()
        .filter(|(_, column)| column.of_applicant)
    {
        let Some(made) = COLUMNS.iter().find(|made| made.name == column.name) else {
            continue;
        };
        let slots = &mut record.slots[model.slots(n)];
        let first = get(made.from[0]);
        match (made.name, made.comparator) {
            ("surname", _) => {
                let surname = name.as_ref().map(|name| name.surname).or(get(Field::Surname));
                slots[0] = dictionary.symbol(surname.unwrap_or_default());
            }
            ("given_name", _) => {
                let given = match &name {
                    Some(name) => own_name(name.middle, name.given),
                    None => own_name(
                        get(Field::MiddleName).unwrap_or_default(),
                        get(Field::GivenName).unwrap_or_default(),
                    ),
                };
                slots[0] = dictionary.symbol(&given);
            }
            // The family name of the father is that of the child: what it says was said there.
            ("father_name", _) => {
                let father = first.map(split).map(|name| own_name(name.middle, name.given));
                slots[0] = dictionary.symbol(&father.unwrap_or_default());
            }
            (_, Comparator::Name | Comparator::Text | Comparator::Category) => {
                slots[0] = dictionary.symbol(first.unwrap_or_default());
            }
            (_, Comparator::Date) => {
                let date = first.and_then(Date::parse);
                slots[0] = date.map_or(0, |date| {
                    packed_date(date.year(), date.month().unwrap_or(0), date.day().unwrap_or(0))
                });
            }
            (_, Comparator::Number) => slots.copy_from_slice(&packed_number(first.unwrap_or_default())),
            (_, Comparator::Abode) => {
                let place = |field| get(field).and_then(place_slot);
                let born = place(Field::BirthCommune).or_else(|| place(Field::BirthProvince));
                let places = [born, place(Field::PermanentCommune), place(Field::CurrentCommune)];
                for (slot, place) in slots.iter_mut().zip(places) {
                    *slot = place.unwrap_or(0);
                }
            }
        }
    }
}

fn own_name(middle: &str, given: &str) -> String {
    if middle.is_empty() {
        given.to_owned()
    } else {
        format!("{middle} {given}")
    }
}

/// A unit of today, `code@valid_from`, in one slot; or an earlier commune by its code, which was split among
/// several since and so has no value of today.
fn place_slot(value: &str) -> Option<u32> {
    let places = Places::shared();
    if let Some(found) = places.unit_of_value(value) {
        let province = found.province()?;
        let commune = if found == province {
            0
        } else {
            found.code().number()
        };
        return Some(unit(province.code().number(), commune));
    }
    let code = UnitCode::parse(value)?;
    let earlier = [State::Of63, State::Of2021].into_iter();
    let found = earlier
        .filter_map(|state| places.unit_in(code, state))
        .find(|unit| unit.successors().len() > 1)?;
    let province = found.successors().first()?.province()?;
    Some(unit(province.code().number(), code.number()))
}
