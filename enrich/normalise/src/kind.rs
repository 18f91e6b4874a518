//! The kinds of values there are, who reads each, and which field holds which: the one place where a
//! reader is put to a field.

use crate::{Context, codes, date, name, number, phone, place, text};
use rules::Reading;
use rules::catalogue::text as found;
use schemas::Field;

/// A kind of value.
#[derive(Debug)]
pub struct Kind {
    /// Its name, as `intakectl normalise --field` has it.
    pub name: &'static str,
    reader: fn(&str, &Context<'_>) -> Reading,
    /// Whether a value is in its normal form for certain, with nothing to be found. Most values are, and
    /// are told so without a copy. False says nothing.
    is_normal: fn(&str) -> bool,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $reader:expr, $is_normal:expr;)+) => {
        $(static $kind: Kind = Kind { name: $name, reader: $reader, is_normal: $is_normal };)+

        /// Every kind of value.
        pub static KINDS: &[&Kind] = &[$(&$kind),+];
    };
}

kinds! {
    DATE "date" date::read, never;
    PERSONAL_NUMBER "personal_number" number::personal, never;
    OLD_NUMBER "old_number" number::old, never;
    PASSPORT_NUMBER "passport_number" |value, _| number::passport(value), never;
    PHONE "phone" |value, _| phone::read(value), never;
    PLACE "place" place::read, never;
    PROVINCE "province" place::province, never;
    COMMUNE "commune" place::commune, never;
    TEXT "text" |value, _| text::read(value), text::is_normal;
    FULL_NAME "full_name" |value, _| name::read(value).reading, name::is_normal;
    OTHER_PERSON "other_person" |value, _| name::of_another(value).reading, name::is_normal;
    NAME_PART "name_part" |value, _| name::part(value), name::is_normal_part;
    SEX "sex" |value, _| codes::sex::read(value), |value| codes::sex::TABLE.is_normal(value);
    ETHNICITY "ethnicity" |value, _| codes::ethnicity::read(value), |value| codes::ethnicity::TABLE.is_normal(value);
    RELIGION "religion" |value, _| codes::religion::read(value), |value| codes::religion::TABLE.is_normal(value);
    NATIONALITY "nationality" |value, _| codes::nationality::read(value), |value| value == codes::nationality::VIET_NAM;
    RELATIONSHIP "relationship" |value, _| codes::relationship::read(value), |value| codes::relationship::TABLE.is_normal(value);
    MARITAL_STATUS "marital_status" |value, _| codes::marital_status::read(value), |value| codes::marital_status::TABLE.is_normal(value);
    EDUCATION "education" |value, _| codes::education::read(value), |value| codes::education::TABLE.is_normal(value);
    OCCUPATION "occupation" |value, _| codes::occupation::read(value), |value| codes::occupation::TABLE.is_normal(value);
    BLOOD_TYPE "blood_type" |value, _| codes::blood_type::read(value), |value| codes::blood_type::TABLE.is_normal(value);
}

const fn never(_: &str) -> bool {
    false
}

impl Kind {
    /// The kind of a field's values.
    pub const fn of(field: Field) -> &'static Self {
        match field {
            Field::FullName => &FULL_NAME,
            Field::HouseholdHeadName
            | Field::FatherName
            | Field::MotherName
            | Field::SpouseName
            | Field::GuardianName => &OTHER_PERSON,
            Field::Surname | Field::MiddleName | Field::GivenName | Field::OtherName => &NAME_PART,
            Field::DateOfBirth
            | Field::FatherDateOfBirth
            | Field::MotherDateOfBirth
            | Field::OldNumberIssuedOn => &DATE,
            Field::PersonalNumber
            | Field::HouseholdHeadNumber
            | Field::FatherNumber
            | Field::MotherNumber
            | Field::SpouseNumber
            | Field::GuardianNumber => &PERSONAL_NUMBER,
            Field::OldNumber => &OLD_NUMBER,
            Field::PassportNumber => &PASSPORT_NUMBER,
            Field::Phone => &PHONE,
            Field::BirthProvince => &PROVINCE,
            Field::BirthCommune | Field::HomeCommune | Field::PermanentCommune | Field::CurrentCommune => {
                &COMMUNE
            }
            Field::Sex => &SEX,
            Field::Ethnicity => &ETHNICITY,
            Field::Religion => &RELIGION,
            Field::Nationality => &NATIONALITY,
            Field::RelationshipToHead => &RELATIONSHIP,
            Field::MaritalStatus => &MARITAL_STATUS,
            Field::Education => &EDUCATION,
            Field::Occupation => &OCCUPATION,
            Field::BloodType => &BLOOD_TYPE,
            _ => &TEXT,
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().copied().find(|kind| kind.name == name)
    }

    /// Reads any text as a value of this kind, in time linear to its length.
    pub fn read(&self, written: &str, context: &Context<'_>) -> Reading {
        if text::is_too_long(written) {
            Reading::uncertain(&found::TOO_LONG)
        } else if written.contains('\0') {
            Reading::uncertain(&found::NUL_CHARACTER)
        } else if (self.is_normal)(written) {
            Reading::of(written, &[])
        } else {
            self.read_bounded(written, context)
        }
    }

    /// A compatibility character can stand for 18 others, so a normal form can be longer than what was
    /// written.
    fn read_bounded(&self, written: &str, context: &Context<'_>) -> Reading {
        let reading = (self.reader)(written, context);
        if reading.value.as_deref().is_some_and(text::is_too_long) {
            return Reading::uncertain(&found::TOO_LONG);
        }
        reading
    }

    /// The same for a field of a form. `None` for a value in its normal form with nothing to be found,
    /// and for one that the register can't hold: that is found with the envelope.
    pub(crate) fn read_field(&self, written: &str, context: &Context<'_>) -> Option<Reading> {
        let as_it_is = (self.is_normal)(written) || text::is_too_long(written) || written.contains('\0');
        (!as_it_is).then(|| self.read_bounded(written, context))
    }
}
