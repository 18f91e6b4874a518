//! A time of day behind a date, as exports have it.

/// A time of day, and how far its zone is ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    minutes: i32,
    offset: Option<i32>,
}

const DAY: i32 = 24 * 60;
const VIET_NAM: i32 = 7 * 60;

impl Time {
    /// Days from the written date to the one that the moment falls on in Viet Nam: -1, 0 or 1. A time
    /// without a zone is Viet Nam's.
    pub fn days_to_viet_nam(self) -> i32 {
        let offset = self.offset.unwrap_or(VIET_NAM);
        (self.minutes - offset + VIET_NAM).div_euclid(DAY)
    }
}

/// Cuts `1987-09-05T00:00:00Z` or `05/09/1987 00:00` in two, where it has a time.
pub(super) fn cut(text: &str) -> Option<(&str, Time)> {
    let colon = text.find(':')?;
    let hours_from = text[..colon].rfind(|c: char| !c.is_ascii_digit())?;
    let before = &text[..hours_from];
    let mark = text[hours_from..].chars().next()?;
    let after_digit = before.ends_with(|c: char| c.is_ascii_digit());
    if !(after_digit && (mark == 'T' || mark.is_whitespace())) {
        return None;
    }
    let time = time(&text[hours_from + mark.len_utf8()..])?;
    Some((before.trim(), time))
}

fn time(text: &str) -> Option<Time> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let mut units = clock.splitn(3, ':');
    let hours = unit(units.next()?, 23)?;
    let minutes = unit(units.next()?, 59)?;
    if let Some(seconds) = units.next() {
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        unit(whole, 60)?;
        if fraction.len() > 9 || fraction.contains([':', '.']) {
            return None;
        }
    }
    let offset = match zone.trim() {
        "" | "SA" | "CH" | "AM" | "PM" | "am" | "pm" => None,
        "Z" | "z" | "UTC" | "GMT" => Some(0),
        zone => Some(offset(zone)?),
    };
    Some(Time {
        minutes: hours * 60 + minutes,
        offset,
    })
}

/// `+07:00`, `+0700`, `+07`.
fn offset(zone: &str) -> Option<i32> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = &zone[1..];
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        _ => digits.split_once(':')?,
    };
    Some(sign * (unit(hours, 14)? * 60 + unit(minutes, 59)?))
}

fn unit(digits: &str, most: i32) -> Option<i32> {
    let written = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|&unit| written && unit <= most)
}
