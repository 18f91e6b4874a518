//! One difference between register and shadow.

use crate::show::mask::Mask;
use serde::Serialize;
use uuid::Uuid;

/// What kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A resident of applications that belonged to nobody.
    ResidentAdded,
    /// A resident whose applications belong to nobody any more.
    ResidentGone,
    /// A resident that is part of another one, or made of several.
    ResidentMerged,
    /// A resident that was part of another one, or becomes several.
    ResidentSplit,
    /// A field of a golden record, or who makes it up.
    FieldChanged,
    /// What the rules make of what was written.
    ReadingChanged,
    /// Standing, revision, stage or resident of an application.
    ApplicationChanged,
    /// What became of an event, or why.
    OutcomeChanged,
}

impl Kind {
    /// Its name in JSON and CSV.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ResidentAdded => "resident_added",
            Self::ResidentGone => "resident_gone",
            Self::ResidentMerged => "resident_merged",
            Self::ResidentSplit => "resident_split",
            Self::FieldChanged => "field_changed",
            Self::ReadingChanged => "reading_changed",
            Self::ApplicationChanged => "application_changed",
            Self::OutcomeChanged => "outcome_changed",
        }
    }
}

/// A difference. What doesn't apply to its kind is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub kind: Kind,
    pub resident_id: Option<Uuid>,
    pub application_id: Option<Uuid>,
    /// The step that settled the event first.
    pub event_sequence: Option<i64>,
    /// Slug of the province that the application came from.
    pub province: Option<String>,
    pub field: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    /// A reason code that is found now, with +, or no longer, with -.
    pub codes: Vec<String>,
    /// The rule that made the value, by the new reading where there is one.
    pub rule: Option<String>,
    /// The other residents of a merge or a split.
    pub others: Vec<Uuid>,
    /// Whether `before` and `after` say something about a person.
    #[serde(skip)]
    pub is_personal: bool,
}

impl Difference {
    /// One of this kind, about nothing yet.
    pub(super) const fn of(kind: Kind) -> Self {
        Self {
            kind,
            resident_id: None,
            application_id: None,
            event_sequence: None,
            province: None,
            field: None,
            before: None,
            after: None,
            codes: Vec::new(),
            rule: None,
            others: Vec::new(),
            is_personal: false,
        }
    }

    /// As it may be shown.
    pub(super) fn shown(&self, mask: Mask) -> Self {
        let mut shown = self.clone();
        if self.is_personal {
            for value in [&mut shown.before, &mut shown.after].into_iter().flatten() {
                *value = mask.show(value);
            }
        }
        shown
    }
}
