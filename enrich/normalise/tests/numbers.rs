//! Written identity numbers and what they are read as.

mod table;

use normalise::{Context, Date, number};
use proptest::prelude::*;
use rules::Reading;
use table::Row;

fn form() -> Context<'static> {
    Context {
        date_of_birth: Date::parse("1987-09-05"),
        sex: Some("M"),
        birth_province: Some("11"),
        ..Context::at(Date::parse("2025-06-30").expect("a day"))
    }
}

#[track_caller]
fn check(read: impl Fn(&str) -> Reading, rows: &[Row<'_>]) {
    table::check("number.", read, rows);
}

fn personal(text: &str) -> Reading {
    number::personal(text, &form())
}

fn old(text: &str) -> Reading {
    number::old(text, &Context::default())
}

#[test]
fn marks_and_labels_are_no_part_of_a_number() {
    for written in [
        "011087001234",
        " 011087001234 ",
        "011 087 001 234",
        "011.087.001.234",
        "011-087-001-234",
        "011 087 001234",
        "0 1 1 0 8 7 0 0 1 2 3 4",
        "011087 001234",
        "011\u{a0}087\u{a0}001\u{a0}234",
        "011–087–001234",
        "011_087_001_234",
        "011/087/001/234",
        "011,087,001,234",
        "'011087001234",
        "\"011087001234\"",
        "011087001234.",
        "(011087001234)",
        "０１１０８７００１２３４",
        "０１１　０８７　００１　２３４",
        "\u{feff}011087001234",
        "011087\u{200b}001234",
        "011087\u{fe0f}001234",
        "CCCD 011087001234",
        "CCCD: 011087001234",
        "CCCD011087001234",
        "Số CCCD: 011087001234",
        "số 011087001234",
        "Số định danh cá nhân: 011087001234",
        "Căn cước công dân 011087001234",
        "ĐDCN 011087001234",
        "CMND: 011087001234",
        "011087001234.0",
    ] {
        check(personal, &[(written, "011087001234", &[], &[])]);
    }
}

#[test]
fn letters_that_look_like_digits_are_read_and_noted_others_only_guessed() {
    check(
        personal,
        &[
            ("O11087001234", "011087001234", &["look-alike"], &[]),
            ("o11o87oo1234", "011087001234", &["look-alike"], &[]),
            ("0l1087001234", "011087001234", &["look-alike"], &[]),
            ("0Il087OO1234", "011087001234", &["look-alike"], &[]),
            ("О11087001234", "011087001234", &["look-alike"], &[]),
            ("O 1 1 O 8 7 0 0 1 2 3 4", "011087001234", &["look-alike"], &[]),
            ("011 O87 OO1 234", "011087001234", &["look-alike"], &[]),
            ("O11087l1234", "", &["not-12-digits"], &[]),
            ("0110B7001234", "", &["not-digits"], &["011087001234"]),
            ("01108700I2S4", "", &["not-digits"], &["011087001254"]),
            ("01I087Z01234", "", &["not-digits"], &["011087201234"]),
            ("B11087001234", "", &["not-digits"], &[]),
            ("011087001234 (của mẹ)", "", &["not-digits"], &["011087001234"]),
            (
                "011087001234 cấp ngày 05/09/2021",
                "",
                &["not-digits"],
                &["011087001234"],
            ),
            ("1.1087E+10", "", &["not-digits"], &[]),
            ("Lò Văn Pâng", "", &["not-digits"], &[]),
            ("०११०८७००१२३४", "", &["not-digits"], &[]),
        ],
    );
}

#[test]
fn a_number_of_another_length_is_held_and_never_filled_up() {
    check(
        personal,
        &[
            ("11087001234", "", &["zero-lost"], &["011087001234"]),
            ("11087001234.0", "", &["zero-lost"], &["011087001234"]),
            ("11,087,001,234", "", &["zero-lost"], &["011087001234"]),
            ("1087001234", "", &["zero-lost"], &["001087001234"]),
            ("01087001234", "", &["not-12-digits"], &[]),
            ("99087001234", "", &["not-12-digits"], &[]),
            ("040123456", "", &["old-in-its-place"], &[]),
            ("040 123 456", "", &["old-in-its-place"], &[]),
            ("CMND 040123456", "", &["old-in-its-place"], &[]),
            ("0110870012345", "", &["not-12-digits"], &[]),
            ("0110870012", "", &["not-12-digits"], &[]),
            ("0912345678", "", &["not-12-digits"], &[]),
            ("1", "", &["not-12-digits"], &[]),
            ("0", "", &["not-12-digits"], &[]),
            ("011087001234/040123456", "", &["several"], &["011087001234"]),
            ("040123456 - 011087001234", "", &["several"], &["011087001234"]),
            ("011087001234 040123456", "", &["several"], &["011087001234"]),
            (
                "011087001234, 011187001235",
                "",
                &["several"],
                &["011087001234", "011187001235"],
            ),
            ("011087001234 1", "", &["several"], &["011087001234"]),
        ],
    );
}

#[test]
fn that_there_is_none_is_held_as_nothing() {
    for written in [
        "chưa có",
        "đã mất",
        "đã chết",
        "chưa được cấp",
        "Chưa có số",
        "CHƯA CẤP",
        "chua co",
        "không có",
        "không",
        "-",
        "---",
        "x",
        "xxx",
        "...",
        "không rõ",
        "?",
        "N/A",
    ] {
        check(personal, &[(written, "", &["none"], &[])]);
    }
    check(personal, &[("", "", &[], &[]), ("  ", "", &[], &[])]);
}

/// Decree 137/2015/ND-CP, article 13; Circular 07/2016/TT-BCA, appendices; Circular 59/2021/TT-BCA, article 4.
#[test]
fn a_number_that_cannot_be_or_disagrees_is_held_as_it_is() {
    check(
        personal,
        &[
            ("011187001234", "011187001234", &["sex-disagrees"], &[]),
            ("011088001234", "011088001234", &["year-disagrees"], &[]),
            (
                "011287001234",
                "011287001234",
                &["year-to-come", "year-disagrees"],
                &[],
            ),
            ("012087001234", "012087001234", &["province-disagrees"], &[]),
            ("003087001234", "003087001234", &["unknown-province"], &[]),
            (
                "000000000000",
                "000000000000",
                &["unknown-province", "year-disagrees"],
                &[],
            ),
            ("028087001234", "028087001234", &["unknown-province"], &[]),
            ("097087001234", "097087001234", &["unknown-province"], &[]),
            (
                "193087001234",
                "193087001234",
                &["registered-abroad", "province-disagrees"],
                &[],
            ),
            ("999087001234", "999087001234", &["unknown-province"], &[]),
            (
                "123456789012",
                "123456789012",
                &[
                    "registered-abroad",
                    "century-to-come",
                    "year-disagrees",
                    "province-disagrees",
                ],
                &[],
            ),
            (
                "012345678901",
                "012345678901",
                &[
                    "year-to-come",
                    "sex-disagrees",
                    "year-disagrees",
                    "province-disagrees",
                ],
                &[],
            ),
            (
                "012188001234",
                "012188001234",
                &["sex-disagrees", "year-disagrees", "province-disagrees"],
                &[],
            ),
        ],
    );
    let alone = |text: &str| number::personal(text, &Context::default());
    check(
        alone,
        &[
            ("011187001234", "011187001234", &[], &[]),
            ("012345678901", "012345678901", &[], &[]),
            ("011487001234", "011487001234", &["century-to-come"], &[]),
            ("005087001234", "005087001234", &["unknown-province"], &[]),
        ],
    );
}

#[test]
fn former_cards() {
    for written in [
        "040123456",
        "040 123 456",
        "040.123.456",
        "040-123-456",
        "CMND 040123456",
        "Số CMND: 040123456",
        "０４０１２３４５６",
    ] {
        check(old, &[(written, "040123456", &[], &[])]);
    }
    check(
        old,
        &[
            ("O40123456", "040123456", &["look-alike"], &[]),
            ("011087001234", "011087001234", &["old-of-12-digits"], &[]),
            (
                "003087001234",
                "003087001234",
                &["unknown-province", "old-of-12-digits"],
                &[],
            ),
            ("40123456", "", &["not-9-digits"], &["040123456"]),
            ("0401234567", "", &["not-9-digits"], &[]),
            ("04012345", "", &["not-9-digits"], &[]),
            ("000000000", "000000000", &["placeholder"], &[]),
            ("111111111", "111111111", &["placeholder"], &[]),
            ("123456789", "123456789", &["placeholder"], &[]),
            (
                "040123456/050123456",
                "",
                &["several"],
                &["040123456", "050123456"],
            ),
            ("04012B456", "", &["not-digits"], &["040128456"]),
            ("không có", "", &["none"], &[]),
            ("", "", &[], &[]),
        ],
    );
}

#[test]
fn passports() {
    check(
        number::passport,
        &[
            ("B1234567", "B1234567", &[], &[]),
            ("b 1234567", "B1234567", &[], &[]),
            ("C-1234567", "C1234567", &[], &[]),
            ("P00123456", "P00123456", &[], &[]),
            ("Ｂ１２３４５６７", "B1234567", &[], &[]),
            ("1234567", "", &["not-a-passport"], &[]),
            ("B123456", "", &["not-a-passport"], &[]),
            ("AB123456", "", &["not-a-passport"], &[]),
            ("không có", "", &["none"], &[]),
            ("", "", &[], &[]),
        ],
    );
}

proptest! {
    #[test]
    fn any_text_is_read_and_a_changed_digit_is_never_silent(text in "[0-9OolI .,/\\-xSBCMND số không:'|]{0,24}") {
        for read in [personal, old as fn(&str) -> Reading] {
            let reading = read(&text);
            if let Some(value) = &reading.value {
                prop_assert_eq!(read(value).value, Some(value.clone()));
                let digits: String = text.trim_end_matches(".0").chars().filter(char::is_ascii_digit).collect();
                prop_assert!(value == &digits || !reading.found.is_empty());
            } else {
                prop_assert!(!reading.found.is_empty());
            }
        }
    }
}
