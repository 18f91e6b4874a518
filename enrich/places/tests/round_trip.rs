//! Every commune, written as people write it, is read right or held; never as another one.

use chrono::NaiveDate;
use places::{Context, Level, Places, State, Unit};

/// What came of reading many texts.
#[derive(Default, Debug)]
struct Count {
    right: usize,
    held: usize,
    wrong: Vec<String>,
}

impl Count {
    fn read(&mut self, text: &str, context: Context<'_>, unit: Unit<'_>) {
        let reading = Places::shared().read_afresh(text, context);
        let heirs = unit.successors();
        match reading.value {
            Some(value) if heirs.len() == 1 && value == heirs[0].value() => self.right += 1,
            Some(value) => self.wrong.push(format!("{text} -> {value}")),
            None => self.held += 1,
        }
    }

    fn expect(&self, what: &str, held_at_most: f64) {
        let all = self.right + self.held + self.wrong.len();
        let share = self.held as f64 / all as f64 * 100.0;
        println!("{what}: {all} read, {share:.2}% held, {} wrong", self.wrong.len());
        assert!(
            self.wrong.is_empty(),
            "{what}: {:#?}",
            &self.wrong[..self.wrong.len().min(10)]
        );
        assert!(share <= held_at_most, "{what}: {share:.2}% held");
    }
}

fn communes(state: State) -> impl Iterator<Item = Unit<'static>> {
    Places::shared()
        .units(state)
        .filter(|unit| unit.level() == Level::Commune)
}

/// The name without the word for its kind, unless that would leave a number.
fn bare(unit: Unit<'_>) -> &'static str {
    let name = unit.name();
    let kinds = [
        "Xã ",
        "Phường ",
        "Thị trấn ",
        "Đặc khu ",
        "Huyện ",
        "Quận ",
        "Thị xã ",
        "Thành phố ",
        "Tỉnh ",
    ];
    let bare = kinds
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name);
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        name
    } else {
        bare
    }
}

fn on(year: i32, month: u32, day: u32) -> Context<'static> {
    Context {
        as_of: NaiveDate::from_ymd_opt(year, month, day),
        province: None,
    }
}

#[test]
fn communes_of_today() {
    let mut counts = <[Count; 6]>::default();
    for unit in communes(State::Today) {
        let province = unit.province().expect("a province");
        let whole = format!("{}, {}", unit.name(), province.name());
        let short = format!("{}, {}", bare(unit), bare(province));
        let then = on(2025, 8, 1);
        counts[0].read(&whole, then, unit);
        counts[1].read(&fold::fold(&whole), then, unit);
        counts[2].read(&short, then, unit);
        counts[3].read(&fold::fold(&short), then, unit);
        counts[4].read(&whole, Context::default(), unit);
        counts[5].read(&whole.replace(',', ""), then, unit);
    }
    let [whole, folded, short, folded_short, no_day, run_on] = counts;
    whole.expect("today, in full", 0.1);
    folded.expect("today, without marks", 0.7);
    short.expect("today, without kinds", 1.0);
    folded_short.expect("today, without kinds and marks", 2.0);
    no_day.expect("today, in full, no day given", 15.0);
    run_on.expect("today, without commas", 1.0);
}

#[test]
fn communes_before_the_reform() {
    for (state, then) in [
        (State::Of63, on(2025, 6, 30)),
        (State::Of63, on(2025, 9, 1)),
        (State::Of63, Context::default()),
        (State::Of2021, on(2022, 5, 4)),
    ] {
        let mut counts = <[Count; 5]>::default();
        let mut divided = 0;
        for unit in communes(state) {
            let (district, province) = (
                unit.district().expect("a district"),
                unit.province().expect("a province"),
            );
            divided += usize::from(unit.successors().len() != 1);
            let whole = unit.label();
            let short = format!("{}, {}, {}", bare(unit), bare(district), bare(province));
            counts[0].read(&whole, then, unit);
            counts[1].read(&fold::fold(&whole), then, unit);
            counts[2].read(&short, then, unit);
            counts[3].read(&fold::fold(&short), then, unit);
            counts[4].read(&whole.replace(',', ""), then, unit);
        }
        println!("{state:?} {:?}: {divided} divided", then.as_of);
        for (count, what) in counts.iter().zip([
            "in full",
            "without marks",
            "without kinds",
            "without both",
            "run on",
        ]) {
            count.expect(what, 8.0);
        }
    }
}

/// The village in front of an address is left out of what is remembered: that changes no answer.
#[test]
fn a_village_in_front_changes_no_answer() {
    let fronts = [
        "Thôn 5",
        "Bản Mường Chà",
        "Số nhà 12",
        "Tổ dân phố Hà Nội",
        "Xóm Phú Thọ",
        "Số 5 ngõ 3 phố Huế",
        "Khu 2 xã Tân An",
    ];
    for (at, unit) in communes(State::Of63).enumerate() {
        let front = fronts[at % fronts.len()];
        let rest = match at % 3 {
            0 => unit.label(),
            1 => fold::fold(&unit.label()),
            _ => {
                let (district, province) = (unit.district(), unit.province());
                let around = [district, province].map(|unit| bare(unit.expect("a unit")));
                format!("{}, {}", bare(unit), around.join(", "))
            }
        };
        let text = format!("{front}, {rest}");
        let (places, then) = (Places::shared(), on(2025, 4, 1));
        let afresh = places.read_afresh(&text, then);
        assert_eq!(places.read(&text, then), afresh, "{text}");
    }
}
