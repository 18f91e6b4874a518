//! `intakectl topics diff`: the declared topics against those that are there.

use super::delete;
use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report, Settings};
use runtime::Fault;
use runtime::kafka::TopicOutcome;
use schemas::topics;
use serde::Serialize;

/// What differs.
#[derive(Debug, Serialize)]
pub struct Diff {
    /// Topics that are as declared.
    same: usize,
    differing: Vec<Differing>,
}

#[derive(Debug, Serialize)]
struct Differing {
    topic: String,
    /// `missing`, `differs` or `undeclared`.
    result: &'static str,
    differences: Vec<String>,
}

/// Compares them; changes nothing.
///
/// # Errors
/// Fatal when we may not describe topics; transient when the cluster doesn't answer.
pub(super) async fn run(settings: &Settings) -> Result<Diff, Fault> {
    let cluster = settings.cluster()?;
    let specs = topics::all(&settings.provinces);
    let outcomes = cluster.compare_topics(&specs).await?;
    let undeclared = delete::undeclared(&cluster, &specs).await?;
    let mut diff = Diff {
        same: 0,
        differing: Vec::new(),
    };
    for (topic, outcome) in outcomes {
        let (result, differences) = match outcome {
            TopicOutcome::Unchanged => {
                diff.same += 1;
                continue;
            }
            TopicOutcome::Created => ("missing", Vec::new()),
            TopicOutcome::Differs(differences) => ("differs", differences),
        };
        diff.differing.push(Differing {
            topic,
            result,
            differences,
        });
    }
    diff.differing
        .extend(undeclared.into_iter().map(|topic| Differing {
            topic: topic.name,
            result: "undeclared",
            differences: Vec::new(),
        }));
    Ok(diff)
}

impl Report for Diff {
    fn table(&self) -> String {
        if self.differing.is_empty() {
            return format!("all {} topics are as declared", self.same);
        }
        let mut table = Table::new(&["TOPIC", "RESULT", "DIFFERENCES"]);
        for topic in &self.differing {
            table.row([
                Cell::text(&topic.topic),
                Cell::text(topic.result).toned(Tone::Bad),
                Cell::text(topic.differences.join("; ")),
            ]);
        }
        format!(
            "{}\n{} differ, {} are as declared\n`intakectl topics apply` makes what is missing, and with \
             --delete deletes what is undeclared",
            table.render(),
            self.differing.len(),
            self.same
        )
    }

    fn ended(&self) -> Ended {
        if self.differing.is_empty() {
            Ended::Fine
        } else {
            Ended::BooksDontMatch
        }
    }
}
