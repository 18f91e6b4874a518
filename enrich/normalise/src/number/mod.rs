//! Identity numbers.

mod old;
mod personal;
mod province;
mod written;

pub use old::{old, passport};
pub use personal::{PersonalNumber, personal};
pub use province::Registered;

use rules::Reading;

/// Whether this is a personal identification number by its length: 12 digits.
pub fn is_personal_number(text: &str) -> bool {
    PersonalNumber::parse(text).is_some()
}

fn nothing(text: &str) -> Reading {
    let changed_by: &[&str] = if text.is_empty() { &[] } else { &["text.spaces"] };
    Reading::of("", changed_by)
}

const fn way(repaired: bool) -> &'static str {
    if repaired {
        "number.look-alike"
    } else {
        "number.digits"
    }
}
