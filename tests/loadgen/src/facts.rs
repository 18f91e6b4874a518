//! What is true of a person beyond name and birth: stable over all of the person's applications.

use crate::calendar::{CAMPAIGN_YEAR, Date};
use crate::ethnic::Sex;
use crate::household::Household;
use crate::numbers;
use crate::person::Person;
use crate::places::{Places, WardIndex};
use crate::random::{Draws, Purpose};
use unicode_normalization::UnicodeNormalization;

/// A card of before 2016.
#[derive(Clone, Debug)]
pub(crate) struct OldCard {
    pub(crate) number: String,
    pub(crate) issued_on: Date,
    pub(crate) issued_at: String,
}

/// The facts of one person.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) old_card: Option<OldCard>,
    pub(crate) home_ward: WardIndex,
    /// Nine digits after the leading 0, where there is a telephone.
    pub(crate) phone: Option<u32>,
    pub(crate) email: Option<String>,
    pub(crate) religion: &'static str,
    pub(crate) marital_status: &'static str,
    pub(crate) blood_type: Option<&'static str>,
    pub(crate) education: &'static str,
    pub(crate) occupation: &'static str,
    pub(crate) workplace: Option<String>,
    pub(crate) passport: Option<String>,
}

/// First digits of mobile numbers after the 0, of the three large operators.
const MOBILE: [u32; 14] = [32, 33, 34, 35, 36, 38, 39, 70, 77, 86, 91, 94, 96, 98];
const UPLAND_WORK: [&str; 5] = [
    "Làm ruộng",
    "Làm nương",
    "Nông dân",
    "Trồng trọt",
    "Lao động tự do",
];
const LOWLAND_WORK: [&str; 8] = [
    "Công nhân",
    "Kinh doanh",
    "Nhân viên văn phòng",
    "Nông dân",
    "Lao động tự do",
    "Lái xe",
    "Thợ may",
    "Thợ xây",
];
const OFFICE: [&str; 4] = ["Giáo viên", "Cán bộ xã", "Y tá", "Kế toán"];

impl Facts {
    pub(crate) fn of(seed: u64, household: &Household, person: &Person) -> Self {
        let mut draws = Draws::keyed(seed, Purpose::Facts, person.index);
        let places = Places::all();
        let age = CAMPAIGN_YEAR - person.born.year;
        let kinh = person.group.name == "Kinh";
        let occupation = match age {
            ..18 => "Học sinh",
            18..23 if draws.chance(350) => "Sinh viên",
            60.. if kinh => draws.pick(&["Hưu trí", "Nông dân", "Già yếu"]),
            60.. => draws.pick(&["Làm ruộng", "Già yếu"]),
            _ if draws.chance(120) => draws.pick(&OFFICE),
            _ if kinh => draws.pick(&LOWLAND_WORK),
            _ => draws.pick(&UPLAND_WORK),
        };
        let at_work =
            OFFICE.contains(&occupation) || matches!(occupation, "Học sinh" | "Công nhân" | "Sinh viên");
        let commune = places.ward(household.ward).name;
        Self {
            old_card: (age > 26 && draws.chance(680)).then(|| old_card(seed, person, &mut draws)),
            home_ward: match draws.below(10) {
                0..7 => household.ward,
                7 | 8 => places.ward_in(household.home, &mut draws),
                _ => person.birth_ward,
            },
            phone: (age > 11 && draws.chance(850))
                .then(|| draws.pick(&MOBILE) * 10_000_000 + draws.below(10_000_000)),
            email: (age > 15 && draws.chance(if kinh { 220 } else { 60 })).then(|| email(person)),
            religion: match draws.below(100) {
                0..82 => "Không",
                82..90 if person.group.name == "Mông" => "Tin lành",
                82..93 => "Phật giáo",
                93..98 => "Công giáo",
                _ => "Không",
            },
            marital_status: if household.spouse_of(person).is_some() {
                "Đã kết hôn"
            } else {
                match age {
                    ..30 => "Chưa kết hôn",
                    30..60 => draws.pick(&["Chưa kết hôn", "Ly hôn", "Đã kết hôn"]),
                    _ => "Góa",
                }
            },
            blood_type: draws
                .chance(300)
                .then(|| draws.pick(&["O", "O", "B", "A", "AB", "O+", "B+"])),
            education: match age {
                ..11 => "Tiểu học",
                11..15 => "Trung học cơ sở",
                15..18 => "Trung học phổ thông",
                _ => draws.pick(&[
                    "12/12",
                    "9/12",
                    "12/12",
                    "7/10",
                    "5/12",
                    "Đại học",
                    "Cao đẳng",
                    "Trung cấp",
                    "2/12",
                ]),
            },
            occupation,
            workplace: at_work.then(|| workplace(occupation, commune)),
            passport: (age > 18 && draws.chance(40)).then(|| format!("C{:07}", draws.below(10_000_000))),
        }
    }
}

fn old_card(seed: u64, person: &Person, draws: &mut Draws) -> OldCard {
    let province = Places::all().province_of(person.birth_ward);
    let code = province.code.parse().unwrap_or(0);
    let year = draws.between((person.born.year + 15).max(1990), 2015);
    OldCard {
        number: numbers::old_number(seed, code, person.index),
        issued_on: Date::clamped(year, 1 + draws.below(12), 1 + draws.below(28)),
        issued_at: format!(
            "{} {}",
            draws.pick(&["CA", "Công an", "CA tỉnh"]),
            province.short_name
        ),
    }
}

fn workplace(occupation: &str, commune: &str) -> String {
    match occupation {
        "Công nhân" => format!("Khu công nghiệp {commune}"),
        "Học sinh" => format!("Trường PTCS {commune}"),
        "Sinh viên" => "Trường Đại học Tây Bắc".to_owned(),
        "Y tá" => format!("Trạm y tế {commune}"),
        "Giáo viên" => format!("Trường tiểu học {commune}"),
        _ => format!("UBND {commune}"),
    }
}

fn email(person: &Person) -> String {
    let name = format!("{}{}", person.name.given, person.name.surname);
    let mut address: String = unmarked(&name).to_lowercase().split_whitespace().collect();
    address.push_str(&format!(
        "{}{}@example.vn",
        person.born.year % 100,
        person.index % 1000
    ));
    address
}

/// Without tones and marks: Đặng Mỷ becomes Dang My.
pub(crate) fn unmarked(text: &str) -> String {
    let base = text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    base.map(|c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        other => other,
    })
    .collect()
}

/// "Nam" or "Nữ", in the ways forms have it.
pub(crate) fn written_sex(sex: Sex, draws: &mut Draws) -> &'static str {
    let habit = match draws.below(100) {
        0..84 => 0,
        84..92 => 1,
        92..98 => 2,
        _ => 3,
    };
    match sex {
        Sex::Male => ["Nam", "nam", "NAM", "nam"][habit],
        Sex::Female => ["Nữ", "nữ", "NỮ", "Nu"][habit],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_letters_stay() {
        for (marked, bare) in [
            ("Đặng Mỷ", "Dang My"),
            ("Lò Văn Pâng", "Lo Van Pang"),
            ("Ển", "En"),
            ("abc 1", "abc 1"),
        ] {
            assert_eq!(unmarked(marked), bare);
        }
    }
}
