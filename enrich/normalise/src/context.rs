//! What is known of a form when one of its values is read.

use rules::Thresholds;

/// What is known of a form when one of its values is read. All of it may be unknown: then the rules that
/// need it find nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The day the form was taken, in Viet Nam: `2025-06-30`.
    pub as_of: Option<&'a str>,
    /// The person's date of birth, as far as it is known: `1987-09-05`, `1987-09`, `1987`.
    pub date_of_birth: Option<&'a str>,
    /// The person's sex, by its code: `M` or `F`.
    pub sex: Option<&'a str>,
    /// The province where the birth was registered: a code of two digits, with or without the day it is
    /// valid from (`11@2004-01-01`).
    pub birth_province: Option<&'a str>,
    /// The figures that rules compare with.
    pub thresholds: Thresholds,
}
