//! What rules find, and what becomes of an event.

use crate::Field;
use serde::{Deserialize, Serialize};

/// What a finding means for the application it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody can be identified, or the envelope lies.
    Reject,
    /// Waits for a correction or a decision; not matched.
    Hold,
    /// For information.
    Note,
}

/// What a rule found. Never holds a value of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable reason code, such as `date.impossible`.
    pub code: String,
    /// The field, where the finding is about one.
    pub field: Option<Field>,
    /// What it means for the application.
    pub severity: Severity,
}

impl Finding {
    /// A finding about one field.
    pub fn on(field: Field, severity: Severity, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            field: Some(field),
            severity,
        }
    }

    /// A finding about the event as a whole.
    pub fn overall(severity: Severity, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            field: None,
            severity,
        }
    }
}

/// Where an entry of the match log ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Took effect.
    Loaded,
    /// Refused, with reasons.
    Rejected,
    /// Waits for a correction or a decision.
    Held,
    /// The same event came before; nothing changed.
    Copy,
    /// Another event has this sequence; kept as a dead letter, never applied.
    Conflict,
    /// No event could be read; kept as a dead letter.
    Undecodable,
    /// An entry of operate, applied.
    Recorded,
}

impl OutcomeKind {
    /// Whether an event with this outcome takes its place in its node's series: it is received, and
    /// nothing else can be at its sequence.
    pub const fn takes_a_place(self) -> bool {
        matches!(self, Self::Loaded | Self::Rejected | Self::Held)
    }

    /// Its name in JSON, Avro and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Rejected => "rejected",
            Self::Held => "held",
            Self::Copy => "copy",
            Self::Conflict => "conflict",
            Self::Undecodable => "undecodable",
            Self::Recorded => "recorded",
        }
    }
}
