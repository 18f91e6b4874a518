//! Religion.

use super::Table;
use rules::Reading;
use rules::catalogue::code::RELIGION_UNKNOWN;
use std::sync::LazyLock;

/// Source: Government Committee for Religious Affairs, list of recognised religious organisations.
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &[
        "Không",
        "Không có",
        "Không theo tôn giáo",
        "Không tôn giáo",
        "Vô thần",
        "Không theo",
        "Ko",
        "K",
        "No",
        "None",
        "0",
        "Lương",
        "Bên lương",
        "Không theo tôn giáo nào",
    ],
    &["Phật giáo", "Phật", "Buddhism", "Phật tử"],
    &[
        "Công giáo",
        "Thiên Chúa giáo",
        "Thiên Chúa",
        "Thiên chúa",
        "Catholic",
        "Kitô giáo",
        "Ki tô",
        "Gia tô",
        "Giáo dân",
        "CTG",
    ],
    &["Tin Lành", "Tin lành giáo", "Protestant", "Cơ đốc"],
    &["Cao Đài", "Cao đài giáo"],
    &["Phật giáo Hòa Hảo", "Hòa Hảo", "PGHH"],
    &["Hồi giáo", "Islam", "Hồi"],
    &["Tịnh độ cư sĩ Phật hội Việt Nam", "Tịnh độ cư sĩ"],
    &["Tứ Ân Hiếu Nghĩa", "Đạo Tứ Ân Hiếu Nghĩa"],
    &["Bửu Sơn Kỳ Hương"],
    &["Baha'i", "Baha i giáo"],
    &[
        "Cơ đốc Phục lâm",
        "Cơ đốc Phục lâm Việt Nam",
        "Giáo hội Cơ đốc Phục lâm",
    ],
    &["Minh Sư đạo", "Minh Sư"],
    &["Minh Lý đạo", "Minh Lý", "Tam Tông Miếu"],
    &["Bà-la-môn", "Bà la môn giáo", "Bàlamôn", "Hindu"],
    &["Mặc Môn", "Mormon"],
    &["Phật giáo Hiếu Nghĩa Tà Lơn", "Hiếu Nghĩa Tà Lơn"],
    &["Bà Ni", "Chăm Bà Ni", "Hồi giáo Bà Ni"],
    &["Đạo Mẫu", "Tín ngưỡng Mẫu"],
];

pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::named(LIST, &["ton giao ", "dao "], "religion.list", &RELIGION_UNKNOWN));

/// The value by its name in the list.
pub fn read(written: &str) -> Reading {
    TABLE.read(written)
}
