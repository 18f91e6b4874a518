//! The names that columns go by, and what they mean.

use normalise::fold::fold;
use schemas::Field;

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
pub(super) const OURS: &[Field] = &[
    Field::FullName,
    Field::PersonalNumber,
    Field::OldNumber,
    Field::BirthCommune,
    Field::PermanentCommune,
    Field::HouseholdNumber,
];
/// Names of columns that name a record.
pub(super) const IDS: &[&str] = &[
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
pub(super) const TRUTHS: &[&str] = &[
    "cluster",
    "cluster_id",
    "entity_id",
    "person_id",
    "true_id",
    "resident_id",
    "match_id",
];
/// Names of the day a form was filled in.
pub(super) const DAYS: &[&str] = &["as_of", "ngay_lap", "ngay_ke_khai", "ngay_khai"];
/// Parts of names that tell of a household.
pub(super) const HOUSEHOLD: &[&str] = &[
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

/// A header, folded, its words joined by `_`.
pub(super) fn words(header: &str) -> String {
    let folded = fold(header);
    let parts: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("_")
}

/// The field that a folded name means.
pub(super) fn field_of(name: &str) -> Option<Field> {
    let known = NAMES.iter().find(|(_, names)| names.contains(&name));
    known.map(|(field, _)| *field)
}
