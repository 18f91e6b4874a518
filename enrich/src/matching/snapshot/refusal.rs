//! Why a snapshot isn't restored from.

use std::fmt;
use std::path::Path;

/// Why a snapshot isn't restored from. The register takes its place.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It can't be read.
    Unreadable(String),
    /// It isn't whole, or was changed.
    Broken(&'static str),
    /// Another version of this program wrote it.
    Format { written: u32, known: u32 },
    /// It was made of other topics.
    Foreign(String),
    /// Changes behind it are gone.
    TooOld(String),
}

impl Refusal {
    const fn name(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Broken(_) => "broken",
            Self::Format { .. } => "format",
            Self::Foreign(_) => "foreign",
            Self::TooOld(_) => "too_old",
        }
    }

    /// Says so in the log and in metrics.
    pub fn tell(&self, path: &Path) {
        metrics::counter!("intake_match_snapshots_refused_total", "why" => self.name()).increment(1);
        tracing::error!(
            why = self.name(),
            "the snapshot {} is refused, what is older or the register takes its place: {self}",
            path.display()
        );
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(fault) => write!(f, "it can't be read ({fault})"),
            Self::Broken(how) => write!(f, "{how}"),
            Self::Format { written, known } => {
                write!(f, "it has format {written}, this program reads format {known}")
            }
            Self::Foreign(how) => write!(f, "it was made elsewhere: {how}"),
            Self::TooOld(which) => write!(f, "changes behind it are gone: {which}"),
        }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(fault: std::io::Error) -> Self {
        if fault.kind() == std::io::ErrorKind::UnexpectedEof {
            return Self::Broken("it ends too early");
        }
        Self::Unreadable(fault.kind().to_string())
    }
}
