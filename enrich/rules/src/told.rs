//! A finding as a clerk is told it.

use crate::catalogue;
use schemas::{Field, Finding, Severity};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A finding with its sentences. Never holds a value of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Stable reason code.
    pub code: String,
    /// The field, where the finding is about one.
    pub field: Option<Field>,
    /// What it means for the application.
    pub severity: Severity,
    /// In Vietnamese; empty for a code that this version doesn't know.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub vi: Cow<'static, str>,
    /// In English.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub en: Cow<'static, str>,
}

impl From<Finding> for Told {
    fn from(finding: Finding) -> Self {
        let rule = catalogue::find(&finding.code);
        Self {
            vi: Cow::Borrowed(rule.map_or("", |rule| rule.vi)),
            en: Cow::Borrowed(rule.map_or("", |rule| rule.en)),
            code: finding.code,
            field: finding.field,
            severity: finding.severity,
        }
    }
}
