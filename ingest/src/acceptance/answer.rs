//! What a submitter is told, the same over HTTP, in bulk and from files.

use super::limits::MAX_LINE_BYTES;
use crate::spool::{Appended, Receipt};
use rules::Told;
use schemas::submission::BadSubmission;
use serde::{Deserialize, Serialize};

/// What became of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// On the disk now.
    Accepted(Receipt),
    /// On the disk since before.
    AlreadyAccepted(Receipt),
    /// The application's revision is taken by other content, with this receipt.
    Conflict(Receipt),
    /// Refused for its form.
    Invalid(BadSubmission),
    /// Refused for its size.
    TooLarge,
    /// Refused for want of room; says what to do.
    SpoolFull(String),
    /// Refused for the moment; says why.
    Unavailable(String),
}

/// An answer's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On the disk now.
    Accepted,
    /// On the disk since before.
    AlreadyAccepted,
    /// Other content stands under this application and revision.
    Conflict,
    /// The form is wrong.
    Invalid,
    /// Over the size limit.
    TooLarge,
    /// No room.
    SpoolFull,
    /// Not now.
    Unavailable,
}

/// An answer, with what the rules find in what was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What became of it.
    pub answer: Answer,
    /// What the centre will find too, told at once. Nothing is refused for it.
    pub findings: Vec<Told>,
}

impl Reply {
    /// As a JSON object, with the line's number where there is one.
    pub fn line(self, line: Option<u64>) -> Line {
        let safe = self.answer.status().is_safe();
        Line {
            findings: if safe { self.findings } else { Vec::new() },
            ..self.answer.line(line)
        }
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            findings: Vec::new(),
        }
    }
}

impl Status {
    /// Its name in JSON and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AlreadyAccepted => "already_accepted",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::TooLarge => "too_large",
            Self::SpoolFull => "spool_full",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether the submission is safe at the node.
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Accepted | Self::AlreadyAccepted)
    }
}

impl From<Appended> for Answer {
    fn from(appended: Appended) -> Self {
        match appended {
            Appended::Accepted(receipt) => Self::Accepted(receipt),
            Appended::AlreadyAccepted(receipt) => Self::AlreadyAccepted(receipt),
            Appended::Conflict(receipt) => Self::Conflict(receipt),
            Appended::TooLarge => Self::TooLarge,
            Appended::Full(why) => Self::SpoolFull(why),
        }
    }
}

impl Answer {
    /// Its name.
    pub const fn status(&self) -> Status {
        match self {
            Self::Accepted(_) => Status::Accepted,
            Self::AlreadyAccepted(_) => Status::AlreadyAccepted,
            Self::Conflict(_) => Status::Conflict,
            Self::Invalid(_) => Status::Invalid,
            Self::TooLarge => Status::TooLarge,
            Self::SpoolFull(_) => Status::SpoolFull,
            Self::Unavailable(_) => Status::Unavailable,
        }
    }

    /// As a JSON object, with the line's number where there is one.
    pub fn line(self, line: Option<u64>) -> Line {
        let status = self.status();
        let (receipt, error) = match self {
            Self::Accepted(receipt) | Self::AlreadyAccepted(receipt) => (Some(receipt), None),
            Self::Conflict(receipt) => (Some(receipt), Some(OTHER_CONTENT.to_owned())),
            Self::Invalid(problem) => (None, Some(problem.to_string())),
            Self::TooLarge => (
                None,
                Some(format!("larger than the limit of {MAX_LINE_BYTES} bytes")),
            ),
            Self::SpoolFull(why) | Self::Unavailable(why) => (None, Some(why)),
        };
        Line {
            line,
            status,
            receipt,
            findings: Vec::new(),
            error,
        }
    }
}

const OTHER_CONTENT: &str = "this application and revision was accepted before with other content (the receipt is \
                             that one's): send a correction under a higher revision";

/// An answer as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Number of the line it answers, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What became of it.
    pub status: Status,
    /// The receipt, where there is one.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What the rules find in it, where it is safe at the node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Told>,
    /// What is wrong and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
