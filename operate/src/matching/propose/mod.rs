//! What the columns of a table seem to be, by their names and by the shape of their values.

mod names;
mod profile;

use names::{DAYS, HOUSEHOLD, IDS, OURS, TRUTHS, field_of, words};
pub(super) use profile::{Profile, is_somebodys};
use schemas::Field;
use std::collections::HashSet;

/// Most different values of a category.
const MOST_KINDS: usize = 50;

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
    let comparator = if profile.is_dates() {
        "date"
    } else if profile.is_numbers() {
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
}
