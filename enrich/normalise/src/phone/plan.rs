//! Viet Nam's numbering plan, as it is and as it was before 2017 and 2018.

/// A subscriber of Viet Nam's network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subscriber {
    /// The national number of today, without the 0.
    pub national: String,
    pub change: Change,
}

/// What became of the number as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// A mobile prefix of three digits became one of two in 2018.
    Prefix2018,
    /// The province's area code was replaced in 2017.
    AreaCode2017,
    /// As before; but the digits can also be today's area code and a number that lacks a digit.
    AreaCode2017OrDigitMissing,
}

/// Mobile prefixes of 2018, old and new. Source: Decision 798/QD-BTTTT of 25 May 2018, in force from 15
/// September 2018 (MobiFone, Vinaphone, Viettel, Vietnamobile, Gmobile).
const PREFIXES_2018: [(&str, &str); 21] = [
    ("120", "70"),
    ("121", "79"),
    ("122", "77"),
    ("126", "76"),
    ("128", "78"),
    ("123", "83"),
    ("124", "84"),
    ("125", "85"),
    ("127", "81"),
    ("129", "82"),
    ("162", "32"),
    ("163", "33"),
    ("164", "34"),
    ("165", "35"),
    ("166", "36"),
    ("167", "37"),
    ("168", "38"),
    ("169", "39"),
    ("186", "56"),
    ("188", "58"),
    ("199", "59"),
];

/// Area codes of 2017, old and new, of which a number can still be told from one of today. Source: Decision
/// 2036/QD-BTTTT of 21 November 2016, in force from 11 February, 15 April and 17 June 2017.
///
/// Not here, because a number of that form is a mobile's today: 33 Quảng Ninh, 36 Thái Bình, 37 Thanh Hóa,
/// 38 Nghệ An, 39 Hà Tĩnh, 52 Quảng Bình, 55 Quảng Ngãi, 56 Bình Định, 58 Khánh Hòa, 59 Gia Lai, 70 Vĩnh
/// Long, 76 An Giang, 77 Kiên Giang, 79 Sóc Trăng, 8 Thành phố Hồ Chí Minh.
const AREA_CODES_2017: [(&str, &str); 44] = [
    ("20", "214"),
    ("22", "212"),
    ("230", "215"),
    ("231", "213"),
    ("240", "204"),
    ("241", "222"),
    ("25", "205"),
    ("26", "206"),
    ("27", "207"),
    ("280", "208"),
    ("281", "209"),
    ("29", "216"),
    ("30", "229"),
    ("31", "225"),
    ("320", "220"),
    ("321", "221"),
    ("350", "228"),
    ("351", "226"),
    ("4", "24"),
    ("500", "262"),
    ("501", "261"),
    ("510", "235"),
    ("511", "236"),
    ("53", "233"),
    ("54", "234"),
    ("57", "257"),
    ("60", "260"),
    ("61", "251"),
    ("62", "252"),
    ("63", "263"),
    ("64", "254"),
    ("650", "274"),
    ("651", "271"),
    ("66", "276"),
    ("67", "277"),
    ("68", "259"),
    ("710", "292"),
    ("711", "293"),
    ("72", "272"),
    ("73", "273"),
    ("74", "294"),
    ("75", "275"),
    ("780", "290"),
    ("781", "291"),
];

/// Area codes of 2017 that are left out of the table above, old and new: a number behind one of them can
/// also be a mobile's today.
const LIKE_MOBILES: [(&str, &str); 15] = [
    ("33", "203"),
    ("36", "227"),
    ("37", "237"),
    ("38", "238"),
    ("39", "239"),
    ("52", "232"),
    ("55", "255"),
    ("56", "256"),
    ("58", "258"),
    ("59", "269"),
    ("70", "270"),
    ("76", "296"),
    ("77", "297"),
    ("79", "299"),
    ("8", "28"),
];

/// The number of today of a landline whose area code, which looks like a mobile's prefix, stood apart.
pub(super) fn landline_like_mobile(area: &str, local: &str) -> Option<String> {
    let (old, new) = LIKE_MOBILES.iter().find(|(old, _)| *old == area)?;
    let whole = old.len() + local.len() == 9 && matches!(local.as_bytes()[0], b'2'..=b'8');
    whole.then(|| format!("{new}{local}"))
}

/// The subscriber of a national number (digits without the 0), where the plan has one.
pub(super) fn subscriber(national: &str) -> Option<Subscriber> {
    if is_mobile(national) || is_landline(national) {
        return Some(Subscriber {
            national: national.to_owned(),
            change: Change::None,
        });
    }
    let changed = |table: &[(&str, &str)], change| {
        let (old, new) = table.iter().find(|(old, _)| national.starts_with(old))?;
        let national = format!("{new}{}", &national[old.len()..]);
        Some(Subscriber { national, change })
    };
    match national.as_bytes() {
        [b'1', ..] if national.len() == 10 => changed(&PREFIXES_2018, Change::Prefix2018),
        _ => {
            let today = national.len() == 9 && is_area_code(national);
            let change = if today {
                Change::AreaCode2017OrDigitMissing
            } else {
                Change::AreaCode2017
            };
            // No local number began with 0, 1 or 9.
            let local = |changed: &Subscriber| changed.national.len() == 10 && is_local(&changed.national);
            changed(&AREA_CODES_2017, change).filter(local)
        }
    }
}

/// Source: Circular 22/2014/TT-BTTTT and its amendments; the operators' prefixes of 2018.
fn is_mobile(national: &str) -> bool {
    national.len() == 9
        && matches!(
            national.as_bytes(),
            [b'3', b'2'..=b'9', ..]
                | [b'5', b'2' | b'5' | b'6' | b'8' | b'9', ..]
                | [b'7', b'0' | b'6'..=b'9', ..]
                | [b'8', b'1'..=b'9', ..]
                | [b'9', ..]
        )
}

/// An area code of three digits and seven more. Hà Nội's 24 and Hồ Chí Minh City's 28 have eight, which
/// begin with 2 at least.
fn is_landline(national: &str) -> bool {
    national.len() == 10
        && is_area_code(national)
        && !matches!(
            national.as_bytes(),
            [b'2', b'4', b'0' | b'1' | b'9', ..] | [b'2', b'8', b'0' | b'1', ..]
        )
}

fn is_local(national: &str) -> bool {
    let city = national.starts_with("24");
    let local = if city { 2 } else { 3 };
    matches!(national.as_bytes()[local], b'2'..=b'8')
}

/// Whether a number begins with an area code of today. Source: Decision 2036/QD-BTTTT of 2016.
fn is_area_code(national: &str) -> bool {
    matches!(
        national.as_bytes(),
        [b'2', b'0', b'3'..=b'9', ..]
            | [b'2', b'1', b'0'..=b'6' | b'8' | b'9', ..]
            | [b'2', b'2', b'0'..=b'2' | b'5'..=b'9', ..]
            | [b'2', b'3', b'2'..=b'9', ..]
            | [b'2', b'4' | b'8', ..]
            | [b'2', b'5', b'1' | b'2' | b'4'..=b'9', ..]
            | [b'2', b'6', b'0'..=b'3' | b'9', ..]
            | [b'2', b'7', b'0'..=b'7', ..]
            | [b'2', b'9', b'0'..=b'4' | b'6' | b'7' | b'9', ..]
    )
}
