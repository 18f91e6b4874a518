//! Occupation, as far as a list can have it.

use super::Table;
use rules::Reading;
use rules::catalogue::code::OCCUPATION_UNKNOWN;
use std::sync::LazyLock;

/// Source: usual entries of forms; groups of Decision 34/2020/QD-TTg.
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &["Làm ruộng", "Ruộng", "Cấy lúa", "LR"],
    &["Làm nương", "Làm rẫy", "Nương rẫy", "Làm nương rẫy"],
    &["Nông dân", "Làm nông", "Nông nghiệp", "Làm nông nghiệp", "Nông"],
    &["Trồng trọt"],
    &["Chăn nuôi"],
    &["Trồng rừng", "Lâm nghiệp"],
    &[
        "Lao động tự do",
        "Tự do",
        "LĐTD",
        "Lao động phổ thông",
        "Làm thuê",
    ],
    &["Công nhân", "CN", "Công nhân viên"],
    &[
        "Kinh doanh",
        "Buôn bán",
        "Kinh doanh tự do",
        "Bán hàng",
        "Tiểu thương",
        "Nội trợ bán hàng",
    ],
    &["Nhân viên văn phòng", "NVVP", "Văn phòng"],
    &["Nhân viên", "NV"],
    &["Lái xe", "Tài xế", "Lái xe ôm"],
    &["Thợ may"],
    &["Thợ xây", "Thợ nề"],
    &["Thợ mộc"],
    &["Thợ điện"],
    &["Thợ hàn"],
    &["Giáo viên", "GV", "Dạy học"],
    &["Giảng viên"],
    &["Cán bộ xã"],
    &["Cán bộ", "CB"],
    &["Công chức"],
    &["Viên chức"],
    &["Cán bộ, công chức", "CBCC", "Cán bộ công chức"],
    &["Y tá"],
    &["Điều dưỡng"],
    &["Y sĩ", "Y sỹ"],
    &["Bác sĩ", "Bác sỹ"],
    &["Dược sĩ", "Dược sỹ"],
    &["Kế toán"],
    &["Kỹ sư"],
    &["Bộ đội", "Quân nhân"],
    &["Công an", "Công an nhân dân"],
    &["Học sinh", "HS"],
    &["Sinh viên", "SV"],
    &["Hưu trí", "Nghỉ hưu", "Cán bộ hưu trí", "Hưu"],
    &["Già yếu", "Tuổi già"],
    &["Nội trợ"],
    &[
        "Không",
        "Không nghề nghiệp",
        "Thất nghiệp",
        "Không có",
        "Không nghề",
    ],
    &["Trẻ em", "Còn nhỏ", "Trẻ nhỏ"],
];

pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::named(LIST, &["nghe nghiep "], "occupation.list", &OCCUPATION_UNKNOWN));

/// The value by its name in the list.
pub fn read(written: &str) -> Reading {
    TABLE.read(written)
}
