//! Marital status.

use super::Table;
use rules::Reading;
use rules::catalogue::code::MARITAL_STATUS_UNKNOWN;
use std::sync::LazyLock;

/// Source: Circular 66/2023/TT-BCA, information for the population database.
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &[
        "Chưa kết hôn",
        "Độc thân",
        "Chưa vợ",
        "Chưa chồng",
        "Chưa có vợ",
        "Chưa có chồng",
        "Chưa lập gia đình",
        "Single",
        "Chưa",
        "Chưa KH",
    ],
    &[
        "Đã kết hôn",
        "Có vợ",
        "Có chồng",
        "Đã có vợ",
        "Đã có chồng",
        "Kết hôn",
        "Có gia đình",
        "Đã lập gia đình",
        "Married",
        "Đang có vợ",
        "Đang có chồng",
        "Có vợ chồng",
        "Đã KH",
        "Lập gia đình",
    ],
    &[
        "Ly hôn",
        "Đã ly hôn",
        "Li hôn",
        "Đã li hôn",
        "Ly dị",
        "Đã ly dị",
        "Divorced",
    ],
    &[
        "Góa",
        "Góa vợ",
        "Góa chồng",
        "Vợ chết",
        "Chồng chết",
        "Widowed",
        "Ở góa",
        "Goá phụ",
    ],
    &["Ly thân", "Li thân", "Separated"],
];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::named(
        LIST,
        &["tinh trang hon nhan ", "tinh trang "],
        "marital-status.list",
        &MARITAL_STATUS_UNKNOWN,
    )
});

/// The value by its name in the list.
pub fn read(written: &str) -> Reading {
    TABLE.read(written)
}
