//! What the rules make of one written value.

use crate::Rule;
use schemas::Severity;

/// What the rules make of one written value. The value itself is never changed: this stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The normal form, where it is certain. `None`: nothing certain can be said.
    pub value: Option<String>,
    /// What it might be instead, most likely first, where it isn't certain.
    pub candidates: Vec<String>,
    /// The rules that changed the written value into `value`, in order, such as `text.nfc`. Empty: it
    /// was written in its normal form.
    pub changed_by: Vec<&'static str>,
    /// What was found.
    pub found: Vec<&'static Rule>,
}

impl Reading {
    /// A certain value that these rules made of the written one.
    pub fn of(value: impl Into<String>, changed_by: &[&'static str]) -> Self {
        Self {
            value: Some(value.into()),
            changed_by: changed_by.to_vec(),
            ..Self::default()
        }
    }

    /// Nothing certain, for this reason.
    pub fn uncertain(found: &'static Rule) -> Self {
        Self::default().with(found)
    }

    /// The reading with one more finding.
    #[must_use]
    pub fn with(mut self, found: &'static Rule) -> Self {
        self.found.push(found);
        self
    }

    /// The heaviest of the findings, as the catalogue weighs them.
    pub fn severity(&self) -> Option<Severity> {
        self.found.iter().map(|rule| rule.severity).min()
    }
}
