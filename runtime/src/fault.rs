//! Errors by remedy: the kind answers the only question a loop has, what to do now.

use std::fmt;
use std::process::ExitCode;

/// What helps against a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// The same again later: a lost connection, a failover, a deadlock.
    Transient,
    /// Less at once, or more room: disk, memory, connections, quota.
    Saturated,
    /// Another value: nothing but a correction helps.
    Data,
    /// A person: configuration, permission, a bug. The process stops.
    Fatal,
}

impl Remedy {
    /// Whether it heals while one waits: whoever can tries again, with a backoff.
    pub const fn heals(self) -> bool {
        matches!(self, Self::Transient | Self::Saturated)
    }

    /// Its name as a metric label and log field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Saturated => "saturated",
            Self::Data => "data",
            Self::Fatal => "fatal",
        }
    }
}

/// A fault: what, where and what to do, for a person to read. Never holds a value about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    remedy: Remedy,
    text: String,
}

impl Fault {
    /// Helped by the same again later.
    pub fn transient(text: impl Into<String>) -> Self {
        Self {
            remedy: Remedy::Transient,
            text: text.into(),
        }
    }

    /// Helped by less at once, or more room.
    pub fn saturated(text: impl Into<String>) -> Self {
        Self {
            remedy: Remedy::Saturated,
            text: text.into(),
        }
    }

    /// Helped by another value.
    pub fn data(text: impl Into<String>) -> Self {
        Self {
            remedy: Remedy::Data,
            text: text.into(),
        }
    }

    /// Helped by a person.
    pub fn fatal(text: impl Into<String>) -> Self {
        Self {
            remedy: Remedy::Fatal,
            text: text.into(),
        }
    }

    /// What helps.
    pub const fn remedy(&self) -> Remedy {
        self.remedy
    }

    /// The same fault with what was being done in front.
    #[must_use]
    pub fn while_doing(self, what: &str) -> Self {
        Self {
            text: format!("{what}: {}", self.text),
            ..self
        }
    }

    /// The exit code of a process that ends with this fault: always a failure, so that whoever
    /// supervises it starts it again.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::FAILURE
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}
