//! Level of education: a class of general education, or a level of training.

use super::Table;
use crate::text;
use rules::Reading;
use rules::catalogue::code::EDUCATION_UNKNOWN;
use std::sync::LazyLock;

const RULE: &str = "education.list";

/// Source: Decision 01/2017/QD-TTg, levels of national education.
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &[
        "Không biết chữ",
        "Mù chữ",
        "Chưa biết chữ",
        "Không đi học",
        "Chưa đi học",
        "Không",
        "0/12",
        "0/10",
    ],
    &["Biết chữ", "Biết đọc biết viết", "Xóa mù chữ"],
    &["Mầm non", "Mẫu giáo", "Nhà trẻ"],
    &["Tiểu học", "Cấp 1", "Cấp I", "TH"],
    &["Trung học cơ sở", "THCS", "Cấp 2", "Cấp II", "PTCS"],
    &[
        "Trung học phổ thông",
        "THPT",
        "Cấp 3",
        "Cấp III",
        "PTTH",
        "Phổ thông trung học",
    ],
    &["Sơ cấp", "Sơ cấp nghề", "Học nghề"],
    &[
        "Trung cấp",
        "Trung cấp nghề",
        "Trung học chuyên nghiệp",
        "TC",
        "THCN",
        "TCCN",
    ],
    &["Cao đẳng", "CĐ", "Cao đẳng nghề"],
    &["Đại học", "ĐH", "Cử nhân", "Kỹ sư", "Bác sĩ"],
    &["Thạc sĩ", "Thạc sỹ", "ThS", "Sau đại học", "Cao học"],
    &["Tiến sĩ", "Tiến sỹ", "TS"],
];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let prefixes = &[
        "trinh do ",
        "hoc van ",
        "van hoa ",
        "da tot nghiep ",
        "tot nghiep ",
        "tn ",
    ];
    Table::named(LIST, prefixes, RULE, &EDUCATION_UNKNOWN)
});

/// A class as `9/12` (of the system of 12 years, or of the older ones of 10 and 7), or the level's name.
pub fn read(written: &str) -> Reading {
    match class(written) {
        Some((class, of)) => {
            let value = format!("{class}/{of}");
            let changed: &[&str] = if value == written { &[] } else { &[RULE] };
            Reading::of(value, changed)
        }
        None => TABLE.read(written),
    }
}

/// `9/12`, `09/12`, `lớp 9/12`, `Lớp 9`; the system of 12 years where none is named.
fn class(written: &str) -> Option<(u8, u8)> {
    let form = text::form(written);
    let small = form.text.to_lowercase();
    let named = ["lớp ", "lop ", "văn hóa ", "van hoa ", "học hết lớp ", "hết lớp "];
    let prefix = named.iter().find_map(|prefix| small.strip_prefix(prefix));
    let number = |text: &str| text.trim().parse::<u8>().ok();
    let (class, of) = match prefix.unwrap_or(&small).split_once('/') {
        Some((class, of)) => (number(class)?, number(of)?),
        None => (prefix.and_then(number)?, 12),
    };
    (matches!(of, 7 | 10 | 12) && (1..=of).contains(&class)).then_some((class, of))
}
