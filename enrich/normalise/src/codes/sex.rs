//! Sex, as `M` or `F`.

use super::{Code, Shown, Table};
use rules::Reading;
use rules::catalogue::code::SEX_UNKNOWN;
use std::sync::LazyLock;

/// Numbers are left out: 1 is male in ISO/IEC 5218, and the sign of a woman in an identity number.
const CODES: [Code; 2] = [
    Code {
        code: "M",
        name: "Nam",
        aliases: &[
            "male",
            "man",
            "boy",
            "trai",
            "con trai",
            "đàn ông",
            "nam giới",
            "phái nam",
            "bé trai",
            "nam",
            "NAM",
        ],
    },
    Code {
        code: "F",
        name: "Nữ",
        aliases: &[
            "female",
            "woman",
            "girl",
            "gái",
            "con gái",
            "đàn bà",
            "phụ nữ",
            "nữ giới",
            "phái nữ",
            "bé gái",
            "nữ",
            "NỮ",
            "nu",
            "Nu",
            "NU",
        ],
    },
];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        CODES.into_iter(),
        Shown::Code,
        &["gioi tinh ", "gioi tinh: "],
        "sex.code",
        &SEX_UNKNOWN,
    )
});

/// `M` or `F`.
pub fn read(written: &str) -> Reading {
    TABLE.read(written)
}
