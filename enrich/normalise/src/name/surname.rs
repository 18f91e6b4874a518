//! Family names of the peoples of the north, and a name taken apart.

use crate::fold::fold;

/// Family names with their marks, in small letters. Sources: Lê Trung Hoa, Họ và tên người Việt Nam
/// (2005); for the other peoples, family names of delegates and teachers in provincial lists of the
/// north. A name that is missing here is no finding: it is only not known to be usual.
const SURNAMES: &[&str] = &[
    // Kinh, many of them Mường, Tày, Nùng and Hoa as well.
    "an",
    "âu",
    "bạch",
    "bàng",
    "bành",
    "bế",
    "biện",
    "bùi",
    "cao",
    "cái",
    "cấn",
    "cát",
    "châu",
    "chế",
    "chu",
    "chử",
    "cù",
    "cung",
    "danh",
    "diệp",
    "doãn",
    "dương",
    "đàm",
    "đan",
    "đào",
    "đái",
    "đặng",
    "đậu",
    "điền",
    "đinh",
    "đoàn",
    "đồng",
    "đỗ",
    "đới",
    "đường",
    "giang",
    "giáp",
    "hà",
    "hạ",
    "hàn",
    "hán",
    "hầu",
    "hồ",
    "hoàng",
    "hồng",
    "hứa",
    "huỳnh",
    "kha",
    "khổng",
    "khúc",
    "khuất",
    "khương",
    "kiều",
    "kim",
    "la",
    "lã",
    "lại",
    "lâm",
    "lăng",
    "lê",
    "liễu",
    "lục",
    "lữ",
    "lương",
    "lưu",
    "lý",
    "mạc",
    "mã",
    "mai",
    "mạnh",
    "mẫn",
    "nghiêm",
    "ngô",
    "ngụy",
    "nguyễn",
    "nhâm",
    "nhữ",
    "ninh",
    "nông",
    "ông",
    "phạm",
    "phan",
    "phí",
    "phó",
    "phùng",
    "phương",
    "quách",
    "quan",
    "quản",
    "sái",
    "sầm",
    "sử",
    "tạ",
    "tăng",
    "tào",
    "thạch",
    "thái",
    "thẩm",
    "thân",
    "thang",
    "thiều",
    "tiêu",
    "tô",
    "tôn",
    "tống",
    "trần",
    "trang",
    "triệu",
    "trịnh",
    "trương",
    "từ",
    "tưởng",
    "ứng",
    "uông",
    "văn",
    "vi",
    "viên",
    "võ",
    "vũ",
    "vương",
    "yên",
    "lí",
    // Thái, Lào, Lự, Khơ Mú, Kháng, Xinh Mun, La Ha.
    "bạc",
    "cà",
    "cầm",
    "cụt",
    "điêu",
    "đèo",
    "khằm",
    "lang",
    "lèo",
    "lò",
    "lô",
    "lộc",
    "lường",
    "lù",
    "mào",
    "mè",
    "moong",
    "ngân",
    "ngần",
    "ốc",
    "quàng",
    "sa",
    "tao",
    "tòng",
    "và",
    "vì",
    "xa",
    // Mông.
    "chang",
    "cháng",
    "cứ",
    "cư",
    "dình",
    "dương",
    "giàng",
    "hạng",
    "hảng",
    "hàng",
    "hầu",
    "hờ",
    "khang",
    "kháng",
    "lầu",
    "ly",
    "lỳ",
    "lử",
    "mã",
    "mùa",
    "ma",
    "phàng",
    "sình",
    "sồng",
    "sùng",
    "thào",
    "tráng",
    "vàng",
    "vừ",
    "vù",
    "xồng",
    "xìn",
    "vá",
    // Dao, Pà Thẻn, Sán Chay, Sán Dìu, Hoa of Quảng Ninh.
    "bàn",
    "chảo",
    "chìu",
    "chíu",
    "coóng",
    "đường",
    "húng",
    "làn",
    "lìu",
    "phàn",
    "phù",
    "phún",
    "phượng",
    "sìn",
    "tải",
    "tằng",
    "tẩn",
    "tặng",
    "tăng",
    "ván",
    "voòng",
    "vòng",
    "vắn",
    // Hà Nhì, La Hủ, Cống, Si La, Phù Lá, Lô Lô, La Chí, Giáy, Mảng, Cơ Lao, Pu Péo, Bố Y.
    "chúng",
    "củng",
    "dỉ",
    "hù",
    "khoàng",
    "ky",
    "lồ",
    "lùng",
    "mạ",
    "min",
    "ngũ",
    "pàn",
    "phà",
    "pho",
    "pờ",
    "sần",
    "sừng",
    "tận",
    "toán",
    "xèn",
    "chìn",
    "chi",
    "dìu",
    "thàng",
    "cáo",
    "sì",
    "khùn",
    "sải",
    "thèn",
    "vùi",
    "già",
    // Others of Tày, Nùng, Mông, Khơ Mú, Sán Dìu and Sán Chay.
    "chá",
    "chương",
    "cút",
    "dường",
    "hoa",
    "linh",
    "long",
    "mông",
    "ngọ",
    "ngọc",
    "nịnh",
    "ôn",
    "trạc",
    "ún",
    "vy",
    "xeo",
];
/// Of these, the words that are middle names just as well: `Ông Văn Hùng` has the family name Ông.
const MIDDLE_TOO: &[&str] = &[
    "văn", "an", "kim", "hồng", "mai", "phương", "trang", "yên", "ngân", "xa", "và", "thái", "chi", "hoa",
    "linh", "long", "ngọc",
];
/// Family names of more than one word.
const COMPOUND: &[&str] = &[
    "công tằng tôn nữ",
    "công tôn nữ",
    "huyền tôn nữ",
    "tôn nữ",
    "tôn thất",
    "âu dương",
    "hoàng phủ",
    "công tôn",
];

/// A name taken apart. Where it has one word only, that is the given name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    /// Family name; empty where there is none.
    pub surname: &'a str,
    /// Middle name or names; often empty.
    pub middle: &'a str,
    /// Given name, one word; with Êđê and Mnông the word behind `Y` or `H'` belongs to it.
    pub given: &'a str,
    /// Whether the family name is one of those usual in the north.
    pub usual: bool,
}

/// Takes a normalised name apart: family name first, given name last, as all peoples of the north have
/// it. Names that begin with `Y` or with `H'` have the given name first and the clan's name last
/// (Êđê, Mnông).
pub fn split(name: &str) -> Split<'_> {
    if name.starts_with("Y ") || matches!(name.as_bytes(), [b'A'..=b'Z', b'\'', ..]) {
        let words = name.strip_prefix("Y ").map_or(0, |_| 2);
        let end = name[words..].rfind(' ').map_or(name.len(), |at| words + at);
        let surname = name[end..].trim_start();
        return Split {
            surname,
            middle: "",
            given: &name[..end],
            usual: is_surname(surname),
        };
    }
    let surname_end = compound(name).or_else(|| name.find(' ')).unwrap_or(0);
    let (surname, rest) = name.split_at(surname_end);
    let rest = rest.trim_start();
    let (middle, given) = rest.rsplit_once(' ').unwrap_or(("", rest));
    Split {
        surname,
        middle,
        given,
        usual: is_surname(surname) || surname.contains(' '),
    }
}

/// Where a family name of several words ends, when a name follows it.
fn compound(name: &str) -> Option<usize> {
    if !name.starts_with(['T', 'C', 'H', 'Â']) {
        return None;
    }
    let small = name.to_lowercase();
    let found = COMPOUND.iter().find(|known| {
        small
            .strip_prefix(**known)
            .is_some_and(|rest| rest.starts_with(' '))
    })?;
    let words = found.split(' ').count();
    name.match_indices(' ').nth(words - 1).map(|(at, _)| at)
}

/// Whether the word is a family name; without marks any that folds to it counts.
pub(super) fn is_surname(word: &str) -> bool {
    let small = word.to_lowercase();
    SURNAMES.contains(&small.as_str())
        || (small.is_ascii() && !small.is_empty() && SURNAMES.iter().any(|known| fold(known) == small))
}

/// Whether the word is a family name and hardly a middle name.
pub(super) fn is_only_surname(word: &str) -> bool {
    let small = word.to_lowercase();
    is_surname(word)
        && !MIDDLE_TOO
            .iter()
            .any(|known| *known == small || fold(known) == small)
}
