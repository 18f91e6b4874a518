//! The figures that rules compare with.

/// The figures that rules compare with. A year is a whole one: somebody of 13 years and 364 days is 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Years nobody is older than. The oldest person whose age was proven died at 122.
    pub oldest: u16,
    /// Year before which no application was captured: a clock that says so is wrong.
    pub first_capture: u16,
    /// Year after which no date on a form can lie, whatever the clock says.
    pub last_year: u16,
    /// Age from which a card is a duty. Law 26/2023/QH15, article 19, clause 2; before it Law
    /// 59/2014/QH13, article 19.
    pub card_age: u16,
    /// Years at least between a parent's birth and a child's.
    pub youngest_parent: u16,
    /// Years at most between a mother's birth and a child's.
    pub oldest_mother: u16,
    /// Years at most between a father's birth and a child's.
    pub oldest_father: u16,
    /// Milliseconds that a node's clock may be ahead of the broker's and still count as right.
    pub clock_ahead_ms: i64,
    /// Days an event may lie at its node before it is remarked on.
    pub offline_days: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            oldest: 130,
            first_capture: 2020,
            last_year: 2099,
            card_age: 14,
            youngest_parent: 12,
            oldest_mother: 60,
            oldest_father: 90,
            clock_ahead_ms: 5 * 60 * 1000,
            offline_days: 365,
        }
    }
}
