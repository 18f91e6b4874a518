//! Many submissions, a line each, answered line by line in their order.

use super::answer::{Answer, Line, Status};
use super::lines::{Content, Numbered};
use super::writer::{Intake, Waiting};
use std::collections::{BTreeMap, VecDeque};
use std::io;

/// Answers that may be on their way at once, so that many lines share one fsync.
const WINDOW: usize = 512;

/// How many lines ended how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines read.
    pub lines: u64,
    /// Lines without anything, which are not answered.
    pub empty: u64,
    /// Answered lines by status.
    pub answers: BTreeMap<&'static str, u64>,
    /// Whether every answered line is safe at the node.
    pub all_safe: bool,
}

impl Summary {
    /// Before the first line.
    pub fn new() -> Self {
        Self {
            all_safe: true,
            ..Self::default()
        }
    }

    /// Counts an answer.
    pub fn count(&mut self, status: Status) {
        *self.answers.entry(status.name()).or_default() += 1;
        self.all_safe &= status.is_safe();
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} lines", self.lines)?;
        for (status, count) in &self.answers {
            write!(f, ", {count} {status}")?;
        }
        if self.empty > 0 {
            write!(f, ", {} empty", self.empty)?;
        }
        Ok(())
    }
}

/// Submits every line and hands each answer to `each`, in the order of the lines. Blocking.
///
/// # Errors
/// When a line can't be read or `each` fails: what was submitted so far is kept all the same.
pub fn submit(
    lines: impl Iterator<Item = io::Result<Numbered>>,
    intake: &Intake,
    mut each: impl FnMut(Line) -> io::Result<()>,
) -> io::Result<Summary> {
    let mut summary = Summary::new();
    let mut on_their_way: VecDeque<(u64, Waiting)> = VecDeque::with_capacity(WINDOW);
    let mut settle = |summary: &mut Summary, (number, waiting): (u64, Waiting)| {
        let line = waiting.reply().line(Some(number));
        summary.count(line.status);
        each(line)
    };
    let mut failed = None;
    for line in lines {
        let Numbered { number, content } = match line {
            Ok(line) => line,
            Err(fault) => {
                failed = Some(fault);
                break;
            }
        };
        summary.lines += 1;
        let waiting = match content {
            Content::Empty => {
                summary.empty += 1;
                continue;
            }
            Content::TooLong => Waiting::Known(Answer::TooLarge),
            Content::Bytes(json) => intake.enqueue(&json),
        };
        on_their_way.push_back((number, waiting));
        while on_their_way.len() >= WINDOW {
            if let Some(oldest) = on_their_way.pop_front() {
                settle(&mut summary, oldest)?;
            }
        }
    }
    for waiting in on_their_way {
        settle(&mut summary, waiting)?;
    }
    failed.map_or(Ok(summary), Err)
}
