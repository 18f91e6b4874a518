//! Blood type: the group, with the Rhesus factor where it is known.

use super::Table;
use rules::Reading;
use rules::catalogue::code::BLOOD_TYPE_UNKNOWN;
use std::sync::LazyLock;

/// Source: ISBT systems 001 (ABO) and 004 (RH).
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &["A"],
    &["B"],
    &["AB"],
    &["O", "0"],
    &["A+", "A Rh+", "A dương", "A Rh dương"],
    &["B+", "B Rh+", "B dương", "B Rh dương"],
    &["AB+", "AB Rh+", "AB dương", "AB Rh dương"],
    &["O+", "O Rh+", "O dương", "O Rh dương", "0+"],
    &["A-", "A Rh-", "A âm", "A Rh âm"],
    &["B-", "B Rh-", "B âm", "B Rh âm"],
    &["AB-", "AB Rh-", "AB âm", "AB Rh âm"],
    &["O-", "O Rh-", "O âm", "O Rh âm"],
];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::named(
        LIST,
        &["nhom mau ", "nhom ", "mau "],
        "blood-type.list",
        &BLOOD_TYPE_UNKNOWN,
    )
});

/// The value by its name in the list.
pub fn read(written: &str) -> Reading {
    TABLE.read(written)
}
