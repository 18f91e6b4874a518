//! What holds for any text.

use chrono::NaiveDate;
use places::{Context, Places, State};
use proptest::prelude::*;

fn days() -> impl Strategy<Value = Option<NaiveDate>> {
    prop::option::of(
        (1990_i32..2030, 1_u32..13, 1_u32..29).prop_map(|(year, month, day)| {
            NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
        }),
    )
}

/// Texts made of what addresses are made of, and of anything.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "xã",
            "P.",
            "TT",
            "huyện",
            "TP.",
            "tx",
            "tỉnh",
            "T.",
            "Điện Biên",
            "Hà Nội",
            "HCM",
            "Tân Lập",
            "Him Lam",
            "mường phăng",
            "Dien Bien Phu",
            "5",
            "05",
            "11",
            "03127",
            "@2025-07-01",
            "bản",
            "tổ",
            "số",
            ",",
            " - ",
            ".",
            "(cũ)",
            "Việt Nam",
            "\u{301}",
            "\u{200b}",
            "Ｐ",
            "0",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_gets_an_answer_that_stands(text in texts(), as_of in days(), province in prop::option::of(texts())) {
        let context = Context { as_of, province: province.as_deref() };
        let reading = Places::shared().read_afresh(&text, context);
        prop_assert!(reading.value.is_some() || !reading.found.is_empty());
        for value in reading.value.iter().chain(&reading.candidates) {
            let unit = Places::shared().unit_of_value(value).expect("a unit");
            prop_assert_eq!(unit.state(), State::Today);
            let again = Places::shared().read_afresh(value, context);
            prop_assert_eq!(again.value.as_ref(), Some(value));
            prop_assert!(again.changed_by.is_empty());
        }
    }

    #[test]
    fn what_is_remembered_is_what_is_read(text in texts(), as_of in days(), province in prop::option::of(texts())) {
        let context = Context { as_of, province: province.as_deref() };
        let afresh = Places::shared().read_afresh(&text, context);
        prop_assert_eq!(&Places::shared().read(&text, context), &afresh);
        prop_assert_eq!(&Places::shared().read(&text, context), &afresh);
    }
}

#[test]
fn a_text_of_any_length_is_answered_at_once() {
    for text in [
        "Tân Lập, ",
        "a",
        "xã ",
        "P",
        "0",
        "\u{301}",
        "đ",
        ",",
        "字",
        "bản 5 ",
    ] {
        let long = text.repeat(200_000);
        let reading = Places::shared().read(&long, Context::default());
        assert_eq!(reading.value, None, "{text}");
    }
}
