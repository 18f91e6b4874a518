//! What a check found, and how all of them are told.

use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report};
use serde::Serialize;

/// How serious it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look.
    Warning,
    /// Something doesn't work, or will lose data.
    Bad,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it is.
    pub state: State,
    /// What was seen.
    pub evidence: String,
    /// What to do; empty when nothing need be done.
    pub remedy: String,
}

impl Finding {
    pub(super) fn ok(check: &'static str, evidence: impl Into<String>) -> Self {
        Self {
            check,
            state: State::Ok,
            evidence: evidence.into(),
            remedy: String::new(),
        }
    }

    pub(super) fn warning(
        check: &'static str,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            check,
            state: State::Warning,
            evidence: evidence.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn bad(check: &'static str, evidence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            state: State::Bad,
            ..Self::warning(check, evidence, remedy)
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.state == State::Ok
    }
}

/// All checks.
#[derive(Debug, Serialize)]
pub struct Examined {
    pub(super) findings: Vec<Finding>,
}

impl Report for Examined {
    fn table(&self) -> String {
        let mut table = Table::new(&["", "CHECK", "EVIDENCE"]);
        for finding in &self.findings {
            let (word, tone) = match finding.state {
                State::Ok => ("ok", Tone::Good),
                State::Warning => ("warning", Tone::Notice),
                State::Bad => ("BAD", Tone::Bad),
            };
            table.row([
                Cell::text(word).toned(tone),
                Cell::text(finding.check),
                Cell::text(&finding.evidence),
            ]);
        }
        let mut text = table.render();
        for finding in self.findings.iter().filter(|finding| !finding.is_ok()) {
            text.push_str(&format!("\n{}: {}", finding.check, finding.remedy));
        }
        let count = |state| {
            self.findings
                .iter()
                .filter(|finding| finding.state == state)
                .count()
        };
        text.push_str(&format!(
            "\n{} ok, {} to look at, {} bad",
            count(State::Ok),
            count(State::Warning),
            count(State::Bad)
        ));
        text
    }

    fn ended(&self) -> Ended {
        if self.findings.iter().any(|finding| finding.state == State::Bad) {
            Ended::Unwell
        } else {
            Ended::Fine
        }
    }
}
