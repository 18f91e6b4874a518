//! Relation to the head of the household.

use super::Table;
use rules::Reading;
use rules::catalogue::code::RELATIONSHIP_UNKNOWN;
use std::sync::LazyLock;

/// Source: Circular 66/2023/TT-BCA, form CT01; Law 68/2020/QH14 on Residence, article 2.
/// The first of each line is the value, the others mean the same.
static LIST: &[&[&str]] = &[
    &["Chủ hộ", "Chính mình", "Bản thân", "Chủ nhà", "CH"],
    &["Vợ", "Vợ chủ hộ"],
    &["Chồng", "Chồng chủ hộ"],
    &[
        "Con",
        "Con đẻ",
        "Con ruột",
        "Con trai",
        "Con gái",
        "Con trưởng",
        "Con cả",
        "Con út",
        "Con thứ",
        "Con của chủ hộ",
    ],
    &["Con nuôi", "Con nuôi hợp pháp"],
    &["Con riêng", "Con riêng của vợ", "Con riêng của chồng"],
    &["Con dâu", "Dâu", "Nàng dâu"],
    &["Con rể", "Rể", "Chàng rể"],
    &[
        "Bố",
        "Cha",
        "Ba",
        "Bố đẻ",
        "Cha đẻ",
        "Bố ruột",
        "Cha ruột",
        "Tía",
        "Thầy",
    ],
    &["Mẹ", "Má", "Mẹ đẻ", "Mẹ ruột", "Bầm", "U"],
    &["Bố vợ", "Cha vợ", "Nhạc phụ"],
    &["Mẹ vợ", "Nhạc mẫu"],
    &["Bố chồng", "Cha chồng"],
    &["Mẹ chồng"],
    &["Bố nuôi", "Cha nuôi"],
    &["Mẹ nuôi"],
    &["Bố dượng", "Cha dượng", "Dượng"],
    &["Mẹ kế", "Dì ghẻ", "Mẹ ghẻ"],
    &["Ông", "Ông nội", "Ông ngoại"],
    &["Bà", "Bà nội", "Bà ngoại"],
    &["Cụ", "Cụ ông", "Cụ bà"],
    &[
        "Cháu",
        "Cháu nội",
        "Cháu ngoại",
        "Cháu ruột",
        "Cháu trai",
        "Cháu gái",
        "Cháu đích tôn",
    ],
    &["Cháu dâu"],
    &["Cháu rể"],
    &["Chắt", "Chắt nội", "Chắt ngoại"],
    &["Anh", "Anh trai", "Anh ruột"],
    &["Chị", "Chị gái", "Chị ruột"],
    &["Em", "Em trai", "Em gái", "Em ruột"],
    &["Anh rể"],
    &["Chị dâu"],
    &["Em rể"],
    &["Em dâu"],
    &["Anh vợ", "Anh chồng"],
    &["Chị vợ", "Chị chồng"],
    &["Em vợ", "Em chồng"],
    &["Bác", "Bác ruột", "Bác trai", "Bác gái"],
    &["Chú", "Chú ruột"],
    &["Cô", "Cô ruột", "O"],
    &["Cậu", "Cậu ruột"],
    &["Dì", "Dì ruột"],
    &["Thím"],
    &["Mợ"],
    &["Cháu họ", "Cháu vợ", "Cháu chồng"],
    &["Người giám hộ", "Giám hộ"],
    &["Người được giám hộ"],
    &[
        "Ở nhờ",
        "Ở trọ",
        "Ở thuê",
        "Người ở nhờ",
        "Cùng ở nhờ",
        "Người thuê",
        "Cùng ở thuê",
        "Cùng thuê trọ",
        "Mượn",
    ],
    &["Người giúp việc", "Giúp việc"],
    &["Khác", "Quan hệ khác", "Người khác", "Bạn", "Đồng tu"],
];

pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::named(LIST, &["la "], "relationship.list", &RELATIONSHIP_UNKNOWN));

/// The value by its name in the list.
pub fn read(written: &str) -> Reading {
    TABLE.read(written)
}
