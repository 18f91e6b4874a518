//! The cluster: reached, its topics as declared, its own settings.

use super::{Finding, finding_list};
use crate::Settings;
use runtime::kafka::{Cluster, TopicOutcome};
use std::time::Instant;

pub(super) const REACHED: &str = "Kafka answers";
const TOPICS: &str = "topics as declared";
const RETENTION: &str = "groups' offsets are kept";

pub(super) async fn examine(settings: &Settings, cluster: &Cluster) -> Vec<Finding> {
    let started = Instant::now();
    let asked = cluster.offsets().and_then(|offsets| offsets.cluster_id());
    let id = match asked {
        Ok(id) => id,
        Err(fault) => {
            return vec![Finding::bad(
                REACHED,
                format!("{}: {fault}", settings.kafka.brokers),
                "see where commands go with `intakectl context show`; then whether the brokers run and may be reached \
                 from here, and whether user and password are right",
            )];
        }
    };
    let took = started.elapsed().as_millis();
    vec![
        Finding::ok(REACHED, format!("cluster {id} in {took} ms")),
        topics(settings, cluster).await,
        retention(settings, cluster).await,
    ]
}

async fn topics(settings: &Settings, cluster: &Cluster) -> Finding {
    let specs = schemas::topics::all(&settings.provinces);
    let outcomes = match cluster.compare_topics(&specs).await {
        Ok(outcomes) => outcomes,
        Err(fault) => {
            return Finding::bad(
                TOPICS,
                fault.to_string(),
                "give this user DescribeConfigs on the topics",
            );
        }
    };
    let mut wrong = Vec::new();
    for (topic, outcome) in &outcomes {
        match outcome {
            TopicOutcome::Created => wrong.push(format!("{topic} is missing")),
            TopicOutcome::Differs(how) => wrong.push(format!("{topic}: {}", how.join(", "))),
            TopicOutcome::Unchanged => {}
        }
    }
    let missing = outcomes
        .iter()
        .any(|(_, outcome)| *outcome == TopicOutcome::Created);
    if wrong.is_empty() {
        return Finding::ok(TOPICS, format!("{} topics", outcomes.len()));
    }
    let evidence = finding_list(&wrong);
    if missing {
        Finding::bad(
            TOPICS,
            evidence,
            "make what is missing: `intakectl topics apply --execute`",
        )
    } else {
        Finding::bad(
            TOPICS,
            evidence,
            "nothing changes a live topic by itself: decide for each (kafka-configs --alter); shorter retention than \
             declared loses what waits, more partitions break the order of a node's events",
        )
    }
}

async fn retention(settings: &Settings, cluster: &Cluster) -> Finding {
    const KEY: &str = "offsets.retention.minutes";
    let longest_ms = schemas::topics::all(&settings.provinces)
        .iter()
        .filter(|spec| !spec.compacted)
        .map(|spec| spec.retention_ms)
        .max()
        .unwrap_or(0);
    let needed = longest_ms / 60_000;
    match cluster.broker_setting(KEY).await {
        Ok(Some(text)) => match text.parse::<i64>() {
            Ok(minutes) if minutes >= needed => Finding::ok(RETENTION, format!("{KEY} is {minutes}")),
            _ => Finding::bad(
                RETENTION,
                format!("{KEY} is {text}, topics are kept for {needed} minutes"),
                format!(
                    "set {KEY}={needed} on the brokers: a group without members for longer forgets where it was"
                ),
            ),
        },
        Ok(None) => Finding::warning(
            RETENTION,
            format!("no broker tells {KEY}"),
            "it must be as long as the topics' retention: ask whoever runs the brokers, or give this user DescribeConfigs \
             on the cluster (`intakectl topics acls --role operator`)",
        ),
        Err(fault) => Finding::warning(
            RETENTION,
            fault.to_string(),
            "give this user DescribeConfigs on the cluster (`intakectl topics acls --role operator`)",
        ),
    }
}
