//! Nationality.

use super::Table;
use rules::Reading;
use rules::catalogue::code::{NATIONALITY_FOREIGN, NATIONALITY_UNKNOWN};
use std::sync::LazyLock;

/// The nationality of who gets a card.
pub(crate) const VIET_NAM: &str = "Việt Nam";

/// Source: ISO 3166-1 for the neighbours and those named most; Law 24/2008/QH12 on Nationality.
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &[
        "Việt Nam",
        "VN",
        "VNM",
        "Vietnam",
        "Viet Nam",
        "Việt",
        "Vietnamese",
        "CHXHCN Việt Nam",
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "V.N",
    ],
    &["Lào", "Laos", "LAO", "CHDCND Lào"],
    &["Trung Quốc", "China", "CHN", "TQ"],
    &["Campuchia", "Cambodia", "KHM", "Căm-pu-chia"],
    &["Thái Lan", "Thailand", "THA"],
    &["Myanmar", "Miến Điện", "MMR"],
    &["Hàn Quốc", "Korea", "KOR"],
    &["Nhật Bản", "Japan", "JPN", "Nhật"],
    &["Đài Loan", "Taiwan", "TWN"],
    &["Hoa Kỳ", "Mỹ", "USA", "Hợp chủng quốc Hoa Kỳ"],
    &["Pháp", "France", "FRA"],
    &["Đức", "Germany", "DEU"],
    &["Nga", "Liên bang Nga", "Russia", "RUS"],
    &["Anh", "United Kingdom", "GBR"],
    &["Úc", "Australia", "AUS", "Ôxtrâylia"],
    &["Không quốc tịch", "Stateless", "Không có quốc tịch"],
];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::named(
        LIST,
        &["quoc tich ", "nuoc "],
        "nationality.list",
        &NATIONALITY_UNKNOWN,
    )
});

/// The country's name. Only citizens of Viet Nam get a card, so that others are held.
pub fn read(written: &str) -> Reading {
    let reading = TABLE.read(written);
    match reading.value.as_deref() {
        None | Some(VIET_NAM) => reading,
        Some(_) => reading.with(&NATIONALITY_FOREIGN),
    }
}
