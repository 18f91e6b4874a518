//! The stages: does each have a member, and does its position lie inside its topics.

use super::{Finding, finding_list};
use crate::Settings;
use crate::groups::without_members;
use runtime::Fault;
use runtime::kafka::{Cluster, Offsets, Partition};
use schemas::topics::{self, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};

struct Stage {
    group: &'static str,
    alive: &'static str,
    inside: &'static str,
    topics: Vec<String>,
}

pub(super) fn examine(settings: &Settings, cluster: &Cluster) -> Vec<Finding> {
    let each = |topic: fn(&str) -> String| settings.provinces.iter().map(move |p| topic(&p.slug));
    let stages = [
        Stage {
            group: GROUP_NORMALISE,
            alive: "normalise runs",
            inside: "normalise's positions",
            topics: each(topics::applications).collect(),
        },
        Stage {
            group: GROUP_MATCH,
            alive: "a matcher runs",
            inside: "match's position",
            topics: vec![topics::MATCH_LOG.to_owned()],
        },
        Stage {
            group: GROUP_SINK,
            alive: "a sink runs",
            inside: "the sink group's positions",
            topics: each(topics::nodes).chain([topics::CHANGES.to_owned()]).collect(),
        },
    ];
    let offsets = match cluster.offsets() {
        Ok(offsets) => offsets,
        Err(fault) => {
            return vec![Finding::bad(
                "the stages",
                fault.to_string(),
                "see `intakectl context show`",
            )];
        }
    };
    let look = |stage: &Stage| [alive(&offsets, stage), inside(cluster, &offsets, stage)];
    stages.iter().flat_map(look).collect()
}

fn alive(offsets: &Offsets, stage: &Stage) -> Finding {
    match offsets.members(stage.group) {
        Ok(0) => Finding::bad(
            stage.alive,
            format!("group {} has no member", stage.group),
            without_members(stage.group).unwrap_or_default(),
        ),
        Ok(members) => Finding::ok(stage.alive, format!("group {} has {members}", stage.group)),
        Err(fault) => Finding::bad(
            stage.alive,
            fault.to_string(),
            "give this user Describe on the group (`intakectl topics acls --role operator`)",
        ),
    }
}

fn inside(cluster: &Cluster, offsets: &Offsets, stage: &Stage) -> Finding {
    match outside(cluster, offsets, stage) {
        Ok((partitions, wrong)) if wrong.is_empty() => Finding::ok(
            stage.inside,
            format!("{partitions} partitions, each inside its topic"),
        ),
        Ok((_, wrong)) => Finding::bad(
            stage.inside,
            finding_list(&wrong),
            "records were deleted unread, or the topic was made anew: `intakectl reconcile` names what is missing. \
             Never move the group; `intakectl control skip` writes off what can't come any more",
        ),
        Err(fault) => Finding::bad(stage.inside, fault.to_string(), "see `intakectl lag`"),
    }
}

/// How many partitions there are, and the positions that lie outside theirs.
fn outside(cluster: &Cluster, offsets: &Offsets, stage: &Stage) -> Result<(usize, Vec<String>), Fault> {
    let partitions: Vec<Partition> = offsets.partitions(&stage.topics)?;
    if partitions.is_empty() {
        return Ok((0, Vec::new()));
    }
    // Committed first: a position must never seem to lie beyond the end.
    let committed = cluster.group_offsets(stage.group)?.committed(&partitions)?;
    let bounds = offsets.boundaries(&partitions)?;
    let wrong = partitions
        .iter()
        .zip(committed)
        .zip(bounds)
        .filter_map(|((partition, next), bounds)| {
            let next = next?;
            let inside = (bounds.earliest..=bounds.end).contains(&next);
            (!inside).then(|| {
                format!(
                    "{partition} at {next}, which holds {} to {}",
                    bounds.earliest, bounds.end
                )
            })
        });
    Ok((partitions.len(), wrong.collect()))
}
