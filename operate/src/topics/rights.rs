//! What each role does with Kafka, as rights: each one is used by a line of code, and taking any of them away
//! breaks that line.

use clap::ValueEnum;
use schemas::provinces::Provinces;
use schemas::topics::{self, Namespace};
use serde::Serialize;

/// A kind of program or person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An intake node of one province.
    Node,
    /// `intake-enrich normalise`.
    Normalise,
    /// `intake-enrich match`.
    Match,
    /// `intake-sink`.
    Sink,
    /// A person with `intakectl`, who may look at everything.
    Operator,
    /// The same, who also decides: nodes, reviews, erasures, skipped positions.
    Decider,
    /// Who makes topics.
    Owner,
}

/// What a right is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A topic.
    Topic,
    /// A consumer group.
    Group,
    /// A transactional id.
    TransactionalId,
    /// The cluster itself, which has one name everywhere.
    Cluster,
}

impl Kind {
    /// Its name as an option of kafka-acls has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Group => "group",
            Self::TransactionalId => "transactional-id",
            Self::Cluster => "cluster",
        }
    }
}

/// Operations on one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Right {
    /// Who.
    pub role: Role,
    /// The slug of a node's province.
    pub province: Option<String>,
    /// On what.
    pub kind: Kind,
    /// Its full name, or how full names begin.
    pub name: String,
    /// Whether `name` is only how they begin.
    pub prefixed: bool,
    /// Kafka's names of the operations.
    pub operations: &'static [&'static str],
    /// What for.
    pub purpose: &'static str,
}

const READ: &[&str] = &["Read"];
const WRITE: &[&str] = &["Write"];
const DESCRIBE: &[&str] = &["Describe"];

struct List<'a> {
    namespace: &'a Namespace,
    role: Role,
    province: Option<String>,
    rights: Vec<Right>,
}

impl List<'_> {
    fn add(&mut self, kind: Kind, name: &str, operations: &'static [&'static str], purpose: &'static str) {
        self.push(kind, self.namespace.full(name), false, operations, purpose);
    }

    /// On everything whose name begins so.
    fn all(&mut self, kind: Kind, prefix: &str, operations: &'static [&'static str], purpose: &'static str) {
        self.push(kind, self.namespace.full(prefix), true, operations, purpose);
    }

    fn push(
        &mut self,
        kind: Kind,
        name: String,
        prefixed: bool,
        operations: &'static [&'static str],
        purpose: &'static str,
    ) {
        self.rights.push(Right {
            role: self.role,
            province: self.province.clone(),
            kind,
            name,
            prefixed,
            operations,
            purpose,
        });
    }
}

/// Every right of these roles; a node's for each of the provinces.
pub fn of(roles: &[Role], provinces: &[&str], namespace: &Namespace) -> Vec<Right> {
    let for_role = |role: &Role| match role {
        Role::Node => provinces
            .iter()
            .flat_map(|slug| of_one(*role, Some(slug), namespace))
            .collect::<Vec<_>>(),
        _ => of_one(*role, None, namespace),
    };
    roles.iter().flat_map(for_role).collect()
}

/// The slugs of all provinces.
pub fn slugs(provinces: &Provinces) -> Vec<&str> {
    provinces.iter().map(|province| province.slug.as_str()).collect()
}

fn of_one(role: Role, province: Option<&str>, namespace: &Namespace) -> Vec<Right> {
    use Kind::{Cluster, Group, Topic, TransactionalId};
    let mut list = List {
        namespace,
        role,
        province: province.map(str::to_owned),
        rights: Vec::new(),
    };
    let every = topics::every_province();
    match role {
        Role::Node => {
            let slug = province.unwrap_or_default();
            list.add(Topic, &topics::applications(slug), WRITE, "publish events");
            list.add(Topic, &topics::nodes(slug), WRITE, "publish manifests");
            list.add(Topic, &topics::outcomes(slug), READ, "follow outcomes");
        }
        Role::Normalise => {
            list.all(Topic, every.applications, READ, "read events");
            list.add(
                Group,
                topics::GROUP_NORMALISE,
                READ,
                "share the provinces, commit positions",
            );
            list.add(Topic, topics::MATCH_LOG, WRITE, "write the match log");
            list.add(Topic, topics::CONTROL, READ, "know what is quarantined");
            list.add(Topic, topics::CHANGES, DESCRIBE, "admission: how far the sink is");
            list.add(
                Group,
                topics::GROUP_MATCH,
                DESCRIBE,
                "admission: how far match is",
            );
            list.add(
                Group,
                topics::GROUP_SINK,
                DESCRIBE,
                "admission: how far the sink is",
            );
        }
        Role::Match => {
            list.add(Topic, topics::MATCH_LOG, READ, "read the match log");
            list.add(Group, topics::GROUP_MATCH, READ, "lead, commit positions");
            list.add(
                TransactionalId,
                topics::MATCH_TRANSACTIONAL_ID,
                WRITE,
                "write in transactions",
            );
            list.add(
                Topic,
                topics::CHANGES,
                &["Read", "Write"],
                "write changes; read them to restore",
            );
            list.all(Topic, every.outcomes, WRITE, "tell nodes");
            list.add(Topic, topics::CONTROL, READ, "know what is skipped");
        }
        Role::Sink => {
            list.add(Topic, topics::CHANGES, READ, "load changes");
            list.all(Topic, every.nodes, READ, "load manifests");
            list.add(
                Group,
                topics::GROUP_SINK,
                READ,
                "share partitions, tell positions",
            );
            list.all(Topic, every.applications, READ, "archive");
            list.add(Topic, topics::MATCH_LOG, READ, "archive");
        }
        Role::Operator | Role::Decider => {
            list.all(
                Topic,
                "",
                &["Describe", "DescribeConfigs", "Read"],
                "lag, books, peek, doctor",
            );
            list.push(
                Cluster,
                "kafka-cluster".to_owned(),
                false,
                &["DescribeConfigs"],
                "doctor: the brokers' settings",
            );
            for group in [topics::GROUP_NORMALISE, topics::GROUP_MATCH, topics::GROUP_SINK] {
                list.add(Group, group, DESCRIBE, "lag");
            }
            if role == Role::Decider {
                list.add(Topic, topics::MATCH_LOG, WRITE, "nodes, reviews, erasures, rules");
                list.add(Topic, topics::CONTROL, WRITE, "skip positions");
            }
        }
        Role::Owner => {
            list.all(
                Topic,
                "",
                &["Create", "Describe", "DescribeConfigs"],
                "make and compare topics",
            );
        }
    }
    // Every reader without a group of its own names this one, though it neither joins it nor commits in it.
    if role != Role::Owner {
        list.add(
            Group,
            topics::GROUP_READER,
            DESCRIBE,
            "find the cluster's coordinator",
        );
    }
    list.rights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The roles that may do `operation` on a topic.
    fn who(operation: &str, topic: &str) -> Vec<(Role, Option<String>)> {
        let namespace = Namespace::parse("t").expect("a namespace");
        let rights = of(Role::value_variants(), &["dien-bien", "son-la"], &namespace);
        let full = namespace.full(topic);
        let holds = |right: &Right| {
            let named = right.name == full || (right.prefixed && full.starts_with(&right.name));
            right.kind == Kind::Topic && named && right.operations.contains(&operation)
        };
        rights
            .into_iter()
            .filter(holds)
            .map(|right| (right.role, right.province))
            .collect()
    }

    #[test]
    fn each_topic_is_written_by_those_that_the_contract_names() {
        let node = |slug: &str| (Role::Node, Some(slug.to_owned()));
        for (topic, writers) in [
            (topics::applications("dien-bien"), vec![node("dien-bien")]),
            (topics::nodes("son-la"), vec![node("son-la")]),
            (topics::outcomes("son-la"), vec![(Role::Match, None)]),
            (
                topics::MATCH_LOG.to_owned(),
                vec![(Role::Normalise, None), (Role::Decider, None)],
            ),
            (topics::CHANGES.to_owned(), vec![(Role::Match, None)]),
            (topics::CONTROL.to_owned(), vec![(Role::Decider, None)]),
            ("somebody.elses".to_owned(), Vec::new()),
        ] {
            assert_eq!(who("Write", &topic), writers, "{topic}");
        }
    }

    #[test]
    fn a_node_reads_its_own_outcomes_only() {
        let readers = who("Read", &topics::outcomes("dien-bien"));
        let nodes: Vec<_> = readers.iter().filter(|(role, _)| *role == Role::Node).collect();
        assert_eq!(nodes, [&(Role::Node, Some("dien-bien".to_owned()))]);
    }
}
