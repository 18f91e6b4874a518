//! One table of texts: as written, as read, by which rules, with which findings.

use super::*;
use crate::fold::fold;
use proptest::prelude::*;

/// Written, read (empty: nothing certain), the rules that changed it, the codes of what was found.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("", "", "", ""),
    ("Lò Văn Pâng", "Lò Văn Pâng", "", ""),
    ("NGUYỄN văn A", "NGUYỄN văn A", "", ""),
    // Unicode forms: decomposed (macOS), half composed (Windows-1258 keyboards), marks in the wrong order.
    ("Lo\u{300} Va\u{306}n", "Lò Văn", "text.nfc", ""),
    ("Nguyê\u{303}n", "Nguyễn", "text.nfc", ""),
    ("Vie\u{323}\u{302}t", "Việt", "text.nfc", ""),
    ("Vie\u{302}\u{323}t", "Việt", "text.nfc", ""),
    ("u\u{31b}\u{301}", "ứ", "text.nfc", ""),
    ("tie\u{301}\u{302}ng", "tiếng", "text.marks", ""),
    ("D\u{335}a\u{306}\u{323}ng", "Đặng", "text.marks", ""),
    ("Va\u{30c}n", "Văn", "text.marks", ""),
    ("Vǎn", "Văn", "text.look-alike", ""),
    // Spaces.
    (" Lò  Văn Pâng ", "Lò Văn Pâng", "text.spaces", ""),
    (
        "Lò\u{a0}Văn\u{2003}Pâng\u{3000}",
        "Lò Văn Pâng",
        "text.spaces",
        "",
    ),
    ("Lò\tVăn\r\nPâng", "Lò Văn Pâng", "text.spaces", ""),
    ("\t", "", "text.spaces", ""),
    // What can't be seen.
    ("\u{feff}Lò Văn", "Lò Văn", "text.invisible", ""),
    ("Lò\u{200b} V\u{200d}ăn\u{ad}", "Lò Văn", "text.invisible", ""),
    ("\u{202a}Lò\u{202c}", "Lò", "text.invisible", ""),
    ("a\u{200b}\u{301}", "á", "text.invisible text.nfc", ""),
    // Compatibility forms.
    ("Ｎｇｕｙễｎ Ｖăｎ", "Nguyễn Văn", "text.compatibility", ""),
    ("𝐋ò 𝑽ă𝑛", "Lò Văn", "text.compatibility", ""),
    ("ﬁ № 5 m²", "fi No 5 m2", "text.compatibility", ""),
    ("Bích\u{2011}Ngọc", "Bích-Ngọc", "text.compatibility", ""),
    ("số 12½", "số 12½", "", ""),
    // Look-alikes.
    ("Ðặng Ðình", "Đặng Đình", "text.look-alike", ""),
    ("Ɖỗ ɖỏ ðen", "Đỗ đỏ đen", "text.look-alike", ""),
    ("ÐIỆN BIÊN", "ĐIỆN BIÊN", "text.look-alike", ""),
    ("Ðo", "Đo", "text.look-alike", ""),
    ("Nguyễn Vаn", "Nguyễn Van", "text.look-alike", ""),
    ("Nguyễn Văn А", "Nguyễn Văn A", "text.look-alike", ""),
    ("Ηồng Οanh", "Hồng Oanh", "text.look-alike", ""),
    ("Lа\u{301}", "Lá", "text.look-alike text.nfc", ""),
    ("Hı̀nh", "Hình", "text.look-alike text.nfc", ""),
    ("Nguyễn Иван", "Nguyễn Иван", "", "text.other-script"),
    ("阮文", "阮文", "", "text.other-script"),
    ("АВ", "АВ", "", "text.other-script"),
    ("Y’Thông", "Y'Thông", "text.apostrophe", ""),
    ("H`Mông K´Brêi", "H'Mông K'Brêi", "text.apostrophe", ""),
    ("“Nguyễn” ‘Văn’", "“Nguyễn” ‘Văn’", "", ""),
    // Tone placement, on open syllables with a glide only.
    ("hoà", "hòa", "text.tone-placement", ""),
    ("Hoà Bình", "Hòa Bình", "text.tone-placement", ""),
    ("HOÀ BÌNH", "HÒA BÌNH", "text.tone-placement", ""),
    ("hoá hoả hoã hoạ", "hóa hỏa hõa họa", "text.tone-placement", ""),
    ("khoẻ loè xoẹ", "khỏe lòe xọe", "text.tone-placement", ""),
    (
        "thuỷ luỹ tuý nguỵ thuỳ",
        "thủy lũy túy ngụy thùy",
        "text.tone-placement",
        "",
    ),
    ("Uỷ ban", "Ủy ban", "text.tone-placement", ""),
    ("oà", "òa", "text.tone-placement", ""),
    ("ThuỶ", "ThủY", "text.tone-placement", ""),
    ("Hoà-Bình, thuỷ.", "Hòa-Bình, thủy.", "text.tone-placement", ""),
    ("ho\u{61}\u{300}", "hòa", "text.nfc text.tone-placement", ""),
    ("hòa thủy", "hòa thủy", "", ""),
    ("hoàn toán Hoàng Toàn", "hoàn toán Hoàng Toàn", "", ""),
    (
        "khuỷu ngoài xoáy thuyền huýt",
        "khuỷu ngoài xoáy thuyền huýt",
        "",
        "",
    ),
    ("quý quà Quỳ què QUÝ", "quý quà Quỳ què QUÝ", "", ""),
    ("già giá giũa giò", "già giá giũa giò", "", ""),
    ("huệ thuở huơ", "huệ thuở huơ", "", ""),
    ("Lí Lý Mỹ Mĩ", "Lí Lý Mỹ Mĩ", "", ""),
    // Before Unicode.
    ("NguyÔn V¨n A", "Nguyễn Văn A", "text.tcvn3", ""),
    ("Th\u{ad}¬ng", "Thương", "text.tcvn3", ""),
    (
        "Lµng Hoµ B×nh",
        "Làng Hòa Bình",
        "text.tcvn3 text.tone-placement",
        "",
    ),
    ("Nguyeãn Vaên Thuûy", "Nguyễn Văn Thủy", "text.vni", ""),
    ("Nguyá»…n VÄƒn", "Nguyễn Văn", "text.utf8-twice", ""),
    ("NGUYÔN V¡N A", "", "", "text.legacy-encoding-uncertain"),
    ("Nguyễn V¨n", "", "", "text.legacy-encoding-uncertain"),
    // Lost or broken.
    ("Nguy\u{fffd}n", "", "", "text.lost-characters"),
    ("Nguy?n V?n A", "", "", "text.lost-characters"),
    ("Nguy\u{f0a1}n", "", "", "text.lost-characters"),
    ("Nguyê \u{303}n", "", "", "text.lost-characters"),
    ("Lò\u{7} Văn", "Lò Văn", "text.control", "text.control-character"),
    ("Lò\0", "", "text.control", "text.nul-character"),
    ("Có không? Có", "Có không? Có", "", ""),
    (
        "Số 5, ngõ 12/3 (sau chợ) - tổ 7",
        "Số 5, ngõ 12/3 (sau chợ) - tổ 7",
        "",
        "",
    ),
    ("Müller", "Müller", "", ""),
];

#[test]
fn each_text_by_its_rules() {
    for &(written, read, rules, codes) in TABLE {
        let form = form(written);
        let found: Vec<&str> = form.found.iter().map(|rule| rule.code).collect();
        let value = if form.certain { &form.text } else { "" };
        assert_eq!(
            (
                value,
                form.changed_by.join(" ").as_str(),
                found.join(" ").as_str()
            ),
            (read, rules, codes),
            "{written:?}"
        );
        if form.certain {
            assert_eq!(
                super::form(&form.text).changed_by,
                [""; 0],
                "{written:?} is read again"
            );
        }
    }
}

/// Pieces of Vietnamese as people and their programs write it.
fn vietnamese() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zđàáạảãăằâầêềôồơờưừỳỷ ]{1,5}",
        "[A-ZĐÀÁẠẢÃĂẰÂẦÊỀÔỒƠỜƯỪỲỶ ]{1,4}",
        Just("\u{300}".to_owned()),
        Just("\u{323}\u{302}".to_owned()),
        Just("\u{200b}".to_owned()),
        Just("\u{a0} ".to_owned()),
        Just("Ð".to_owned()),
        Just("hoà ".to_owned()),
        Just("Thuỷ ".to_owned()),
        Just("аеох".to_owned()),
        Just("’".to_owned()),
        Just("Ａｂ".to_owned()),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_and_its_normal_form_is_its_own(text in prop_oneof![any::<String>(), "[\\x20-\\x{ff}\\x{300}-\\x{340}\\x{1ea0}-\\x{1ef9}\\x{200b}\\x{fffd}]{0,20}", vietnamese()]) {
        let once = form(&text);
        if once.certain {
            let again = form(&once.text);
            prop_assert_eq!(again.text, once.text.clone());
            prop_assert!(again.changed_by.is_empty(), "{:?}", again.changed_by);
        }
        prop_assert!(!is_normal(&text) || (once.certain && once.text == text));
    }

    #[test]
    fn folding_commutes_with_normalising(text in vietnamese()) {
        let (folded, form) = (fold(&text), form(&text));
        if form.certain {
            let folded_first = super::form(&folded);
            prop_assert_eq!(fold(&form.text), folded_first.text);
        }
    }
}
