//! What is known of a form when one of its values is read.

use crate::Date;
use rules::Thresholds;

/// What is known of a form when one of its values is read. All of it may be unknown: then the rules that
/// need it find nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The day the form was taken, in Viet Nam.
    pub as_of: Option<Date>,
    /// The person's date of birth.
    pub date_of_birth: Option<Date>,
    /// The person's sex, by its code: `M` or `F`.
    pub sex: Option<&'a str>,
    /// The province where the birth was registered: a code of two digits, with or without the day it is
    /// valid from (`11@2004-01-01`).
    pub birth_province: Option<&'a str>,
    /// The figures that rules compare with.
    pub thresholds: Thresholds,
}

impl Context<'_> {
    /// The day the form was taken, and nothing else.
    pub fn at(as_of: Date) -> Self {
        Self {
            as_of: Some(as_of),
            ..Self::default()
        }
    }
}
