//! Titles in front of a name.

use super::{surname, word};

/// Titles of kin and courtesy. Those that are family names as well are none unless one follows.
const COURTESY: &[&str] = &[
    "ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "em", "cháu", "thầy", "bé", "dì", "cậu", "bố", "mẹ",
];
/// The same without marks, as far as they are no family names then.
const COURTESY_UNMARKED: &[&str] = &["ong", "ba", "anh"];
/// Titles of women.
const OF_WOMEN: &[&str] = &["bà", "chị", "cô", "dì", "mẹ", "mrs", "ms", "miss", "madam"];
/// Titles that are no word of a name, without their dots.
const OFFICE: &[&str] = &[
    "mr", "mrs", "ms", "miss", "madam", "dr", "prof", "ts", "ths", "tskh", "pgs", "gs", "pgsts", "gsts",
    "bs", "bsck", "bscki", "bsckii", "cki", "ckii", "ks", "ls", "ds", "nsnd", "nsưt", "ngnd", "ngưt", "đ/c",
    "đc", "lm", "ht", "tt",
];
/// Titles of two or three words.
const RANKS: &[&str] = &[
    "đồng chí",
    "tiến sĩ",
    "tiến sỹ",
    "thạc sĩ",
    "thạc sỹ",
    "bác sĩ",
    "bác sỹ",
    "dược sĩ",
    "kỹ sư",
    "luật sư",
    "giáo sư",
    "phó giáo sư",
    "cử nhân",
    "đại tướng",
    "thượng tướng",
    "trung tướng",
    "thiếu tướng",
    "đại tá",
    "thượng tá",
    "trung tá",
    "thiếu tá",
    "đại úy",
    "thượng úy",
    "trung úy",
    "thiếu úy",
    "linh mục",
    "mục sư",
    "hòa thượng",
    "thượng tọa",
    "đại đức",
    "ni sư",
    "ni trưởng",
    "sư cô",
    "sư thầy",
    "trưởng bản",
    "trưởng thôn",
    "già làng",
    "chủ tịch",
    "bí thư",
];

/// The first words of all of these, written as a word of a name is; sorted.
const BEGINNINGS: &[&str] = &[
    "Anh",
    "Ba",
    "Bs",
    "Bsck",
    "Bscki",
    "Bsckii",
    "Bà",
    "Bác",
    "Bé",
    "Bí",
    "Bố",
    "Cháu",
    "Chú",
    "Chị",
    "Chủ",
    "Cki",
    "Ckii",
    "Cô",
    "Cậu",
    "Cụ",
    "Cử",
    "Dr",
    "Ds",
    "Dì",
    "Dược",
    "Em",
    "Già",
    "Giáo",
    "Gs",
    "Gsts",
    "Ht",
    "Hòa",
    "Ks",
    "Kỹ",
    "Linh",
    "Lm",
    "Ls",
    "Luật",
    "Madam",
    "Miss",
    "Mr",
    "Mrs",
    "Ms",
    "Mẹ",
    "Mục",
    "Ngnd",
    "Ngưt",
    "Ni",
    "Nsnd",
    "Nsưt",
    "Ong",
    "Pgs",
    "Pgsts",
    "Phó",
    "Prof",
    "Sư",
    "Thiếu",
    "Ths",
    "Thượng",
    "Thạc",
    "Thầy",
    "Tiến",
    "Trung",
    "Trưởng",
    "Ts",
    "Tskh",
    "Tt",
    "Ông",
    "Đ/C",
    "Đc",
    "Đại",
    "Đồng",
];

/// Whether a title may begin with this word, written as a word of a name is.
pub(super) fn begins(word: &str) -> bool {
    BEGINNINGS.binary_search(&word).is_ok()
}

/// What stands in front of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Title {
    None,
    /// A title of so many bytes, its space included.
    Before {
        bytes: usize,
        of_a_woman: bool,
    },
    /// Perhaps a title, of so many bytes.
    Unclear {
        bytes: usize,
    },
}

/// The title that the name begins with.
pub(super) fn of(name: &str) -> Title {
    let mut words = name.splitn(4, ' ');
    let first = words.next().unwrap_or("");
    // The longest word of a title has 9 bytes, a dot or two included.
    if first.len() > 14 {
        return Title::None;
    }
    let small: String = first
        .to_lowercase()
        .chars()
        .filter(|&c| !matches!(c, '.' | ',' | ':'))
        .collect();
    let mut cased = String::with_capacity(small.len());
    word::cased(&small, &mut cased);
    if !begins(&cased) {
        return Title::None;
    }
    let bytes = first.len() + 1;
    let of_a_woman = OF_WOMEN.contains(&small.as_str());
    if let Some(bytes) = rank(name) {
        return Title::Before {
            bytes,
            of_a_woman: false,
        };
    }
    let (second, third) = (words.next().unwrap_or(""), words.next());
    let marked = COURTESY.contains(&small.as_str());
    if third.is_none() {
        let perhaps = marked && !second.is_empty();
        return if perhaps {
            Title::Unclear { bytes }
        } else {
            Title::None
        };
    }
    if OFFICE.contains(&small.as_str()) {
        return Title::Before { bytes, of_a_woman };
    }
    let unmarked = name.is_ascii() && COURTESY_UNMARKED.contains(&small.as_str());
    if !marked && !unmarked {
        return Title::None;
    }
    if surname::is_only_surname(second) {
        Title::Before { bytes, of_a_woman }
    } else if marked && small != "ông" {
        Title::Unclear { bytes }
    } else {
        Title::None
    }
}

/// The bytes of a rank that two words of a name follow.
fn rank(name: &str) -> Option<usize> {
    let mut ends = name.match_indices(' ').map(|(at, _)| at);
    let (second, third) = (ends.nth(1)?, ends.next());
    let named = |end: usize| RANKS.contains(&name[..end].to_lowercase().as_str());
    if third.is_some_and(|third| third < 24 && named(third) && name[third + 1..].contains(' ')) {
        return third.map(|third| third + 1);
    }
    (second < 24 && named(second) && name[second + 1..].contains(' ')).then_some(second + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_beginning_is_known() {
        assert!(BEGINNINGS.is_sorted());
        let titles = [COURTESY, COURTESY_UNMARKED, OFFICE, RANKS].concat();
        for title in titles {
            let mut first = String::new();
            word::cased(title.split(' ').next().expect("a word"), &mut first);
            assert!(begins(&first), "{title}");
        }
    }
}
