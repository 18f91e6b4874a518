//! `intakectl validate`.

use super::lines::{self, Line};
use super::{unless_gone, verdict};
use crate::progress;
use ::normalise::Date;
use ::rules::catalogue::text as found;
use ::rules::{Rule, Ruleset, Told, severity_name};
use clap::Args;
use runtime::Fault;
use schemas::event::Body;
use schemas::submission::Submission;
use schemas::{Finding, Severity, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use uuid::Uuid;

/// Options of `validate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Applications as they are submitted to a node, one JSON object a line
    #[arg(value_name = "FILE.ndjson")]
    file: PathBuf,
    /// Other weights and thresholds of rules than the shipped ones
    #[arg(long, value_name = "FILE")]
    pub ruleset: Option<PathBuf>,
}

/// The answer to one line: what becomes of it, and why.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    line: u64,
    verdict: &'static str,
    findings: Vec<Explained<'a>>,
}

/// A finding as a clerk is told it.
#[derive(Debug, Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    told: Told,
    /// What is wrong with the line's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
}

/// How the lines of a file ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    verdicts: BTreeMap<&'static str, u64>,
    codes: BTreeMap<(Severity, String), u64>,
}

/// Answers each line of the file on `output`, and returns how they ended. Values are read as of the day an
/// application was captured, or of `today`. A progress bar is shown on
/// standard error when that is a terminal.
///
/// # Errors
/// Fatal when the file can't be opened; transient when it can't be read or the output can't be written.
pub fn run(
    options: &Options,
    ruleset: &Ruleset,
    today: Option<Date>,
    mut output: impl Write,
) -> Result<Summary, Fault> {
    let name = options.file.display();
    let file = File::open(&options.file).map_err(|e| Fault::fatal(format!("can't open {name}: {e}")))?;
    let size = file
        .metadata()
        .map_err(|e| Fault::fatal(format!("can't read {name}: {e}")))?
        .len();
    let style = "{bar:40} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";
    let bar = progress::bar(size, style);
    let (mut summary, mut number) = (Summary::default(), 0);
    let answered = lines::each(BufReader::with_capacity(1 << 16, file), |line, read| {
        number += 1;
        bar.set_position(read);
        answer(number, line, ruleset, today, &mut summary, &mut output)
    });
    bar.finish_and_clear();
    unless_gone(answered.and_then(|()| output.flush()))?;
    Ok(summary)
}

fn answer(
    number: u64,
    line: Line<'_>,
    ruleset: &Ruleset,
    today: Option<Date>,
    summary: &mut Summary,
    output: &mut impl Write,
) -> std::io::Result<()> {
    let refused = |rule: &Rule| vec![Finding::overall(ruleset.severity(rule), rule.code)];
    let mut problem = None;
    let findings = match line {
        Line::Text(text) => match Submission::parse(text.as_bytes()) {
            Ok(submission) => {
                let as_of = captured_on(&submission).or(today);
                ::validate::body(&body(submission), as_of, ruleset).findings
            }
            Err(fault) => {
                problem = Some(fault.to_string());
                refused(&found::NOT_READABLE)
            }
        },
        Line::NotUtf8 => refused(&found::NOT_UTF8),
        Line::TooLong => refused(&found::TOO_LONG),
    };
    let verdict = verdict(findings.iter().map(|finding| finding.severity).min());
    summary.count(verdict, &findings);
    let explained = findings.into_iter().map(|finding| Explained {
        told: finding.into(),
        problem: problem.as_deref(),
    });
    let answer = Answer {
        line: number,
        verdict,
        findings: explained.collect(),
    };
    serde_json::to_writer(&mut *output, &answer)?;
    output.write_all(b"\n")
}

/// The day a submission says it was captured, in Viet Nam.
fn captured_on(submission: &Submission) -> Option<Date> {
    let captured_at = match submission {
        Submission::Application(application) => &application.captured_at,
        Submission::Verification(verification) => &verification.captured_at,
        Submission::Withdrawal(withdrawal) => &withdrawal.captured_at,
    };
    captured_at
        .as_deref()
        .and_then(Timestamp::parse)
        .and_then(Date::in_viet_nam)
}

/// What is submitted as an event would carry it. Its id is not looked at.
fn body(submission: Submission) -> Body {
    let id = Uuid::nil();
    match submission {
        Submission::Application(mut from) => {
            let reference = from.application_id.take();
            Body::ApplicationSubmitted(from.into_event(id, reference))
        }
        Submission::Verification(from) => Body::VerificationRecorded(from.into_event(id)),
        Submission::Withdrawal(from) => Body::ApplicationWithdrawn(from.into_event(id)),
    }
}

impl Summary {
    fn count(&mut self, verdict: &'static str, findings: &[Finding]) {
        *self.verdicts.entry(verdict).or_default() += 1;
        for finding in findings {
            *self
                .codes
                .entry((finding.severity, finding.code.clone()))
                .or_default() += 1;
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |verdict| self.verdicts.get(verdict).copied().unwrap_or(0);
        let lines: u64 = self.verdicts.values().sum();
        write!(
            f,
            "{lines} lines: {} ok, {} hold, {} reject",
            of("ok"),
            of("hold"),
            of("reject")
        )?;
        for ((severity, code), count) in &self.codes {
            write!(f, "\n{count:>9}  {:6}  {code}", severity_name(*severity))?;
        }
        Ok(())
    }
}
