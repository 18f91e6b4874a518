//! Places of a form: any unit, a province, a commune, by code or name, as units of today.

use crate::{Context, Date, text};
use chrono::NaiveDate;
use places::{Level, Places};
use rules::catalogue::place as rule;
use rules::{Reading, Rule};

/// Candidates beyond which a reading leaves the rest out, so that all of them say nothing any more.
const ALL_SHOWN: usize = 20;

/// Any unit, as `code@valid_from`.
pub fn read(text: &str, context: &Context<'_>) -> Reading {
    read_near(text, context, context.birth_province)
}

/// A province. A smaller unit tells the province it lies in.
pub fn province(text: &str, context: &Context<'_>) -> Reading {
    let reading = read_near(text, context, None);
    let stands_for_one =
        reading.value.is_some() || reading.found.iter().all(|&found| is_one_of_several(found));
    if !stands_for_one || reading.candidates.len() >= ALL_SHOWN {
        return reading;
    }
    let mut provinces: Vec<String> = Vec::new();
    for value in reading.value.iter().chain(&reading.candidates) {
        match province_of(value) {
            Some(province) if !provinces.contains(&province) => provinces.push(province),
            Some(_) => {}
            None => return reading,
        }
    }
    match <[String; 1]>::try_from(provinces) {
        Ok([province]) if reading.value.as_ref() == Some(&province) => reading,
        Ok([province]) => Reading::of(province, &["place.province"]),
        Err(candidates) => Reading {
            candidates,
            ..reading
        },
    }
}

/// A commune.
pub fn commune(text: &str, context: &Context<'_>) -> Reading {
    commune_near(text, context, context.birth_province)
}

/// A commune, in the province that another field gives, if one does.
pub(crate) fn commune_near(text: &str, context: &Context<'_>, province: Option<&str>) -> Reading {
    let reading = read_near(text, context, province);
    match &reading.value {
        Some(value) if !is_commune(value) => Reading::uncertain(&rule::NO_COMMUNE),
        _ => reading,
    }
}

/// The province that a text names on the form's day, as `code@valid_from` in the map of that day: before
/// July 2025 one of the 63, which a personal number has the code of.
pub fn province_then(text: &str, as_of: Option<Date>) -> Option<String> {
    let unit = Places::shared().province(text, as_of.and_then(day))?;
    Some(unit.value())
}

pub(crate) fn is_commune(value: &str) -> bool {
    value.find('@') == Some(5)
}

/// The province that a unit of today lies in.
pub(crate) fn province_of(value: &str) -> Option<String> {
    let unit = Places::shared().unit_of_value(value)?;
    match unit.level() {
        Level::Province => Some(unit.value()),
        Level::District | Level::Commune => unit.province().map(places::Unit::value),
    }
}

fn read_near(text: &str, context: &Context<'_>, province: Option<&str>) -> Reading {
    if text.trim().is_empty() {
        let changed_by: &[&str] = if text.is_empty() { &[] } else { &["text.spaces"] };
        return Reading::of("", changed_by);
    }
    let context = places::Context {
        as_of: context.as_of.and_then(day),
        province,
    };
    let reading = Places::shared().read(text, context);
    if reading.value.is_some() || text::is_normal(text) {
        return reading;
    }
    let form = text::form(text);
    if !form.certain {
        return Reading {
            found: form.found,
            ..Reading::default()
        };
    }
    let mut reading = Places::shared().read(&form.text, context);
    reading.found.extend(form.found);
    if reading.value.as_deref().is_some_and(|value| value != text) {
        reading.changed_by.splice(0..0, form.changed_by);
    }
    reading
}

/// Whether this says that a text means one of the candidates, rather than that it means none for certain.
fn is_one_of_several(found: &'static Rule) -> bool {
    [&rule::DISTRICT, &rule::AMBIGUOUS, &rule::SPLIT].contains(&found)
}

/// The first day that a date may be.
fn day(date: Date) -> Option<NaiveDate> {
    let (month, day) = (date.month().unwrap_or(1), date.day().unwrap_or(1));
    NaiveDate::from_ymd_opt(date.year().into(), month.into(), day.into())
}
