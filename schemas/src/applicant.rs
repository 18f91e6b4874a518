//! The fields of a person, as a form has them and as a golden record has them.

use crate::Personal;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{SerializeTuple, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Builds [`Applicant`] and [`Field`] from one list, so that the two can't disagree.
macro_rules! applicant {
    ($($name:ident $variant:ident $doc:literal,)+) => {
        /// A person's fields, all of them optional texts. In an event: exactly as written on the
        /// form. In a golden record: the normalised values.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(remote = "Self", deny_unknown_fields)]
        pub struct Applicant {
            $(#[doc = $doc]
              #[serde(default)]
              pub $name: Option<Personal<String>>,)+
        }

        /// One field of [`Applicant`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field {
            $(#[doc = $doc] $variant,)+
        }

        impl Field {
            /// Every field, in the order of the form.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The field's name in JSON, Avro and SQL.
            pub const fn name(self) -> &'static str {
                match self { $(Field::$variant => stringify!($name),)+ }
            }
        }

        impl Serialize for Applicant {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    return Self::serialize(self, serializer);
                }
                let mut fields = serializer.serialize_tuple(Field::ALL.len())?;
                $(fields.serialize_element(&self.$name)?;)+
                fields.end()
            }
        }

        impl<'de> Visitor<'de> for InOrder {
            type Value = Applicant;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("every field of an applicant in the order of the schema")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Applicant, A::Error> {
                let mut next = || fields.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self));
                Ok(Applicant { $($name: next()?,)+ })
            }
        }

        impl Applicant {
            /// The value of a field, where there is one.
            pub fn get(&self, field: Field) -> Option<&str> {
                match field { $(Field::$variant => self.$name.as_ref(),)+ }.map(|value| value.expose().as_str())
            }

            /// Replaces the value of a field.
            pub fn set(&mut self, field: Field, value: Option<String>) {
                let value = value.map(Personal::new);
                match field { $(Field::$variant => self.$name = value,)+ }
            }
        }
    };
}

applicant! {
    full_name FullName "Family, middle and given name in one field. Example: Lò Văn Pâng",
    surname Surname "Family name, where the form has three fields. Example: Lò",
    middle_name MiddleName "Middle name or names. Example: Văn",
    given_name GivenName "Given name. Example: Pâng",
    other_name OtherName "Another name the person is known by",
    date_of_birth DateOfBirth "As written; day first. Example: 05/09/1987, 6/1950, 1950",
    sex Sex "As written. Example: Nam, Nữ",
    personal_number PersonalNumber "12-digit personal identification number. Example: 011087001234",
    old_number OldNumber "Number of the former identity card (CMND), 9 digits. Example: 040123456",
    old_number_issued_on OldNumberIssuedOn "Date of issue of the former card. Example: 12/03/2009",
    old_number_issued_at OldNumberIssuedAt "Authority that issued the former card. Example: CA Điện Biên",
    passport_number PassportNumber "Example: B1234567",
    nationality Nationality "Example: Việt Nam",
    ethnicity Ethnicity "Example: Thái",
    religion Religion "Example: Không",
    marital_status MaritalStatus "Example: Đã kết hôn",
    blood_type BloodType "Example: O",
    birth_place BirthPlace "Place of birth in words",
    birth_province BirthProvince "Province where the birth was registered: code or name. Example: 11",
    birth_commune BirthCommune "Commune where the birth was registered: code or name. Example: 03127",
    home_town HomeTown "Place of origin (quê quán) in words",
    home_commune HomeCommune "Commune of origin: code or name",
    permanent_address PermanentAddress "Place of permanent residence in words",
    permanent_commune PermanentCommune "Commune of permanent residence: code or name",
    current_address CurrentAddress "Present place of residence in words",
    current_commune CurrentCommune "Commune of present residence: code or name",
    phone Phone "Example: 0912 345 678",
    email Email "E-mail address",
    education Education "Level of education. Example: 9/12",
    occupation Occupation "Example: Làm ruộng",
    workplace Workplace "Place of work or study",
    household_number HouseholdNumber "Number of the household register",
    household_head_name HouseholdHeadName "Name of the head of the household",
    household_head_number HouseholdHeadNumber "Personal number of the head of the household",
    relationship_to_head RelationshipToHead "Example: Con",
    father_name FatherName "Father's full name",
    father_number FatherNumber "Father's personal number",
    father_date_of_birth FatherDateOfBirth "Father's date of birth, as written",
    mother_name MotherName "Mother's full name",
    mother_number MotherNumber "Mother's personal number",
    mother_date_of_birth MotherDateOfBirth "Mother's date of birth, as written",
    spouse_name SpouseName "Spouse's full name",
    spouse_number SpouseNumber "Spouse's personal number",
    guardian_name GuardianName "Guardian's or lawful representative's full name",
    guardian_number GuardianNumber "Guardian's personal number",
}

/// Reads the fields by their place: in Avro a record is its fields in order, so none of the 45 need be
/// looked up by its name.
struct InOrder;

impl<'de> Deserialize<'de> for Applicant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Self::deserialize(deserializer);
        }
        deserializer.deserialize_tuple(Field::ALL.len(), InOrder)
    }
}

impl Applicant {
    /// The fields that have a value, in the order of the form.
    pub fn present(&self) -> impl Iterator<Item = (Field, &str)> {
        Field::ALL
            .iter()
            .filter_map(|&field| self.get(field).map(|value| (field, value)))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
