//! Written dates and what they are read as. What a row shows stands in the row's group.

mod table;

use normalise::{Context, Date, date};
use proptest::prelude::*;
use rules::Reading;
use table::Row;

/// The day that forms of this table were taken.
const AS_OF: &str = "2025-06-30";

fn read(text: &str) -> Reading {
    date::read(text, &Context::at(Date::parse(AS_OF).expect("a day")))
}

fn codes(reading: &Reading) -> Vec<&'static str> {
    table::codes("date.", reading)
}

#[track_caller]
fn check(rows: &[Row<'_>]) {
    table::check("date.", read, rows);
}

/// Rows that are read as this value, without a finding.
#[track_caller]
fn all_are(value: &str, written: &[&str]) {
    for text in written {
        check(&[(text, value, &[], &[])]);
    }
}

#[test]
fn days_in_digits_are_day_first() {
    all_are(
        "1987-09-05",
        &[
            "05/09/1987",
            "5/9/1987",
            "05.09.1987",
            "5.9.1987",
            "05-09-1987",
            "5-9-1987",
            "05 09 1987",
            "5 9 1987",
            "05/09-1987",
            "05-09/1987",
            " 05/09/1987 ",
            "05 / 09 / 1987",
            "05/ 09 /1987",
            "05,09,1987",
            "05\\09\\1987",
            "05|09|1987",
            "05/09/1987.",
            "(05/09/1987)",
            "05\u{a0}/\u{a0}09/1987",
            "05–09–1987",
            "05—09—1987",
            "05−09−1987",
            "05·09·1987",
            "05⁄09⁄1987",
            "０５／０９／１９８７",
            "０５－０９－１９８７",
            "05/09/１９８７",
            "\u{feff}05/09/1987",
            "05\u{200b}/09/1987",
            "05\u{61c}/09/1987",
            "'05/09/1987",
            "\"05/09/1987\"",
            "05091987",
            "0 5 0 9 1 9 8 7",
            "０５０９１９８７",
        ],
    );
}

#[test]
fn a_year_that_stands_first_is_one() {
    all_are(
        "1987-09-05",
        &[
            "1987-09-05",
            "1987-9-5",
            "1987/09/05",
            "1987.9.5",
            "1987 09 05",
            "19870905",
            "１９８７０９０５",
            "năm 1987 tháng 9 ngày 5",
        ],
    );
}

#[test]
fn days_in_words() {
    all_are(
        "1950-06-05",
        &[
            "ngày 5 tháng 6 năm 1950",
            "Ngày 05 tháng 06 năm 1950",
            "NGÀY 5 THÁNG 6 NĂM 1950",
            "ngay 5 thang 6 nam 1950",
            "NGAY 05 THANG 06 NAM 1950",
            "nga\u{300}y 5 tha\u{301}ng 6 na\u{306}m 1950",
            "ngày 5, tháng 6, năm 1950",
            "ngày  5  tháng  6  năm  1950.",
            "5 tháng 6 năm 1950",
            "5 tháng 6, 1950",
            "5 tháng 6 1950",
            "ngày 5/6/1950",
            "ngày 05-06-1950",
            "ngày 5 tháng 6/1950",
            "ngày 5/6 năm 1950",
            "5/6 năm 1950",
            "sinh ngày 5/6/1950",
            "Sinh ngày 05 tháng 6 năm 1950",
            "ngày sinh: 05/06/1950",
            "ngày, tháng, năm sinh: 05/06/1950",
            "ngày tháng năm sinh 5/6/1950",
            "ngày5tháng6năm1950",
            "ng 5 th 6 n 1950",
            "5 thg 6 1950",
            "ngày mồng 5 tháng 6 năm 1950",
            "mùng 5 tháng 6 năm 1950",
            "ngày mồng năm tháng sáu năm 1950",
            "ngày năm tháng sáu năm một nghìn chín trăm năm mươi",
            "Ngày năm, tháng sáu, năm một ngàn chín trăm năm mươi",
            "5/T6/1950",
            "5/6/1950 dương lịch",
            "5/6/1950 (DL)",
            "5/6/1950 (dương lịch)",
            "5-Jun-1950",
            "05 JUN 1950",
            "June 5, 1950",
            "5/VI/1950",
            "5-vi-1950",
        ],
    );
    all_are(
        "2005-12-25",
        &["ngày hai mươi lăm tháng mười hai năm hai nghìn không trăm linh năm"],
    );
    all_are(
        "2005-05-25",
        &["ngày hai mươi năm tháng năm năm hai nghìn lẻ năm"],
    );
    all_are(
        "1985-10-31",
        &["ngày ba mươi mốt tháng mười năm một nghìn chín trăm tám mươi lăm"],
    );
    all_are(
        "2010-04-15",
        &["ngày mười lăm tháng tư năm hai nghìn không trăm mười"],
    );
    all_are(
        "1955-05-05",
        &["ngày năm tháng năm năm 1955", "ngày 5 tháng năm năm 1955"],
    );
    all_are(
        "1925-08-25",
        &["ngày hai mươi nhăm tháng tám năm một nghìn chín trăm hai mươi nhăm"],
    );
}

#[test]
fn what_is_not_known_stays_unknown_and_never_becomes_the_first_of_january() {
    let note: &[&str] = &["incomplete"];
    for (value, written) in [
        (
            "1950",
            &[
                "1950",
                "năm 1950",
                "Năm 1950",
                "NĂM 1950",
                "nam 1950",
                "sinh năm 1950",
                "SN 1950",
                "sn1950",
                "năm sinh: 1950",
                "00/00/1950",
                "0/0/1950",
                "00-00-1950",
                "00.00.1950",
                "1950-00-00",
                "00/1950",
                "--/--/1950",
                "__/__/1950",
                "../../1950",
                "…/…/1950",
                "??/??/1950",
                "xx/xx/1950",
                "XX/XX/1950",
                "x/x/1950",
                "**/**/1950",
                "//1950",
                "/ /1950",
                "  /  /1950",
                "/1950",
                "1950.",
                "(1950)",
                "１９５０",
                "ngày 00 tháng 00 năm 1950",
                "ngày ... tháng ... năm 1950",
                "ngày … tháng … năm 1950",
                "ngày .... tháng .... năm 1950",
                "ngày __ tháng __ năm 1950",
                "ngày tháng năm 1950",
                "ngày . . tháng . . năm 1950",
                "không rõ ngày tháng, năm 1950",
                "không nhớ ngày tháng năm 1950",
                "1950 (không rõ ngày tháng)",
                "năm một nghìn chín trăm năm mươi",
                "00001950",
                "19500000",
                "năm 1950 không xác định ngày tháng",
            ][..],
        ),
        (
            "1950-06",
            &[
                "1950-06",
                "1950-6",
                "1950/06",
                "1950.6",
                "1950 06",
                "6/1950",
                "06/1950",
                "6-1950",
                "6.1950",
                "06 1950",
                "00/06/1950",
                "0/6/1950",
                "--/06/1950",
                "xx/06/1950",
                "?/6/1950",
                "1950-06-00",
                "tháng 6 năm 1950",
                "Tháng 06 năm 1950",
                "THÁNG 6 NĂM 1950",
                "thang 6 nam 1950",
                "tháng 6/1950",
                "tháng 6-1950",
                "tháng 6 1950",
                "T6/1950",
                "t6 1950",
                "ngày ... tháng 6 năm 1950",
                "ngày 00 tháng 06 năm 1950",
                "tháng sáu năm 1950",
                "không rõ ngày, tháng 6 năm 1950",
                "Jun 1950",
                "00061950",
            ][..],
        ),
        ("1955-05", &["tháng năm năm 1955"][..]),
    ] {
        for text in written {
            check(&[(text, value, note, &[])]);
        }
    }
}

#[test]
fn a_day_that_no_calendar_has_keeps_its_month_and_is_held() {
    check(&[
        ("31/04/1950", "1950-04", &["impossible"], &["1950-04-30"]),
        ("30/02/1950", "1950-02", &["impossible"], &["1950-02-28"]),
        ("30/02/1952", "1952-02", &["impossible"], &["1952-02-29"]),
        ("29/02/1950", "1950-02", &["impossible"], &["1950-02-28"]),
        ("29/02/1900", "1900-02", &["impossible"], &["1900-02-28"]),
        ("29/02/2000", "2000-02-29", &[], &[]),
        ("31/06/1950", "1950-06", &["impossible"], &["1950-06-30"]),
        ("31/9/1950", "1950-09", &["impossible"], &["1950-09-30"]),
        ("31-11-1950", "1950-11", &["impossible"], &["1950-11-30"]),
        ("1950-04-31", "1950-04", &["impossible"], &["1950-04-30"]),
        (
            "ngày 31 tháng 4 năm 1950",
            "1950-04",
            &["impossible"],
            &["1950-04-30"],
        ),
        ("31041950", "1950-04", &["impossible"], &["1950-04-30"]),
        ("05/00/1950", "1950", &["impossible"], &[]),
        ("32/05/1950", "", &["impossible"], &[]),
        ("45/13/1950", "", &["impossible"], &[]),
        ("13/13/1950", "", &["impossible"], &[]),
        ("13/1950", "", &["impossible"], &[]),
        ("9/31/1987", "", &["impossible"], &[]),
        ("05/ /1950", "1950", &["impossible"], &[]),
        ("1950-13", "", &["impossible"], &[]),
    ]);
}

#[test]
fn what_can_be_read_in_two_ways_is_held_with_both() {
    check(&[
        ("5/6/50", "", &["two-digit-year"], &["1950-06-05"]),
        ("05/06/50", "", &["two-digit-year"], &["1950-06-05"]),
        ("5-6-15", "", &["two-digit-year"], &["2015-06-05", "1915-06-05"]),
        ("5.6.25", "", &["two-digit-year"], &["2025-06-05", "1925-06-05"]),
        ("5/7/25", "", &["two-digit-year"], &["1925-07-05"]),
        ("29/02/50", "", &["two-digit-year"], &[]),
        ("ngày 5 tháng 6 năm 50", "", &["two-digit-year"], &["1950-06-05"]),
        ("ngày 5 tháng 6 năm '50", "", &["two-digit-year"], &["1950-06-05"]),
        ("tháng 6 năm 50", "", &["two-digit-year"], &["1950-06"]),
        ("6/50", "", &["two-digit-year"], &["1950-06"]),
        ("năm 50", "", &["two-digit-year"], &["1950"]),
        ("50", "", &["two-digit-year"], &["1950"]),
        ("05/09", "", &["two-digit-year"], &["2009-05", "1909-05"]),
        ("00/00/50", "", &["two-digit-year"], &["1950"]),
        ("87-09-05", "", &["two-digit-year"], &["1987-09-05"]),
        ("05/23/1987", "", &["month-first"], &["1987-05-23"]),
        ("5/23/1987", "", &["month-first"], &["1987-05-23"]),
        ("1987-23-05", "", &["month-first"], &["1987-05-23"]),
        ("12/31/1987", "", &["month-first"], &["1987-12-31"]),
        ("050987", "", &["ambiguous"], &["1987-09-05"]),
        ("061950", "", &["ambiguous"], &["1950-06"]),
        ("195006", "", &["ambiguous"], &["1950-06"]),
        ("tháng năm 1950", "", &["ambiguous"], &["1950-05", "1950"]),
        ("1950/1951", "", &["ambiguous"], &["1950", "1951"]),
        ("1950-1951", "", &["ambiguous"], &["1950", "1951"]),
        ("khoảng 1950", "", &["approximate"], &["1950"]),
        ("khoảng năm 1950", "", &["approximate"], &["1950"]),
        ("~1950", "", &["approximate"], &["1950"]),
        ("1950?", "", &["approximate"], &["1950"]),
        ("chừng tháng 6 năm 1950", "", &["approximate"], &["1950-06"]),
        ("32025", "", &["spreadsheet-number"], &["1987-09-05"]),
    ]);
}

#[test]
fn lunar_dates_are_held() {
    for written in [
        "15/8/1950 âm lịch",
        "15/8/1950 (âm lịch)",
        "15/8/1950 (âm)",
        "15/8/1950 ÂL",
        "15/8/1950 AL",
        "15/8/1950 al",
        "15/8/1950 lịch âm",
        "ngày 15 tháng 8 năm 1950 âm lịch",
        "ngày rằm tháng 8 năm 1950",
        "tháng giêng năm 1950",
        "mùng 3 tháng Giêng năm 1950",
        "ngày 23 tháng chạp năm 1950",
        "tháng 4 nhuận năm 1950",
        "năm Canh Dần 1950",
        "Canh Dần (1950)",
        "1950 (tuổi Dần)",
    ] {
        check(&[(written, "", &["lunar"], &["1950"])]);
    }
    check(&[
        ("năm Canh Dần", "", &["lunar"], &["2010", "1950"]),
        ("Giáp Tý", "", &["lunar"], &["1984", "1924"]),
        ("Ất Tỵ", "", &["lunar"], &["2025", "1965", "1905"]),
        ("ĐINH MÃO", "", &["lunar"], &["1987", "1927"]),
        ("tuổi Dần", "", &["lunar"], &[]),
    ]);
}

#[test]
fn moments_are_dates_where_the_day_is_the_same_in_viet_nam() {
    all_are(
        "1987-09-05",
        &[
            "1987-09-05T00:00:00Z",
            "1987-09-05T00:00:00.000Z",
            "1987-09-05T00:00:00+07:00",
            "1987-09-05T00:00:00",
            "1987-09-05 00:00:00",
            "1987-09-05 00:00:00.0",
            "05/09/1987 00:00",
            "05/09/1987 12:00:00 SA",
            "5/9/1987 12:00:00 AM",
            "1987-09-05T23:59:59+0700",
        ],
    );
    check(&[
        (
            "1987-09-04T17:00:00Z",
            "",
            &["other-day-in-viet-nam"],
            &["1987-09-05", "1987-09-04"],
        ),
        (
            "1987-12-31T17:00:00.000Z",
            "",
            &["other-day-in-viet-nam"],
            &["1988-01-01", "1987-12-31"],
        ),
        (
            "1987-09-05T00:30:00+09:00",
            "",
            &["other-day-in-viet-nam"],
            &["1987-09-04", "1987-09-05"],
        ),
        ("1987-09-05T25:00:00Z", "", &["unreadable"], &[]),
        ("1950 08:30", "1950", &["incomplete"], &[]),
        ("01/1950 17:00:00Z", "1950-01", &["incomplete"], &[]),
        ("00/00/1950 00:00", "1950", &["incomplete"], &[]),
    ]);
}

#[test]
fn letters_that_look_like_digits_are_read_and_noted() {
    for written in [
        "O5/09/1987",
        "05/O9/1987",
        "o5/o9/1987",
        "05/09/l987",
        "05/09/I987",
    ] {
        check(&[(written, "1987-09-05", &["look-alike"], &[])]);
    }
    check(&[("05/09/19B7", "", &["unreadable"], &[])]);
}

#[test]
fn what_says_nothing_is_held() {
    for written in [
        "không rõ",
        "Không rõ",
        "KHÔNG RÕ",
        "khong ro",
        "không biết",
        "không nhớ",
        "chưa rõ",
        "chưa xác định",
        "không xác định",
        "không có",
        "unknown",
        "không rõ ngày tháng năm sinh",
        "-",
        "--",
        "---",
        "x",
        "xxx",
        "?",
        "...",
        "//",
        "/ /",
        "__/__/____",
        "../../....",
        "--/--/----",
        "xx/xx/xxxx",
    ] {
        check(&[(written, "", &["unknown"], &[])]);
    }
    for written in [
        "mồng năm",
        "xưa",
        "hôm qua",
        "ngày 5 tháng 9",
        "tháng 9",
        "5-6",
        "31/4",
        "5/6/5",
        "quý 1 năm 1950",
        "mất năm 1999",
        "đã mất",
        "5/6/1950 hoặc 6/5/1950",
        "5/6/150",
        "5/6/19500",
        "05/09/19 87",
        "05/09/1987 tại Điện Biên",
        "1/2/3/4",
        "123",
        "1234567",
        "123456789",
        "05//09//1987",
        "05:09:1987",
        "năm hai mươi",
        "1950s",
        "😀",
        "-5/6/1950-7",
        "5/6/1950 7/8/1951",
        "Lò Văn Pâng",
        "٥/٦/١٩٥٠",
        "e5/6/1950",
    ] {
        check(&[(written, "", &["unreadable"], &[])]);
    }
    check(&[("", "", &[], &[]), ("   ", "", &[], &[])]);
}

#[test]
fn no_date_lies_after_its_form_or_before_anyone_alive() {
    check(&[
        ("30/06/2025", "2025-06-30", &[], &[]),
        ("01/07/2025", "2025-07-01", &["future"], &[]),
        ("06/2025", "2025-06", &["incomplete"], &[]),
        ("07/2025", "2025-07", &["incomplete", "future"], &[]),
        ("2025", "2025", &["incomplete"], &[]),
        ("2026", "2026", &["incomplete", "future"], &[]),
        ("05/09/2087", "2087-09-05", &["future"], &[]),
        ("05/09/1895", "1895-09-05", &[], &[]),
        ("05/09/1894", "1894-09-05", &["too-old"], &[]),
        ("05/09/0987", "0987-09-05", &["too-old"], &[]),
        ("00/00/0000", "0000", &["incomplete", "too-old"], &[]),
    ]);
    let anywhen = |text| codes(&date::read(text, &Context::default()));
    assert_eq!(anywhen("01/07/2025"), Vec::<&str>::new());
    assert_eq!(anywhen("05/09/2987"), ["future"]);
    assert_eq!(anywhen("05/09/1889"), ["too-old"]);
    assert_eq!(
        date::read("5/6/50", &Context::default()).candidates,
        ["1950-06-05", "2050-06-05"]
    );
}

const WRITTEN_WITH: &[&str] = &[
    "ngày",
    "tháng",
    "năm",
    "sinh",
    "mồng",
    "âm lịch",
    "không rõ",
    "khoảng",
    "giêng",
    "Canh",
    "Dần",
    "mười",
    "hai",
    "năm",
    "nghìn",
    "chín",
    "trăm",
    "linh",
    "Jun",
    "VI",
    "T",
    "Z",
    "x",
    "/",
    "-",
    ".",
    ",",
    ":",
    " ",
    "…",
    "?",
    "(",
    "0",
    "00",
    "5",
    "06",
    "13",
    "31",
    "32",
    "50",
    "1950",
    "19500605",
    "0000",
    "9999",
    "99999999",
    "O",
    "l",
    "+07:00",
    "\u{301}",
];

proptest! {
    #[test]
    fn any_text_is_read_and_its_normal_form_is_one(parts in proptest::collection::vec(0..WRITTEN_WITH.len(), 0..12)) {
        let text: String = parts.iter().map(|&part| WRITTEN_WITH[part]).collect();
        let reading = read(&text);
        if let Some(value) = reading.value {
            let again = read(&value);
            prop_assert!(again.changed_by.is_empty());
            prop_assert_eq!(again.value, Some(value));
        } else {
            prop_assert!(!reading.found.is_empty());
        }
    }

    #[test]
    fn every_day_is_read_in_every_form(year in 1900_u16..2025, month in 1_u8..=12, day in 1_u8..=31) {
        prop_assume!(Date::of_day(year, month, day).is_some());
        let normal = format!("{year:04}-{month:02}-{day:02}");
        for written in [
            format!("{day}/{month}/{year}"),
            format!("{day:02}.{month:02}.{year}"),
            format!("{year}/{month}/{day}"),
            format!("{day:02}{month:02}{year}"),
            format!("{year}{month:02}{day:02}"),
            format!("NGÀY {day} THÁNG {month} NĂM {year}"),
        ] {
            prop_assert_eq!(read(&written).value, Some(normal.clone()));
        }
    }
}
