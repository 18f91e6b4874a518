//! What the columns of a table seem to be, by their names and by the shape of their values.

use normalise::fold::fold;
use schemas::Field;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Names of columns, folded, and the fields they mean.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::FullName,
        &[
            "full_name",
            "fullname",
            "ho_ten",
            "ho_va_ten",
            "ho_ten_day_du",
            "name",
        ],
    ),
    (
        Field::Surname,
        &["surname", "last_name", "lastname", "family_name", "ho"],
    ),
    (Field::MiddleName, &["middle_name", "ten_dem", "dem", "chu_dem"]),
    (
        Field::GivenName,
        &["given_name", "first_name", "firstname", "forename", "ten"],
    ),
    (
        Field::DateOfBirth,
        &[
            "date_of_birth",
            "birth_date",
            "birthdate",
            "birthday",
            "dob",
            "ngay_sinh",
            "ngay_thang_nam_sinh",
            "nam_sinh",
        ],
    ),
    (Field::Sex, &["sex", "gender", "gioi_tinh", "gioi"]),
    (
        Field::PersonalNumber,
        &[
            "personal_number",
            "cccd",
            "so_cccd",
            "so_can_cuoc",
            "can_cuoc",
            "dinh_danh",
            "so_dinh_danh",
            "ma_dinh_danh",
        ],
    ),
    (
        Field::OldNumber,
        &["old_number", "cmnd", "so_cmnd", "cmt", "so_cmt"],
    ),
    (
        Field::PassportNumber,
        &["passport_number", "passport", "ho_chieu", "so_ho_chieu"],
    ),
    (Field::Ethnicity, &["ethnicity", "dan_toc"]),
    (
        Field::BirthProvince,
        &["birth_province", "tinh_khai_sinh", "tinh_sinh"],
    ),
    (Field::BirthCommune, &["birth_commune", "xa_khai_sinh", "xa_sinh"]),
    (
        Field::PermanentCommune,
        &["permanent_commune", "xa_thuong_tru", "thuong_tru"],
    ),
    (
        Field::CurrentCommune,
        &["current_commune", "xa_hien_tai", "xa_tam_tru", "noi_o_hien_tai"],
    ),
    (
        Field::FatherName,
        &[
            "father_name",
            "ho_ten_cha",
            "ho_va_ten_cha",
            "ten_cha",
            "cha",
            "bo",
        ],
    ),
    (
        Field::FatherDateOfBirth,
        &["father_date_of_birth", "ngay_sinh_cha"],
    ),
    (Field::FatherNumber, &["father_number", "cccd_cha", "so_cccd_cha"]),
    (
        Field::MotherName,
        &["mother_name", "ho_ten_me", "ho_va_ten_me", "ten_me", "me"],
    ),
    (
        Field::MotherDateOfBirth,
        &["mother_date_of_birth", "ngay_sinh_me"],
    ),
    (Field::MotherNumber, &["mother_number", "cccd_me", "so_cccd_me"]),
    (
        Field::SpouseName,
        &["spouse_name", "ho_ten_vo_chong", "ten_vo_chong", "vo_chong"],
    ),
    (Field::SpouseNumber, &["spouse_number", "cccd_vo_chong"]),
    (
        Field::Phone,
        &[
            "phone",
            "phone_number",
            "mobile",
            "telephone",
            "dien_thoai",
            "so_dien_thoai",
            "sdt",
        ],
    ),
    (
        Field::HouseholdNumber,
        &["household_number", "so_ho_khau", "so_so_ho_khau", "ho_khau"],
    ),
];

/// Names that say by themselves that a table holds forms of ours.
const OURS: &[Field] = &[
    Field::FullName,
    Field::PersonalNumber,
    Field::OldNumber,
    Field::BirthCommune,
    Field::PermanentCommune,
    Field::HouseholdNumber,
];
/// Names of columns that name a record.
const IDS: &[&str] = &[
    "id",
    "rec_id",
    "record_id",
    "row_id",
    "ma",
    "ma_ho_so",
    "application_id",
    "stt",
];
/// Names of columns that say who is who, and so must not be compared.
const TRUTHS: &[&str] = &[
    "cluster",
    "cluster_id",
    "entity_id",
    "person_id",
    "true_id",
    "resident_id",
    "match_id",
];
/// Names of the day a form was filled in.
const DAYS: &[&str] = &["as_of", "ngay_lap", "ngay_ke_khai", "ngay_khai"];
/// Parts of names that tell of a household.
const HOUSEHOLD: &[&str] = &[
    "address",
    "street",
    "suburb",
    "city",
    "town",
    "village",
    "commune",
    "district",
    "post",
    "zip",
    "state",
    "province",
    "county",
    "household",
    "dia_chi",
    "thon",
    "ban",
    "xa",
    "huyen",
    "tinh",
    "duong",
];
/// Most different values of a category.
const MOST_KINDS: usize = 50;

/// What is counted of a column's values; no value is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    pub(super) filled: usize,
    dates: usize,
    numbers: usize,
    hashes: HashSet<u64>,
}

impl Profile {
    pub(super) fn count(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        self.dates += usize::from(is_date(cell));
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        self.numbers += usize::from(digits * 10 >= cell.chars().count() * 7);
        let mut hasher = DefaultHasher::new();
        cell.hash(&mut hasher);
        self.hashes.insert(hasher.finish());
    }

    /// How many values differ.
    pub(super) fn different(&self) -> usize {
        self.hashes.len()
    }

    fn mostly(&self, count: usize) -> bool {
        self.filled > 0 && count * 10 >= self.filled * 9
    }
}

/// Whether a text is written as a date, whatever the calendar says.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let digits = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    match parts.as_slice() {
        [one] => one.len() == 8 && digits(one) && (one.starts_with("19") || one.starts_with("20")),
        [_, _] | [_, _, _] => parts.iter().all(digits) && parts.iter().any(|part| part.len() == 4),
        _ => false,
    }
}

/// Whether a header can't be one: it holds a date or a long number, so the file has no header, and its first
/// line is somebody's.
pub(super) fn is_somebodys(headers: &[&str]) -> bool {
    headers
        .iter()
        .any(|header| is_date(header.trim()) || header.chars().filter(char::is_ascii_digit).count() >= 5)
}

/// What a column seems to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It names a record.
    Id,
    /// The day a form was filled in.
    AsOf,
    /// A field of ours, read as the pipeline reads it.
    Field(Field),
    /// Compared in a general way.
    Compared {
        comparator: &'static str,
        role: Option<&'static str>,
        swaps_with: Option<String>,
    },
    /// Not compared, and why.
    LeftOut(&'static str),
}

/// What each column seems to be, in the order of the headers; and whether the table holds forms of ours.
pub(super) fn propose(headers: &[&str], profiles: &[Profile], rows: usize) -> (Vec<Part>, bool) {
    let folded: Vec<String> = headers.iter().map(|header| words(header)).collect();
    let known: Vec<Option<Field>> = folded.iter().map(|name| field_of(name)).collect();
    let is_ours = known.iter().flatten().any(|field| OURS.contains(field));
    let (mut used, mut has_id, mut has_day) = (HashSet::new(), false, false);
    let columns = folded.iter().zip(profiles).zip(&known);
    let mut parts: Vec<Part> = columns
        .map(|((name, profile), known)| {
            let field = known.filter(|field| !used.contains(field));
            if profile.filled == 0 {
                Part::LeftOut("no row of the sample has a value")
            } else if TRUTHS.contains(&name.as_str()) {
                Part::LeftOut("it seems to say who is who")
            } else if !has_id && field.is_none() && names_records(name, profile, rows) {
                has_id = true;
                Part::Id
            } else if is_ours && !has_day && DAYS.contains(&name.as_str()) {
                has_day = true;
                Part::AsOf
            } else if let Some(field) = field {
                used.insert(field);
                if is_ours {
                    Part::Field(field)
                } else {
                    general(field)
                }
            } else if is_ours {
                Part::LeftOut("it is no field of the forms that is known by this name")
            } else {
                by_shape(name, profile)
            }
        })
        .collect();
    swap(&folded, headers, &known, &mut parts);
    (parts, is_ours)
}

fn words(header: &str) -> String {
    let folded = fold(header);
    let parts: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("_")
}

fn field_of(name: &str) -> Option<Field> {
    let known = NAMES.iter().find(|(_, names)| names.contains(&name));
    known.map(|(field, _)| *field)
}

fn names_records(name: &str, profile: &Profile, rows: usize) -> bool {
    profile.filled == rows
        && profile.different() == rows
        && (IDS.contains(&name) || name.ends_with("_id"))
        && !name.contains("soc_sec")
}

/// A field of people whose forms are not ours.
fn general(field: Field) -> Part {
    let (comparator, role) = match field {
        Field::Surname => ("name", Some("family")),
        Field::DateOfBirth => ("date", Some("birth")),
        Field::Sex | Field::Ethnicity => ("category", None),
        Field::FatherName | Field::MotherName => ("name", Some("parents")),
        Field::FatherDateOfBirth | Field::MotherDateOfBirth => ("date", Some("parents")),
        Field::FatherNumber | Field::MotherNumber => ("number", Some("parents")),
        Field::Phone | Field::HouseholdNumber => ("number", Some("household")),
        Field::PassportNumber | Field::SpouseNumber => ("number", None),
        Field::BirthProvince | Field::CurrentCommune => ("text", Some("household")),
        _ => ("name", None),
    };
    Part::Compared {
        comparator,
        role,
        swaps_with: None,
    }
}

fn by_shape(name: &str, profile: &Profile) -> Part {
    let comparator = if profile.mostly(profile.dates) {
        "date"
    } else if profile.mostly(profile.numbers) {
        "number"
    } else if profile.different() <= MOST_KINDS && profile.different() * 20 <= profile.filled {
        "category"
    } else if name.split('_').any(|word| matches!(word, "name" | "ten")) {
        "name"
    } else {
        "text"
    };
    let household = HOUSEHOLD.iter().any(|part| match part.len() {
        ..4 => name.split('_').any(|word| word == *part),
        _ => name.contains(part),
    });
    Part::Compared {
        comparator,
        role: household.then_some("household"),
        swaps_with: None,
    }
}

/// Names, and lines of an address, that are written in each other's place.
fn swap(folded: &[String], headers: &[&str], known: &[Option<Field>], parts: &mut [Part]) {
    let at = |field| known.iter().position(|known| *known == Some(field));
    let lines = folded.iter().enumerate().filter_map(|(n, name)| {
        let stem = name.strip_suffix('1')?;
        let other = folded.iter().position(|other| *other == format!("{stem}2"))?;
        Some((n, other))
    });
    let names = at(Field::GivenName).zip(at(Field::Surname));
    for (one, other) in names.into_iter().chain(lines) {
        let alike = matches!(
            (&parts[one], &parts[other]),
            (Part::Compared { comparator: a, .. }, Part::Compared { comparator: b, .. })
                if a == b && matches!(*a, "name" | "text")
        );
        if let Part::Compared { swaps_with, .. } = &mut parts[one]
            && alike
        {
            *swaps_with = Some(headers[other].to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(rows: &[&[&str]]) -> Vec<Profile> {
        let mut profiles = vec![Profile::default(); rows[0].len()];
        for row in rows {
            for (profile, cell) in profiles.iter_mut().zip(*row) {
                profile.count(cell);
            }
        }
        profiles
    }

    fn compared(comparator: &'static str, role: Option<&'static str>) -> Part {
        Part::Compared {
            comparator,
            role,
            swaps_with: None,
        }
    }

    #[test]
    fn our_forms_are_known_by_their_names_with_and_without_marks() {
        let headers = [
            "Mã hồ sơ",
            "Họ tên",
            "ngay_sinh",
            "CCCD",
            "Xã thường trú",
            "Ghi chú",
        ];
        let rows = profiles(&[&["1", "a", "1/2/1990", "2", "b", "c"], &["2", "", "", "", "", ""]]);
        let (parts, is_ours) = propose(&headers, &rows, 2);
        assert!(is_ours);
        assert_eq!(
            parts,
            [
                Part::Id,
                Part::Field(Field::FullName),
                Part::Field(Field::DateOfBirth),
                Part::Field(Field::PersonalNumber),
                Part::Field(Field::PermanentCommune),
                Part::LeftOut("it is no field of the forms that is known by this name"),
            ]
        );
    }

    #[test]
    fn other_people_are_compared_by_the_shape_of_their_values() {
        let headers = [
            "rec_id",
            "given_name",
            "surname",
            "address_1",
            "address_2",
            "postcode",
            "date_of_birth",
            "soc_sec_id",
            "cluster",
        ];
        let rows = profiles(&[
            &["r1", "a", "b", "x st", "y", "2600", "19900102", "123", "1"],
            &["r2", "c", "d", "z st", "w", "2601", "19900203", "124", "1"],
        ]);
        let (parts, is_ours) = propose(&headers, &rows, 2);
        assert!(!is_ours);
        let swapped = |comparator, role, with: &str| Part::Compared {
            comparator,
            role,
            swaps_with: Some(with.to_owned()),
        };
        assert_eq!(
            parts,
            [
                Part::Id,
                swapped("name", None, "surname"),
                compared("name", Some("family")),
                swapped("text", Some("household"), "address_2"),
                compared("text", Some("household")),
                compared("number", Some("household")),
                compared("date", Some("birth")),
                compared("number", None),
                Part::LeftOut("it seems to say who is who"),
            ]
        );
    }

    #[test]
    fn a_first_line_that_is_somebodys_is_no_header() {
        assert!(is_somebodys(&["Lo Van Pang", "05/09/1987"]));
        assert!(is_somebodys(&["Lo Van Pang", "011087001234"]));
        assert!(!is_somebodys(&["ho_ten", "address_1", "dob"]));
    }
}
