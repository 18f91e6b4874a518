//! Each comparator by pairs and the level they agree on, and what holds for any pair.

use super::*;
use proptest::prelude::*;

/// The level of two texts, each alone in its column.
fn level_of(comparator: Comparator, a: &str, b: &str, both_marked: bool) -> Level {
    let mut dictionary = Dictionary::default();
    let mut slots = |text: &str| match comparator {
        Comparator::Number => packed_number(text).to_vec(),
        Comparator::Date => {
            let mut parts = text.split('-').map(|part| part.parse::<u16>().expect("a number"));
            let mut next = || parts.next().unwrap_or(0);
            vec![packed_date(next(), next() as u8, next() as u8)]
        }
        Comparator::Abode => text
            .split(' ')
            .map(|unit| unit.parse().expect("a unit"))
            .collect(),
        Comparator::Name | Comparator::Text | Comparator::Category => vec![dictionary.symbol(text)],
    };
    let (a, b) = (slots(a), slots(b));
    let sides = Sides {
        dictionary: &dictionary,
        both_marked,
    };
    comparator.compare(&a, &b, sides)
}

#[track_caller]
fn check(comparator: Comparator, both_marked: bool, pairs: &[(&str, &str, &str)]) {
    for (a, b, expected) in pairs {
        for (a, b) in [(a, b), (b, a)] {
            let level = level_of(comparator, a, b, both_marked);
            let name = comparator
                .levels()
                .get(usize::from(level))
                .map_or("missing", |level| level.name);
            assert_eq!(name, *expected, "{a} / {b}");
        }
    }
}

#[test]
fn names() {
    check(
        Comparator::Name,
        false,
        &[
            ("Văn Pâng", "Văn Pâng", "same"),
            ("Văn Pâng", "Van Pang", "unmarked"),
            ("Đức", "DUC", "unmarked"),
            ("Thị Lý", "Thị Li", "spelling"),
            ("Hoàng", "Huỳnh", "spelling"),
            ("Võ", "Vũ", "spelling"),
            ("Thị ThuHà", "Thị Thu Hà", "spelling"),
            ("Văn Pâng", "V. Pâng", "shortened"),
            ("Văn Pâng", "V Pâng", "shortened"),
            ("Thị Thu Hà", "Hà", "shortened"),
            ("Thị Thu Hà", "Thu Hà", "shortened"),
            ("Thị Thu Hà", "Thị Hà", "shortened"),
            ("Thu Hà", "Hà Thu", "order"),
            ("Thị Hương", "Thị Hươnh", "slip"),
            ("Nuyễn", "Nguyễn", "letter"),
            ("Nguyễnn", "Nguyễn", "slip"),
            ("Minh Tuấn", "Minh Taun", "slip"),
            ("Thị Hồng", "Thị Hồhg", "slip"),
            ("Đình Long", "DDinh Long", "slip"),
            ("Thị Mỷ", "Thi Mny", "slip"),
            ("Văn Hùng", "Văn Hưng", "unmarked"),
            ("Văn Hùng", "Văn Tùng", "letter"),
            ("Van Hung", "Văn Tùng", "letter"),
            ("Văn Hùng", "Văn Hưngg", "letter"),
            ("Van Hung", "Văn Hưngg", "slip"),
            ("Ksor Hmok", "Ksor Hmol", "letter"),
            ("Văn Hùng", "Đức Hùng", "middle"),
            ("Văn Hùng", "Văn Sơn", "given"),
            ("Martha", "Marhtaa", "close"),
            ("Nguyễn", "Ngực", "near"),
            ("Pâng", "Hặc", "other"),
            ("Lò", "Lê", "other"),
            ("", "Lê", "missing"),
        ],
    );
    check(
        Comparator::Name,
        true,
        &[
            ("Hương", "Hường", "mark"),
            ("Hoa", "Hoà", "mark"),
            ("Pâng", "Páng", "mark"),
            ("Hương", "Hương", "same"),
        ],
    );
}

#[test]
fn texts() {
    check(
        Comparator::Text,
        false,
        &[
            ("winston hills", "winston hills", "same"),
            ("winston hills", "winstonhills", "folded"),
            ("Tổ 3, Mường Thanh", "tổ 3, mường thanh", "folded"),
            ("winston hills", "winston hlils", "letter"),
            ("pinkerton circuit", "pinkerton circus", "close"),
            ("main street", "upper main street", "words"),
            ("stanley street", "stantly steet", "close"),
            ("stanley", "stanleeds", "near"),
            ("miami", "bega flats", "other"),
            ("", "miami", "missing"),
        ],
    );
}

#[test]
fn dates() {
    check(
        Comparator::Date,
        false,
        &[
            ("1987-9-5", "1987-9-5", "same"),
            ("1987-9-5", "1987-9", "coarse"),
            ("1987-9-5", "1987", "coarse"),
            ("1987-9", "1987", "coarse"),
            ("1987-9-5", "1987-5-9", "swapped"),
            ("1987-9-5", "1987-9-6", "digit"),
            ("1987-9-5", "1978-9-5", "birthday"),
            ("1987-9-5", "1977-9-5", "digit"),
            ("1987-9-5", "1987-9-26", "month"),
            ("1987-9-5", "1987-12-26", "year"),
            ("1987-9", "1987-12", "year"),
            ("1987-9-5", "1988-12-26", "near"),
            ("1987", "1988", "near"),
            ("1987-9-5", "1960-12-26", "other"),
        ],
    );
}

#[test]
fn numbers() {
    check(
        Comparator::Number,
        false,
        &[
            ("011087001234", "011087001234", "same"),
            ("0912 345 678", "0912.345.678", "same"),
            ("0123", "123", "length"),
            ("011087001234", "011087001235", "digit"),
            ("011087001234", "011087001243", "transposed"),
            ("011087001234", "01108700123", "length"),
            ("011087001234", "01187001234", "length"),
            ("011087001234", "011087005678", "other"),
            ("011087001234", "011087001298", "digits"),
            ("000", "0000", "length"),
            ("12a", "12", "same"),
            ("no digit", "12", "missing"),
        ],
    );
}

#[test]
fn categories() {
    check(
        Comparator::Category,
        false,
        &[
            ("nsw", "nsw", "same"),
            ("nsw", "vic", "other"),
            ("", "vic", "missing"),
        ],
    );
}

#[test]
fn places() {
    // Where somebody was born, has their residence, and lives. Thanh Nưa and Thanh An are made of communes of the former district
    // of Điện Biên, Tủa Chùa of one beside it; Sơn La is another province.
    let (one, beside, two, far) = (unit(11, 3328), unit(11, 3352), unit(11, 3217), unit(14, 3646));
    let province = unit(11, 0);
    let at = |units: [u32; 3]| units.map(|unit| unit.to_string()).join(" ");
    for (a, b, expected) in [
        ([one, one, 0], [one, one, 0], "both_same"),
        ([one, one, 0], [one, beside, 0], "born_same_district"),
        ([one, one, 0], [one, two, 0], "born_same_near"),
        ([one, one, 0], [one, far, 0], "born_same_moved"),
        ([one, one, 0], [one, 0, 0], "born_same"),
        ([one, one, 0], [beside, one, 0], "district_same"),
        ([one, one, 0], [beside, beside, 0], "district_district"),
        ([one, one, 0], [beside, two, 0], "district_near"),
        ([one, one, 0], [beside, far, 0], "district_moved"),
        ([one, one, 0], [beside, 0, 0], "district"),
        ([one, one, 0], [two, one, 0], "near_same"),
        ([one, one, 0], [two, beside, 0], "near_district"),
        ([one, one, 0], [province, two, 0], "near_near"),
        ([one, one, 0], [two, far, 0], "near_moved"),
        ([one, 0, 0], [province, far, 0], "near"),
        ([one, one, 0], [far, one, 0], "elsewhere_same"),
        ([one, one, 0], [far, beside, 0], "elsewhere_district"),
        ([one, one, 0], [far, two, 0], "elsewhere_near"),
        ([one, one, 0], [far, far, 0], "elsewhere"),
        ([one, one, 0], [far, 0, 0], "born_elsewhere"),
        ([0, one, 0], [0, one, 0], "living_same"),
        // Who lives where the other has their residence.
        ([0, one, two], [0, far, one], "living_same"),
        ([0, one, 0], [0, beside, 0], "living_district"),
        ([0, one, 0], [0, two, 0], "living_near"),
        ([0, one, 0], [0, far, 0], "living_elsewhere"),
        ([one, 0, 0], [0, one, 0], "missing"),
    ] {
        check(Comparator::Abode, false, &[(&at(a), &at(b), expected)]);
    }
}

proptest! {
    #[test]
    fn any_two_texts_agree_on_one_level_whichever_comes_first(
        a in "\\PC{0,40}", b in "\\PC{0,40}", marked: bool,
    ) {
        for comparator in [Comparator::Name, Comparator::Text, Comparator::Category, Comparator::Number] {
            let (there, back) = (level_of(comparator, &a, &b, marked), level_of(comparator, &b, &a, marked));
            prop_assert_eq!(there, back);
            prop_assert!(there == MISSING || usize::from(there) < comparator.levels().len());
        }
    }

    #[test]
    fn names_that_are_alike_agree_whichever_comes_first(a in "[aăyi. ]{0,9}", b in "[aăyi. ]{0,9}", marked: bool) {
        for comparator in [Comparator::Name, Comparator::Text] {
            prop_assert_eq!(level_of(comparator, &a, &b, marked), level_of(comparator, &b, &a, marked));
        }
    }

    #[test]
    fn any_two_dates_agree_on_one_level_whichever_comes_first(a: u32, b: u32) {
        let dictionary = Dictionary::default();
        let sides = Sides { dictionary: &dictionary, both_marked: false };
        let there = Comparator::Date.compare(&[a], &[b], sides);
        prop_assert_eq!(there, Comparator::Date.compare(&[b], &[a], sides));
    }

    #[test]
    fn any_two_places_agree_on_one_level_whichever_comes_first(a: [u32; 3], b: [u32; 3]) {
        let dictionary = Dictionary::default();
        let sides = Sides { dictionary: &dictionary, both_marked: false };
        let there = Comparator::Abode.compare(&a, &b, sides);
        prop_assert_eq!(there, Comparator::Abode.compare(&b, &a, sides));
        prop_assert!(there == MISSING || usize::from(there) < Comparator::Abode.levels().len());
    }
}
