//! Names in blocking keys: a column of the table or a field of an application stands for what is made of it.

use super::column::Declared;
use crate::model::Column;
use schemas::Field;

/// A key in the names of the model's columns: `ho_ten + ngay_sinh:year` becomes
/// `surname + given_name + date_of_birth:year`.
pub(super) fn resolved(key: &str, columns: &[Column], declared: &[(&str, usize, Declared)]) -> String {
    let part = |part: &str| {
        let part = part.trim();
        let (name, of) = part.rsplit_once(':').unwrap_or((part, "whole"));
        let (name, of) = (name.trim(), of.trim());
        if columns.iter().any(|column| column.name == name) {
            return part.to_owned();
        }
        let of_table = declared.iter().find(|(known, ..)| *known == name);
        let field = of_table
            .and_then(|(.., declared)| declared.field())
            .or_else(|| Field::ALL.iter().find(|field| field.name() == name).copied());
        field.map_or_else(|| part.to_owned(), |field| made_of(field, of))
    };
    key.split('+').map(part).collect::<Vec<_>>().join(" + ")
}

fn made_of(field: Field, of: &str) -> String {
    match (field, of) {
        (Field::FullName, "whole") => "surname + given_name".to_owned(),
        (Field::FullName, "last") => "given_name:last".to_owned(),
        (Field::FullName, of) => format!("surname:{of}"),
        (Field::BirthProvince | Field::BirthCommune, _) => "abode:birth_province".to_owned(),
        (Field::PermanentCommune | Field::CurrentCommune, _) => "abode:commune".to_owned(),
        (field, of) => format!("{}:{of}", field.name()),
    }
}
