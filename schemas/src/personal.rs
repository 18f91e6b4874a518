//! Values about a person, which must never reach a log, an error, a metric or a file name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value about a person: `Debug` says only that it is there, and there is no `Display`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Wraps a value about a person.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for matching, loading and showing to those who may see it: every call site is a
    /// line to review.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, under the same rule as [`Self::expose`].
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<personal>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(
            format!("{:?}", Some(Personal::new("Lò Văn Pâng"))),
            "Some(<personal>)"
        );
    }
}
