//! Telephone numbers, to E.164.

mod plan;
mod written;

use plan::{Change, Subscriber};
use rules::catalogue::phone as rule;
use rules::{Reading, Rule};
use written::Written;

/// Bytes beyond which no text is a telephone number.
const LONGEST: usize = 400;

/// What is written as a telephone number: `+84` and the number of today, or another country's.
///
/// Numbers from before the changes of 2017 (area codes) and 2018 (mobile prefixes) become those they were
/// changed to. Several numbers are held with all of them; so is a number that can be read in two ways.
pub fn read(text: &str) -> Reading {
    if is_normal(text) {
        return Reading::of(text, &[]);
    }
    if let Some(number) = plain(text) {
        return number;
    }
    if text.trim().is_empty() {
        let changed_by: &[&str] = if text.is_empty() { &[] } else { &["text.spaces"] };
        return Reading::of("", changed_by);
    }
    if text.len() > LONGEST {
        return Reading::uncertain(&rule::UNREADABLE);
    }
    match written::read(text) {
        Some(written) => of_written(&written, text),
        None => Reading::uncertain(&rule::UNREADABLE),
    }
}

/// Whether a text is a number of Viet Nam in its normal form.
pub fn is_normal(text: &str) -> bool {
    let national = text.strip_prefix("+84");
    national.is_some_and(|national| {
        national.bytes().all(|b| b.is_ascii_digit())
            && plan::subscriber(national).is_some_and(|found| found.change == Change::None)
    })
}

/// `0912345678`, as most are written.
fn plain(text: &str) -> Option<Reading> {
    let national = text.strip_prefix('0')?;
    let plain = matches!(national.len(), 9 | 10) && national.bytes().all(|b| b.is_ascii_digit());
    let subscriber = plan::subscriber(national).filter(|found| plain && found.change == Change::None)?;
    Some(Reading::of(
        format!("+84{}", subscriber.national),
        &["phone.e164"],
    ))
}

fn of_written(written: &Written, text: &str) -> Reading {
    let groups = written.groups.as_slice();
    if groups.is_empty() {
        return if written.words {
            Reading::uncertain(&rule::UNREADABLE)
        } else {
            Reading::of("", &["phone.none"]).with(&rule::NONE)
        };
    }
    let numbers = match number(groups) {
        Ok(number) => vec![like_landline(groups, written.bracketed).unwrap_or(number)],
        Err(why) => match several(groups) {
            numbers if numbers.is_empty() => return Reading::uncertain(why),
            numbers => numbers,
        },
    };
    let held = if written.words || written.says_none {
        Some(&rule::WITH_WORDS)
    } else if let [one] = numbers.as_slice() {
        one.held
    } else {
        Some(&rule::SEVERAL)
    };
    if let Some(rule) = held {
        return Reading {
            candidates: numbers.into_iter().flat_map(|number| number.candidates).collect(),
            ..Reading::uncertain(rule)
        };
    }
    let mut reading = Reading::default();
    for number in numbers {
        reading.found.extend(number.note);
        reading
            .found
            .extend(written.repaired.then_some(&rule::LOOK_ALIKE));
        reading
            .found
            .extend(written.extension.then_some(&rule::EXTENSION));
        reading.value = number.candidates.into_iter().next();
        if reading.value.as_deref() != Some(text) {
            reading.changed_by.push(number.way);
        }
    }
    reading
}

/// One telephone number, read.
struct Number {
    /// What it is; more than one where it is held.
    candidates: Vec<String>,
    way: &'static str,
    note: Option<&'static Rule>,
    held: Option<&'static Rule>,
}

impl Number {
    fn of_viet_nam(subscriber: Subscriber) -> Self {
        let (way, note, held) = match subscriber.change {
            Change::None => ("phone.e164", None, None),
            Change::Prefix2018 => ("phone.prefix-2018", None, None),
            Change::AreaCode2017 => ("phone.area-code-2017", Some(&rule::OLD_AREA_CODE), None),
            Change::AreaCode2017OrDigitMissing => ("phone.area-code-2017", None, Some(&rule::AMBIGUOUS)),
        };
        Self {
            candidates: vec![format!("+84{}", subscriber.national)],
            way,
            note,
            held,
        }
    }

    fn foreign(digits: &str) -> Self {
        Self {
            candidates: vec![format!("+{digits}")],
            way: "phone.e164",
            note: Some(&rule::FOREIGN),
            held: None,
        }
    }

    fn ambiguous(candidates: Vec<String>) -> Self {
        Self {
            candidates,
            way: "phone.e164",
            note: None,
            held: Some(&rule::AMBIGUOUS),
        }
    }
}

/// A number whose area code of before 2017 stands apart, where it would be a mobile's if it didn't: `08
/// 38251234` is written by nobody who has a mobile. A code of two digits in brackets can be either.
fn like_landline(groups: &[String], bracketed: bool) -> Option<Number> {
    let [first, rest @ ..] = groups else { return None };
    let area = first.strip_prefix('0')?;
    let local = rest.concat();
    let landline = plan::landline_like_mobile(area, &local)?;
    let in_pairs = rest.iter().all(|group| group.len() == 2);
    let landline = format!("+84{landline}");
    match area.len() {
        1 if !in_pairs => Some(Number {
            candidates: vec![landline],
            way: "phone.area-code-2017",
            note: Some(&rule::OLD_AREA_CODE),
            held: None,
        }),
        2 if bracketed => Some(Number::ambiguous(vec![landline, format!("+84{area}{local}")])),
        _ => None,
    }
}

/// Two or three numbers that stand one after the other, and the first where only an ending follows it
/// (`0912345678/679`). One number written twice is one.
fn several(groups: &[String]) -> Vec<Number> {
    let mut numbers: Vec<Number> = Vec::new();
    let mut from = 0;
    while from < groups.len() {
        let longest = (from + 1..=groups.len()).rev();
        let found = longest
            .filter_map(|to| number(&groups[from..to]).ok().map(|number| (to, number)))
            .next();
        let Some((to, number)) = found else {
            let ending = groups[from..].iter().map(String::len).sum::<usize>() < 7;
            if !numbers.is_empty() && ending {
                numbers.push(Number::ambiguous(Vec::new()));
                return numbers;
            }
            return Vec::new();
        };
        if !numbers.iter().any(|known| known.candidates == number.candidates) {
            numbers.push(number);
        }
        from = to;
    }
    numbers
}

/// The number that groups of digits make together, or why they make none.
fn number(groups: &[String]) -> Result<Number, &'static Rule> {
    /// Digits of the longest number, with an international prefix and the 0 that is left out behind it.
    const MOST: usize = 18;
    let [first, rest @ ..] = groups else {
        return Err(&rule::UNREADABLE);
    };
    let digits: usize = groups.iter().map(String::len).sum();
    if digits > MOST || rest.iter().any(|group| group.starts_with('+')) {
        return Err(&rule::LENGTH);
    }
    let all = groups.concat();
    if let Some(international) = all.strip_prefix('+') {
        return of_international(international);
    }
    if let Some(international) = all.strip_prefix("00") {
        return match of_international(international) {
            Ok(number) if number.note == Some(&rule::FOREIGN) => {
                let typed_twice = plan::subscriber(international).map(Number::of_viet_nam);
                let all = typed_twice.into_iter().chain([number]);
                Ok(Number::ambiguous(
                    all.flat_map(|number| number.candidates).collect(),
                ))
            }
            other => other,
        };
    }
    if let Some(national) = all.strip_prefix('0') {
        let mut subscriber = plan::subscriber(national).ok_or_else(|| why_none(&all))?;
        // "020 3825103" says itself that 20 is the area code.
        let area_apart = !rest.is_empty() && first.len() == 3;
        if subscriber.change == Change::AreaCode2017OrDigitMissing && area_apart {
            subscriber.change = Change::AreaCode2017;
        }
        return Ok(Number::of_viet_nam(subscriber));
    }
    let with_country = all.strip_prefix("84").filter(|rest| rest.len() >= 9);
    if let Some(subscriber) =
        with_country.and_then(|national| plan::subscriber(national.strip_prefix('0').unwrap_or(national)))
    {
        return Ok(Number::of_viet_nam(subscriber));
    }
    // The 0 left out, as spreadsheets do. A number that was changed since isn't certain without it:
    // 1234567890 would be somebody's.
    match plan::subscriber(&all) {
        Some(subscriber) if subscriber.change == Change::None => Ok(Number::of_viet_nam(subscriber)),
        Some(subscriber) if subscriber.change == Change::Prefix2018 => {
            Ok(Number::ambiguous(Number::of_viet_nam(subscriber).candidates))
        }
        _ => Err(why_none(&all)),
    }
}

fn of_international(digits: &str) -> Result<Number, &'static Rule> {
    if let Some(national) = digits.strip_prefix("84") {
        let national = national.strip_prefix('0').unwrap_or(national);
        let subscriber = plan::subscriber(national).ok_or_else(|| why_none(&format!("0{national}")))?;
        return Ok(Number::of_viet_nam(subscriber));
    }
    match digits.as_bytes() {
        [b'0', ..] => {
            let subscriber = plan::subscriber(&digits[1..]).ok_or(&rule::NO_SUCH_PREFIX)?;
            Ok(Number::ambiguous(Number::of_viet_nam(subscriber).candidates))
        }
        // ITU-T E.164: no more than 15 digits; no country has numbers shorter than 8 with its code.
        _ if (8..=15).contains(&digits.len()) => Ok(Number::foreign(digits)),
        _ => Err(&rule::LENGTH),
    }
}

/// Why digits are no subscriber's.
fn why_none(digits: &str) -> &'static Rule {
    let bare = digits.strip_prefix('0').unwrap_or(digits);
    let service = (3..=5).contains(&digits.len()) && digits.starts_with('1')
        || (8..=10).contains(&bare.len()) && (bare.starts_with("1800") || bare.starts_with("1900"));
    match digits.len() {
        _ if service => &rule::SERVICE_NUMBER,
        7 | 8 if matches!(digits.as_bytes()[0], b'2'..=b'8') => &rule::NO_AREA_CODE,
        10 | 11 if digits.starts_with('0') => &rule::NO_SUCH_PREFIX,
        _ => &rule::LENGTH,
    }
}
