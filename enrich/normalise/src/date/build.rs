//! A date from its numbers.

use super::calendar::days_of;
use super::parts::{Label, Part, Parts};
use super::token::Number;
use super::value::Date;
use crate::Context;
use rules::Rule;
use rules::catalogue::date as rule;

/// What numbers make: a date, or what it may be, and why it isn't certain.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub date: Option<Date>,
    pub candidates: Vec<String>,
    pub found: Option<&'static Rule>,
}

impl Built {
    pub fn value(date: Date) -> Self {
        Self {
            date: Some(date),
            ..Self::default()
        }
    }

    fn held(rule: &'static Rule, candidates: impl IntoIterator<Item = Date>) -> Self {
        Self {
            date: None,
            candidates: candidates.into_iter().map(|date| date.to_string()).collect(),
            found: Some(rule),
        }
    }
}

/// A date of the parts, and the name of the way it was read.
pub(super) fn of_parts(found: &Parts, context: &Context<'_>) -> (Built, &'static str) {
    let way = if found.in_words {
        "date.words"
    } else {
        "date.day-first"
    };
    let parts = found.parts.as_slice();
    if let Some(number) = single_digits(parts) {
        return (compact(number, context), "date.compact");
    }
    match *parts {
        [
            Part {
                label: None | Some(Label::Year),
                number: Some(number),
            },
        ] => match number.digits {
            4 if found.month_five_or_none => (month_five_or_none(number.value), way),
            4 => (of_day_month_year(0, 0, number.value), way),
            2 => (two_digit_year(None, None, number.value, context), way),
            1 => (Built::held(&rule::UNREADABLE, None), way),
            _ if found.in_words => (Built::held(&rule::UNREADABLE, None), way),
            _ => (compact(number, context), "date.compact"),
        },
        [month, year] if fits(month, Label::Month) && fits(year, Label::Year) && !is_year(month) => {
            (of_numbers(None, month, year, context), way)
        }
        [
            year,
            Part {
                label: None,
                number: None,
            },
        ] if is_year(year) => (Built::held(&rule::APPROXIMATE, year.number.map(year_of)), way),
        [year, month] if fits(year, Label::Year) && is_year(year) && is_year(month) => {
            let years = [year.number, month.number].into_iter().flatten().map(year_of);
            (Built::held(&rule::AMBIGUOUS, years), way)
        }
        [year, month] if fits(year, Label::Year) && is_year(year) && fits(month, Label::Month) => {
            (of_numbers(None, month, year, context), "date.year-first")
        }
        [day, month, year]
            if fits(day, Label::Day)
                && fits(month, Label::Month)
                && fits(year, Label::Year)
                && !is_year(day) =>
        {
            (day_first(day, month, year, context), way)
        }
        [year, month, day]
            if fits(day, Label::Day) && fits(month, Label::Month) && fits(year, Label::Year) =>
        {
            (of_numbers(Some(day), month, year, context), "date.year-first")
        }
        [month, day, year]
            if month.label == Some(Label::Month) && day.label.is_none() && year.label.is_none() =>
        {
            (of_numbers(Some(day), month, year, context), way)
        }
        _ => (Built::held(&rule::UNREADABLE, None), way),
    }
}

/// Day, month and year, 0 for what isn't known.
pub(super) fn of_day_month_year(day: u32, month: u32, year: u32) -> Built {
    let (Ok(day), Ok(month), Ok(year)) = (u8::try_from(day), u8::try_from(month), u16::try_from(year)) else {
        return Built::held(&rule::UNREADABLE, None);
    };
    match (day, month) {
        (0, 0) => Built::value(Date::of_year(year)),
        // A day without its month says no more than the year.
        (_, 0) => Built {
            date: Some(Date::of_year(year)),
            ..Built::held(&rule::IMPOSSIBLE, None)
        },
        (1..=12, 13..) if Date::of_day(year, day, month).is_some() => {
            Built::held(&rule::MONTH_FIRST, Date::of_day(year, day, month))
        }
        (0, 1..=12) => Built {
            date: Date::of_month(year, month),
            ..Built::default()
        },
        (_, 1..=12) => match Date::of_day(year, month, day) {
            Some(date) => Built::value(date),
            // 31/04 and 30/02 stand on old papers: the month is right as a rule, the day never was.
            None if day <= 31 => Built {
                date: Date::of_month(year, month),
                ..Built::held(&rule::IMPOSSIBLE, Date::of_day(year, month, days_of(year, month)))
            },
            None => Built::held(&rule::IMPOSSIBLE, None),
        },
        _ => Built::held(&rule::IMPOSSIBLE, None),
    }
}

fn day_first(day: Part, month: Part, year: Part, context: &Context<'_>) -> Built {
    let numbers = [day.number, month.number, year.number];
    if let [Some(first), Some(second), Some(third)] = numbers
        && first.value > 31
        && first.digits == 2
        && third.digits <= 2
    {
        // 87-09-05: the year stands first.
        return two_digit_year(Some(third.value), Some(second.value), first.value, context);
    }
    of_numbers(Some(day), month, year, context)
}

fn of_numbers(day: Option<Part>, month: Part, year: Part, context: &Context<'_>) -> Built {
    let short = |part: Part| match part.number {
        None => Some(0),
        Some(number) => (number.digits <= 2).then_some(number.value),
    };
    let day_number = day.map_or(Some(0), short);
    let (Some(d), Some(m), Some(year)) = (day_number, short(month), year.number) else {
        return Built::held(&rule::UNREADABLE, None);
    };
    match year.digits {
        4 => of_day_month_year(d, m, year.value),
        2 => two_digit_year(day.map(|_| d), Some(m), year.value, context),
        _ => Built::held(&rule::UNREADABLE, None),
    }
}

/// The years of two digits that lie before the form and within a life, latest first.
fn two_digit_year(day: Option<u32>, month: Option<u32>, year: u32, context: &Context<'_>) -> Built {
    let limits = context.thresholds;
    let last = context.as_of.map_or(limits.last_year, Date::year);
    let first = context
        .as_of
        .map_or(limits.first_capture, Date::year)
        .saturating_sub(limits.oldest);
    let date = |century: u32| {
        let year = century * 100 + year;
        let date = of_day_month_year(day.unwrap_or(0), month.unwrap_or(0), year).date?;
        let exact = date.is_day() || day.unwrap_or(0) == 0;
        let within = (first..=last).contains(&date.year());
        let past = context.as_of.is_none_or(|as_of| !date.is_after(as_of));
        (exact && within && past).then_some(date)
    };
    // Without the form's day the twentieth century comes first: most people were born in it.
    let centuries = if context.as_of.is_some() {
        [20, 19]
    } else {
        [19, 20]
    };
    Built::held(&rule::TWO_DIGIT_YEAR, centuries.into_iter().filter_map(date))
}

/// Eight digits are a day where only one order gives a year of our time; six never say enough.
fn compact(number: Number, context: &Context<'_>) -> Built {
    let value = number.value;
    let (high, middle, low) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
    let our_time = |year: u32| (1800..2200).contains(&year);
    match number.digits {
        8 if our_time(low) => of_day_month_year(high, middle, low),
        8 if our_time(value / 10_000) => of_day_month_year(value % 100, value / 100 % 100, value / 10_000),
        6 => {
            let months = [(value % 100, value / 100), (value / 10_000, low)];
            let months = months.into_iter().filter(|&(_, year)| our_time(year));
            let months = months.filter_map(|(month, year)| Date::of_month(year as u16, month as u8));
            let short = two_digit_year(
                Some(value / 10_000),
                Some(value / 100 % 100),
                value % 100,
                context,
            );
            let mut built = Built::held(&rule::AMBIGUOUS, months);
            built.candidates.extend(short.candidates);
            built
        }
        5 => spreadsheet(value),
        _ => Built::held(&rule::UNREADABLE, None),
    }
}

/// Days from 1899-12-30, as spreadsheets count them since 1 March 1900.
fn spreadsheet(days: u32) -> Built {
    const FROM_1970: i64 = 25_569;
    Built::held(&rule::SPREADSHEET, Date::of_days(i64::from(days) - FROM_1970))
}

fn month_five_or_none(year: u32) -> Built {
    let year = year as u16;
    let may = Date::of_month(year, 5);
    Built::held(&rule::AMBIGUOUS, may.into_iter().chain([Date::of_year(year)]))
}

/// One digit to a box: `0 5 0 9 1 9 8 7`.
fn single_digits(parts: &[Part]) -> Option<Number> {
    if parts.len() != 8 {
        return None;
    }
    let mut value = 0;
    for part in parts {
        let digit = part.number.filter(|n| n.digits == 1 && part.label.is_none())?;
        value = value * 10 + digit.value;
    }
    Some(Number {
        value,
        digits: 8,
        repaired: false,
    })
}

fn fits(part: Part, label: Label) -> bool {
    part.label.is_none_or(|of_part| of_part == label)
}

fn is_year(part: Part) -> bool {
    part.number.is_some_and(|number| number.digits == 4)
}

fn year_of(number: Number) -> Date {
    Date::of_year(number.value as u16)
}
