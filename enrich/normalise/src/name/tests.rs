//! One table of names: as written, as read, with which findings.

use super::*;
use proptest::prelude::*;
use schemas::Severity;

/// Written, read (empty: no normal form), the codes of what was found.
const TABLE: &[(&str, &str, &str)] = &[
    ("Lò Văn Pâng", "Lò Văn Pâng", ""),
    ("NGUYỄN VĂN A", "Nguyễn Văn A", ""),
    ("nguyễn văn a", "Nguyễn Văn A", ""),
    ("nGUYỄN vĂN bÌNH", "Nguyễn Văn Bình", ""),
    ("NguyễN VăN An", "Nguyễn Văn An", ""),
    ("  Vàng   Thị Mỷ ", "Vàng Thị Mỷ", ""),
    ("ĐẶNG THỊ ÁNH", "Đặng Thị Ánh", ""),
    ("đỗ đức đại", "Đỗ Đức Đại", ""),
    ("Ðặng Văn Ðức", "Đặng Văn Đức", ""),
    ("TRẦN THỊ THUỶ", "Trần Thị Thủy", ""),
    ("Hoàng Thị Hoà", "Hoàng Thị Hòa", ""),
    ("LÊ QUÝ", "Lê Quý", ""),
    ("Lý A Páo", "Lý A Páo", ""),
    ("Nguyễn Văn B", "Nguyễn Văn B", ""),
    ("TrÇn V¨n Hïng", "Trần Văn Hùng", ""),
    ("NGUYEÃN THÒ LAN", "Nguyễn Thị Lan", ""),
    ("NGUYÔN V¡N A", "", "text.legacy-encoding-uncertain"),
    ("Nguy?n V?n A", "", "text.lost-characters"),
    // Apostrophes and hyphens.
    ("Y'Thông", "Y'Thông", ""),
    ("y'thông niê", "Y'Thông Niê", ""),
    ("K'BRÊI", "K'Brêi", ""),
    ("k’brêi", "K'Brêi", ""),
    ("Y' Thông", "Y'Thông", ""),
    ("H'LAN KSOR", "H'Lan Ksor", ""),
    ("Y THÔNG NIÊ", "Y Thông Niê", ""),
    ("SIU H-LAN", "Siu H-Lan", ""),
    ("nguyễn–trần thị mai", "Nguyễn-Trần Thị Mai", ""),
    ("H'LŎ ƀuôn yă", "H'Lŏ Ƀuôn Yă", ""),
    ("Nguyễn Văn An và Trần Thị Bình", "", "name.several"),
    ("NGUYỄN VĂN AN VÀ TRẦN THỊ BÌNH", "", "name.several"),
    ("Và Bá Pó", "Và Bá Pó", ""),
    ("Giàng Thị Và", "Giàng Thị Và", ""),
    ("kÂ", "", "text.legacy-encoding-uncertain"),
    ("lò thị eâN", "", "text.legacy-encoding-uncertain"),
    // Nobody.
    ("", "", "name.missing"),
    ("   ", "", "name.missing"),
    ("-", "", "name.missing"),
    (".", "", "name.placeholder"),
    ("?", "", "name.placeholder"),
    ("123456", "", "name.placeholder"),
    ("x", "", "name.placeholder"),
    ("XXX", "", "name.placeholder"),
    ("không", "", "name.placeholder"),
    ("KHÔNG RÕ", "", "name.placeholder"),
    ("khong ro", "", "name.placeholder"),
    ("chua co", "", "name.placeholder"),
    ("Chưa có tên", "", "name.placeholder"),
    ("Chưa đặt tên", "", "name.placeholder"),
    ("unknown", "", "name.placeholder"),
    ("N/A", "", "name.placeholder"),
    ("Test 1", "", "name.placeholder"),
    ("Nguyễn Văn không rõ", "", "name.incomplete"),
    ("Nguyễn Thị Chưa Có", "", "name.incomplete"),
    ("Khổng Văn Ro", "Khổng Văn Ro", ""),
    ("vợ ông Páo", "", "name.described"),
    ("Con bà Lò Thị Pâng", "", "name.described"),
    // Letters and signs.
    ("Nguyễn Văn A1", "", "name.digits"),
    ("Nguyễn Văn 2", "", "name.digits"),
    ("Nguyễn Văn @", "", "name.signs"),
    ("Nguyễn_Văn_A", "", "name.signs"),
    ("Nguyễn Văn A, Lò Thị B", "", "name.signs"),
    ("Nguyễn Văn A?", "", "name.signs"),
    ("Müller Thị Lan", "Müller Thị Lan", "name.letters"),
    ("Иван Nguyễn", "Иван Nguyễn", "text.other-script"),
    ("Nguyễn V. A", "", "name.abbreviated"),
    ("Ng. Văn A", "", "name.abbreviated"),
    ("N.V.A", "", "name.abbreviated"),
    ("Nguyễn V A", "", "name.abbreviated"),
    ("Ng Văn A", "", "name.abbreviated"),
    ("Nguyễn Văn T.", "", "name.abbreviated"),
    ("Nguyễn Văn An.", "Nguyễn Văn An", ""),
    ("\"Nguyễn Văn An\"", "Nguyễn Văn An", ""),
    ("Nguyễn Văn An,", "Nguyễn Văn An", ""),
    ("NguyễnVănAn", "", "name.run-together"),
    ("LòVăn Pâng", "", "name.run-together"),
    ("Nguyễnvănan Bình", "", "name.run-together"),
    ("Páo", "Páo", "name.one-word"),
    (
        "Lê Hoàng Hiếu Nghĩa Đệ Nhất Thương Tâm Nhân Ái Hòa",
        "Lê Hoàng Hiếu Nghĩa Đệ Nhất Thương Tâm Nhân Ái Hòa",
        "name.too-long",
    ),
    // Titles.
    ("Ông Nguyễn Văn A", "Nguyễn Văn A", "name.title"),
    ("BÀ LÒ THỊ PÂNG", "Lò Thị Pâng", "name.title"),
    ("anh Giàng A Páo", "Giàng A Páo", "name.title"),
    ("ong nguyen van a", "Nguyen Van A", "name.title"),
    ("Mr. Nguyễn Văn A", "Nguyễn Văn A", "name.title"),
    ("PGS.TS. Nguyễn Văn A", "Nguyễn Văn A", "name.title"),
    ("PGS. TS Nguyễn Văn A", "Nguyễn Văn A", "name.title"),
    ("Đại úy Trần Văn B", "Trần Văn B", "name.title"),
    ("Đ/c Lê Thị C", "Lê Thị C", "name.title"),
    ("Ông Ích Khiêm", "Ông Ích Khiêm", ""),
    ("Ông Páo", "", "name.title-unclear"),
    ("Mẹ Lò Thị Mai", "Lò Thị Mai", "name.title"),
    ("bố: Lò Văn Pâng", "Lò Văn Pâng", "name.title"),
    ("Mẹ Mai", "", "name.title-unclear"),
    ("Ông Văn Hùng", "Ông Văn Hùng", ""),
    ("Chu Văn An", "Chu Văn An", ""),
    ("chu van an", "Chu Van An", ""),
    ("Bà Lan", "", "name.title-unclear"),
    ("Cụ Xyz Pâng", "", "name.title-unclear"),
    (
        "Bà Nguyễn Văn Hùng",
        "Nguyễn Văn Hùng",
        "name.title name.husbands-name",
    ),
    ("Phó Đức Phương", "Phó Đức Phương", ""),
    // Other names and remarks.
    ("Nguyễn Văn A (Tèo)", "Nguyễn Văn A", "name.other-name"),
    ("NGUYỄN VĂN AN (tức BÌNH)", "Nguyễn Văn An", "name.other-name"),
    ("Nguyễn Văn An tức Bình", "Nguyễn Văn An", "name.other-name"),
    (
        "Nguyễn Văn An, tên gọi khác: Tèo",
        "Nguyễn Văn An",
        "name.other-name",
    ),
    ("Nguyễn Văn An bí danh Bình", "Nguyễn Văn An", "name.other-name"),
    ("Nguyễn Tự Trọng", "Nguyễn Tự Trọng", ""),
    ("Nguyễn Văn Tức", "Nguyễn Văn Tức", ""),
    ("Giàng Thị Mỷ (vợ Sùng A Páo)", "Giàng Thị Mỷ", "name.relation"),
    ("Nguyễn Văn A (1950)", "", "name.digits"),
    ("(Nguyễn Văn An)", "Nguyễn Văn An", ""),
];

#[test]
fn each_name_by_its_rules() {
    for &(written, read, codes) in TABLE {
        let reading = super::read(written).reading;
        let found: Vec<&str> = reading.found.iter().map(|rule| rule.code).collect();
        let value = reading.value.as_deref().unwrap_or("");
        assert_eq!((value, found.join(" ").as_str()), (read, codes), "{written:?}");
        assert_eq!(
            reading.changed_by.is_empty(),
            value == written || value.is_empty(),
            "{written:?}: {reading:?}"
        );
        if reading.severity().is_none() {
            assert_eq!(
                super::read(value).reading,
                Reading::of(value, &[]),
                "{written:?} is read again"
            );
        }
    }
}

#[test]
fn another_person_may_be_unknown_or_known_in_part() {
    for (written, read, codes) in [
        ("không rõ", None, "name.unknown"),
        ("", None, "name.unknown"),
        ("PÁO", Some("Páo"), "name.partial"),
        ("lò văn pâng", Some("Lò Văn Pâng"), ""),
    ] {
        let reading = of_another(written).reading;
        let found: Vec<&str> = reading.found.iter().map(|rule| rule.code).collect();
        assert_eq!(
            (reading.value.as_deref(), found.join(" ").as_str()),
            (read, codes),
            "{written}"
        );
    }
}

#[test]
fn other_names_are_kept_and_run_together_ones_suggested() {
    assert_eq!(
        super::read("NGUYỄN VĂN AN (tức bình)").other.as_deref(),
        Some("Bình")
    );
    assert_eq!(
        super::read("Nguyễn Văn An tên gọi khác: tèo").other.as_deref(),
        Some("Tèo")
    );
    assert_eq!(super::read("LòVăn Pâng").reading.candidates, ["Lò Văn Pâng"]);
    assert_eq!(super::read("NGUYÔN V¡N A").reading.candidates, ["Nguyễn Văn A"]);
    assert_eq!(super::read("Bà Lan").reading.candidates, ["Lan"]);
}

#[test]
fn names_are_taken_apart() {
    for (name, surname, middle, given, usual) in [
        ("Lò Văn Pâng", "Lò", "Văn", "Pâng", true),
        ("Giàng A Páo", "Giàng", "A", "Páo", true),
        ("Pờ Xuân Mai Lan", "Pờ", "Xuân Mai", "Lan", true),
        ("Nguyễn An", "Nguyễn", "", "An", true),
        ("Páo", "", "", "Páo", false),
        ("Tôn Nữ Thị Ninh", "Tôn Nữ", "Thị", "Ninh", true),
        ("Âu Dương Phong", "Âu Dương", "", "Phong", true),
        ("Y Thông Niê", "Niê", "", "Y Thông", false),
        ("H'Lan Ksor", "Ksor", "", "H'Lan", false),
        ("K'Brêi", "", "", "K'Brêi", false),
        ("Smith Văn A", "Smith", "Văn", "A", false),
    ] {
        assert_eq!(
            split(name),
            Split {
                surname,
                middle,
                given,
                usual
            },
            "{name}"
        );
    }
}

proptest! {
    #[test]
    fn any_name_is_read_and_its_normal_form_is_its_own(text in prop_oneof![
        any::<String>(),
        "(Ông |bà |Mr\\. |[A-Z]{1,3}|[a-zà-ỹ' .()-]{1,6}|NGUYỄN |Văn |Y'|tức |x){1,6}",
    ]) {
        let once = super::read(&text).reading;
        if let Some(value) = once.value.as_ref().filter(|_| once.severity().is_none_or(|heaviest| heaviest > Severity::Hold)) {
            let again = super::read(value).reading;
            prop_assert_eq!(again.value.as_ref(), Some(value));
        }
        prop_assert!(!is_normal(&text) || once == Reading::of(text, &[]));
        let _ = of_another(&once.value.unwrap_or_default());
    }
}
