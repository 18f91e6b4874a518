//! How a command ends.

use std::process::ExitCode;

/// How a command ended that did what it was asked. A fault is exit code 1, a wrong command line 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Ended {
    /// All is well.
    Fine,
    /// Something is bad that the command was asked to look for.
    Unwell,
    /// Lag is over the threshold that was given.
    LagOverThreshold,
    /// A safety check refused it; nothing was changed.
    Refused,
    /// The books, what rows of the register name, or what is declared and what is there, don't match.
    BooksDontMatch,
}

impl Ended {
    /// Its exit code.
    pub fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fine => 0,
            Self::Unwell => 1,
            Self::LagOverThreshold => 3,
            Self::Refused => 4,
            Self::BooksDontMatch => 5,
        })
    }
}
