//! Dates as people write them, day first, to ISO 8601 with the precision they have.

mod build;
mod calendar;
mod lunar;
mod parts;
mod spoken;
mod time;
mod token;
mod value;
mod words;

pub use value::Date;

use crate::{Context, text};
use build::Built;
use parts::Parts;
use rules::catalogue::date as rule;
use rules::{Reading, Rule};

/// Characters beyond which no text is a date.
const LONGEST: usize = 200;

/// What a written date says.
///
/// The value has the precision of what was written: `1950`, `1950-06` or `1950-06-05`. A day that no
/// calendar has keeps its month and is held; it never becomes another day. What could be read in two ways
/// is held with both as candidates.
pub fn read(text: &str, context: &Context<'_>) -> Reading {
    let reading = as_written(text, context);
    if text.is_ascii() || reading.found != [&rule::UNREADABLE] {
        return reading;
    }
    // Words in an old font's encoding: "ngµy 5 th¸ng 6 n¨m 1950".
    let form = text::form(text);
    if !form.certain || form.text == text {
        return reading;
    }
    let mut reading = as_written(&form.text, context);
    if reading.value.is_some() {
        reading.changed_by.splice(0..0, form.changed_by);
    }
    reading
}

fn as_written(text: &str, context: &Context<'_>) -> Reading {
    if let Some(date) = Date::parse(text) {
        return checked(Built::value(date), text, Vec::new(), context);
    }
    if let Some((day, month, year)) = day_first(text) {
        let built = build::of_day_month_year(day, month, year);
        return checked(built, text, vec!["date.day-first"], context);
    }
    let (text, untrimmed) = (text.trim(), text);
    if text.is_empty() {
        let changed_by: &[&str] = if untrimmed.is_empty() {
            &[]
        } else {
            &["text.spaces"]
        };
        return Reading::of("", changed_by);
    }
    if text.len() > 4 * LONGEST {
        return Reading::uncertain(&rule::UNREADABLE);
    }
    match time::cut(text) {
        Some((date, time)) => with_time(date, time, context),
        None => without_time(text, context),
    }
}

/// Finding about a date that lies where none can: after the form, or before anyone alive.
pub fn beyond(date: Date, context: &Context<'_>) -> Option<&'static Rule> {
    let limits = context.thresholds;
    let year_of_form = context.as_of.map_or(limits.first_capture, Date::year);
    if context.as_of.is_some_and(|as_of| date.is_after(as_of)) || date.year() > limits.last_year {
        Some(&rule::FUTURE)
    } else if date.year().saturating_add(limits.oldest) < year_of_form {
        Some(&rule::TOO_OLD)
    } else {
        None
    }
}

/// `d/m/yyyy`, `d.m.yyyy` and `d-m-yyyy` without anything else: what most forms have.
fn day_first(text: &str) -> Option<(u32, u32, u32)> {
    let mark = |b: u8| matches!(b, b'/' | b'.' | b'-');
    let mut numbers = [0_u32; 3];
    let (mut at, mut digits) = (0, 0);
    for b in text.bytes() {
        if b.is_ascii_digit() && digits < 4 {
            numbers[at] = numbers[at] * 10 + u32::from(b - b'0');
            digits += 1;
        } else if mark(b) && at < 2 && (1..=2).contains(&digits) {
            (at, digits) = (at + 1, 0);
        } else {
            return None;
        }
    }
    (at == 2 && digits == 4).then_some((numbers[0], numbers[1], numbers[2]))
}

fn without_time(text: &str, context: &Context<'_>) -> Reading {
    match token::tokens(text).and_then(|tokens| parts::of(&tokens)) {
        Some(parts) => of_parts(&parts, text, context),
        None => Reading::uncertain(&rule::UNREADABLE),
    }
}

/// A moment, whose date is certain only where it is the same in Viet Nam.
fn with_time(date: &str, time: time::Time, context: &Context<'_>) -> Reading {
    let mut reading = as_written(date, context);
    let Some(written) = reading.value.as_deref().and_then(Date::parse) else {
        return reading;
    };
    let (before, after) = written.neighbours();
    let elsewhere = match time.days_to_viet_nam() {
        ..0 => before,
        0 => None,
        1.. => after,
    };
    match elsewhere {
        Some(there) => Reading {
            candidates: vec![there.to_string(), written.to_string()],
            ..Reading::uncertain(&rule::OTHER_DAY_IN_VIET_NAM)
        },
        None => {
            reading.changed_by.push("date.time-left-out");
            reading
        }
    }
}

fn of_parts(parts: &Parts, text: &str, context: &Context<'_>) -> Reading {
    let nothing_known = parts.parts.iter().all(|part| part.number.is_none());
    if nothing_known && !parts.lunar {
        let said = parts.not_known || !parts.in_words;
        return Reading::uncertain(if said { &rule::UNKNOWN } else { &rule::UNREADABLE });
    }
    let (built, way) = build::of_parts(parts, context);
    if parts.lunar {
        return Reading {
            candidates: lunar::candidates(parts, context),
            ..Reading::uncertain(&rule::LUNAR)
        };
    }
    if parts.roughly {
        return Reading {
            candidates: built
                .date
                .map(|date| date.to_string())
                .into_iter()
                .chain(built.candidates)
                .collect(),
            ..Reading::uncertain(&rule::APPROXIMATE)
        };
    }
    let mut ways = vec![way];
    if parts.repaired {
        ways.push("date.look-alike");
    }
    let mut reading = checked(built, text, ways, context);
    if parts.repaired && reading.value.is_some() {
        reading.found.push(&rule::LOOK_ALIKE);
    }
    reading
}

/// The reading of what was built, with the findings that depend on the form's day.
fn checked(built: Built, text: &str, ways: Vec<&'static str>, context: &Context<'_>) -> Reading {
    let mut reading = Reading {
        value: built.date.map(|date| date.to_string()),
        candidates: built.candidates,
        changed_by: Vec::new(),
        found: built.found.into_iter().collect(),
    };
    if let Some(date) = built.date {
        if reading.value.as_deref() != Some(text) {
            reading.changed_by = ways;
        }
        let incomplete = (!date.is_day() && reading.found.is_empty()).then_some(&rule::INCOMPLETE);
        reading.found.extend(incomplete);
        reading.found.extend(beyond(date, context));
    }
    reading
}
