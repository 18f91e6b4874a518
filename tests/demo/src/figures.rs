//! Everything that is counted, at one moment, and what lies between two.

use crate::centre::Stages;
use crate::nodes::Status;
use crate::progress::Counts;
use std::collections::BTreeMap;

/// Everything that is counted, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Lines answered by the nodes in this run.
    pub answered: i64,
    /// What each province's node says.
    pub nodes: BTreeMap<String, Status>,
    /// How far the centre is.
    pub stages: Stages,
}

impl Figures {
    /// Events accepted ever.
    pub fn accepted(&self) -> i64 {
        self.nodes.values().map(|status| status.accepted).sum()
    }

    /// Events that wait for the broker.
    pub fn pending(&self) -> i64 {
        self.nodes.values().map(|status| status.pending).sum()
    }

    /// Events whose outcome the nodes haven't heard of.
    pub fn waiting(&self) -> i64 {
        self.nodes.values().map(Status::waiting).sum()
    }

    /// Events accepted ever, by province.
    pub fn accepted_by_province(&self) -> BTreeMap<String, i64> {
        let of = |(slug, status): (&String, &Status)| (slug.clone(), status.accepted);
        self.nodes.iter().map(of).collect()
    }

    /// What changes as long as anything goes on.
    pub fn pulse(&self) -> (i64, i64, i64, i64, Stages) {
        let Self { answered, stages, .. } = *self;
        (answered, self.accepted(), self.pending(), self.waiting(), stages)
    }

    fn published(&self) -> i64 {
        self.accepted() - self.pending()
    }

    /// What was done since `before`, of `lines` that are submitted and of what an earlier run left
    /// behind. `submitted`: every line is answered, so that what is to come is known exactly.
    pub fn counts_since(&self, before: &Self, lines: i64, submitted: bool) -> Counts {
        let done = [
            self.published() - before.published(),
            self.stages.normalised - before.stages.normalised,
            self.stages.matched - before.stages.matched,
            self.stages.register.events - before.stages.register.events,
        ];
        let left_behind = [
            before.pending(),
            before.published() - before.stages.normalised,
            before.published() - before.stages.matched,
            before.published() - before.stages.register.events,
        ];
        let (answered, events) = if submitted {
            (lines, self.accepted() - before.accepted())
        } else {
            (self.answered.min(lines), lines)
        };
        let mut counts = [(answered, lines); 5];
        for (count, (done, left)) in counts[1..].iter_mut().zip(done.into_iter().zip(left_behind)) {
            *count = (done, (events + left.max(0)).max(done));
        }
        counts
    }
}
