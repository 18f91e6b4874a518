//! The books, as `intakectl reconcile` gives them.

use crate::{Ground, process};
use serde::Deserialize;
use serde_json::Value;
use std::process::{Output, Stdio};
use uuid::Uuid;

/// The numbers of the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Numbers {
    /// What nodes captured.
    pub captured: i64,
    /// At the nodes.
    pub pending: i64,
    /// Published and not settled yet.
    pub in_transit: i64,
    /// Passed by match without having been there.
    pub missing: i64,
    /// Distinct events received.
    pub received: i64,
    /// Took effect.
    pub loaded: i64,
    /// Refused.
    pub rejected: i64,
    /// Wait for a correction or a decision.
    pub held: i64,
    /// Refused by the register's database.
    pub dead_lettered: i64,
}

/// Sequences that are missing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MissingRange {
    /// The node.
    pub node_id: String,
    /// Its series.
    pub epoch: Uuid,
    /// First missing sequence.
    pub first: i64,
    /// Last missing sequence.
    pub last: i64,
}

/// One province's part.
#[derive(Clone, Debug, Deserialize)]
pub struct ProvinceBooks {
    /// Its slug.
    pub province: String,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// What is missing.
    pub missing_ranges: Vec<MissingRange>,
}

/// Records that are no events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Undecodable {
    /// Who refused them.
    pub stage: String,
    /// Where they were found.
    pub topic: String,
    /// Why they can't be read.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// What `intakectl reconcile -o json` says.
#[derive(Clone, Debug, Deserialize)]
pub struct Books {
    /// Nothing is missing, doubled, forked, unreadable or without proof.
    pub balanced: bool,
    /// Nothing is pending or on its way.
    pub settled: bool,
    /// All provinces together.
    pub totals: Numbers,
    /// Events that came again.
    pub copies: i64,
    /// Events whose place was taken.
    pub conflicts: i64,
    /// Events that don't continue the one before.
    pub broken_links: i64,
    /// Each province.
    pub provinces: Vec<ProvinceBooks>,
    /// Records that are no events.
    pub undecodable: Vec<Undecodable>,
    /// In words.
    pub problems: Vec<String>,
    /// The command's exit code: 0, or 5 when the books don't balance.
    #[serde(skip)]
    pub exit_code: Option<i32>,
}

impl Books {
    /// Panics unless every event of `captured` was received and ended in one place.
    #[track_caller]
    pub fn assert_balanced(&self, captured: usize) {
        let Numbers {
            received,
            loaded,
            rejected,
            held,
            ..
        } = self.totals;
        let expected = Numbers {
            captured: captured as i64,
            received: captured as i64,
            loaded,
            rejected,
            held,
            ..Numbers::default()
        };
        assert_eq!(self.totals, expected, "{self:?}");
        assert_eq!(received, loaded + rejected + held, "{self:?}");
        assert!(
            self.balanced && self.settled && self.problems.is_empty(),
            "{self:?}"
        );
        assert_eq!(
            (self.conflicts, self.broken_links, self.exit_code),
            (0, 0, Some(0)),
            "{self:?}"
        );
    }
}

impl Ground {
    /// Runs `intakectl` on this ground's site.
    pub fn intakectl(&self, arguments: &[&str]) -> Output {
        let ran = process::command("intakectl")
            .args(arguments)
            .arg("--config")
            .arg(&self.site.settings)
            .stdin(Stdio::null())
            .output();
        ran.expect("intakectl runs")
    }

    /// What `intakectl` answers in JSON; it must end with this code.
    #[track_caller]
    pub fn answer(&self, code: i32, arguments: &[&str]) -> Value {
        let output = self.intakectl(&[arguments, &["-o", "json"]].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| panic!("{fault}: {output:?}"))
    }

    /// The books as they are now.
    #[track_caller]
    pub fn reconcile(&self) -> Books {
        let output = self.intakectl(&["reconcile", "-o", "json"]);
        let read = serde_json::from_slice(&output.stdout);
        let books: Books =
            read.unwrap_or_else(|fault| panic!("reconcile gave no books ({fault}): {output:?}"));
        Books {
            exit_code: output.status.code(),
            ..books
        }
    }
}
