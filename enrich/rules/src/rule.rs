//! One rule of the catalogue.

use schemas::Severity;

/// A rule: what is found by it, how much that weighs, and what people are told.
#[derive(Debug)]
pub struct Rule {
    /// Stable reason code, `subject.what`, such as `date.impossible`.
    pub code: &'static str,
    /// What a finding means for the application, unless the ruleset says otherwise.
    pub severity: Severity,
    /// What is wrong and what to do, for a clerk, in Vietnamese.
    pub vi: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The law and article, standard or reason the rule comes from.
    pub source: &'static str,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}
