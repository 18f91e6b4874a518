//! Topic, group and transactional names, and how topics are made.

use crate::provinces::Provinces;
use std::fmt;

/// Prefix of every topic, group and transactional id, so that environments and tests share a
/// cluster. Empty for none, else 1 to 40 characters of `a-z`, `0-9` and `-`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Namespace(String);

/// A text that is no [`Namespace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a namespace is empty or has 1 to 40 characters of a-z, 0-9 and '-'")]
pub struct NotANamespace;

impl Namespace {
    /// Checks and takes a prefix.
    ///
    /// # Errors
    /// [`NotANamespace`] when the length or a character is outside the rule.
    pub fn parse(text: impl Into<String>) -> Result<Self, NotANamespace> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.len() <= 40 && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(NotANamespace)
        }
    }

    /// The full name of a topic, group or transactional id on the cluster.
    pub fn full(&self, name: &str) -> String {
        if self.0.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.0)
        }
    }

    /// The name without this namespace; none when it belongs to another.
    pub fn strip<'a>(&self, full: &'a str) -> Option<&'a str> {
        if self.0.is_empty() {
            Some(full)
        } else {
            full.strip_prefix(&self.0)?.strip_prefix('.')
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Namespace {
    type Err = NotANamespace;
    fn from_str(text: &str) -> Result<Self, NotANamespace> {
        Self::parse(text)
    }
}

/// The match log: one partition, a total order.
pub const MATCH_LOG: &str = "enrich.normalised";
/// What each step of match changed.
pub const CHANGES: &str = "register.changes";
/// Positions taken out of the flow.
pub const CONTROL: &str = "intake.control";
/// Partitions of [`CHANGES`].
pub const CHANGES_PARTITIONS: i32 = 12;

/// Consumer group of normalise.
pub const GROUP_NORMALISE: &str = "normalise";
/// Consumer group of match.
pub const GROUP_MATCH: &str = "match";
/// Consumer group of the sink.
pub const GROUP_SINK: &str = "sink";
/// The group that readers name which join none and commit nothing.
pub const GROUP_READER: &str = "reader";
/// The one transactional id of match.
pub const MATCH_TRANSACTIONAL_ID: &str = "match";

const APPLICATIONS: &str = "intake.applications.";
const NODES: &str = "intake.nodes.";
const OUTCOMES: &str = "intake.outcomes.";

/// The province's applications.
pub fn applications(slug: &str) -> String {
    format!("{APPLICATIONS}{slug}")
}

/// The province's node manifests.
pub fn nodes(slug: &str) -> String {
    format!("{NODES}{slug}")
}

/// The province's outcomes.
pub fn outcomes(slug: &str) -> String {
    format!("{OUTCOMES}{slug}")
}

/// How the names of provinces' topics begin (without namespace).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EveryProvince {
    /// Of [`applications`].
    pub applications: &'static str,
    /// Of [`nodes`].
    pub nodes: &'static str,
    /// Of [`outcomes`].
    pub outcomes: &'static str,
}

/// How the names of provinces' topics begin, for rights that hold for all of them.
pub const fn every_province() -> EveryProvince {
    EveryProvince {
        applications: APPLICATIONS,
        nodes: NODES,
        outcomes: OUTCOMES,
    }
}

/// Whether a topic (without namespace) is a province's of applications.
pub fn is_applications(topic: &str) -> bool {
    topic.starts_with(APPLICATIONS)
}

/// The province's slug in the name of one of its topics (without namespace).
pub fn province_of(topic: &str) -> Option<&str> {
    [APPLICATIONS, NODES, OUTCOMES]
        .iter()
        .find_map(|prefix| topic.strip_prefix(prefix))
}

/// Whether a topic (without namespace) bears a name that only the pipeline gives, of whatever province. Where there is no
/// namespace, other people's topics stand beside them.
pub fn is_own(topic: &str) -> bool {
    province_of(topic).is_some() || [MATCH_LOG, CHANGES, CONTROL].contains(&topic)
}

/// Whether values of people may stand in a topic (without namespace): in any but those of manifests, outcomes and control.
pub fn holds_people(topic: &str) -> bool {
    !topic.starts_with(NODES) && !topic.starts_with(OUTCOMES) && topic != CONTROL
}

/// How a topic is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSpec {
    /// Name without the namespace.
    pub name: String,
    /// Partitions, fixed at creation.
    pub partitions: i32,
    /// Keeps only the last record of each key.
    pub compacted: bool,
    /// Retention in milliseconds of a topic that isn't compacted.
    pub retention_ms: i64,
    /// Largest record in bytes.
    pub max_message_bytes: i64,
}

/// Largest record of a node, framing included; larger ones are refused at the node.
pub const MAX_EVENT_BYTES: usize = 1 << 20;

/// Largest record of a province's topic: the largest event, its key and headers.
pub const MAX_RECORD_BYTES: usize = MAX_EVENT_BYTES + 4096;

/// Every topic of the pipeline for these provinces.
pub fn all(provinces: &Provinces) -> Vec<TopicSpec> {
    const DAYS_30: i64 = 30 * 24 * 60 * 60 * 1000;
    let kept = |name: String, partitions, max_message_bytes| TopicSpec {
        name,
        partitions,
        compacted: false,
        retention_ms: DAYS_30,
        max_message_bytes,
    };
    let compacted = |name: String| TopicSpec {
        compacted: true,
        ..kept(name, 1, 1 << 20)
    };
    let mut specs = vec![
        // An entry carries its source record whole, a change an event and a golden record: the
        // later a topic stands, the more it must hold.
        kept(MATCH_LOG.to_owned(), 1, 2 << 20),
        kept(CHANGES.to_owned(), CHANGES_PARTITIONS, 4 << 20),
        compacted(CONTROL.to_owned()),
    ];
    for province in provinces.iter() {
        specs.push(kept(
            applications(&province.slug),
            province.partitions,
            MAX_RECORD_BYTES as i64,
        ));
        specs.push(compacted(nodes(&province.slug)));
        specs.push(kept(outcomes(&province.slug), 1, 1 << 20));
    }
    specs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_and_lose_their_namespace() {
        let test = Namespace::parse("t-1").expect("a namespace");
        assert_eq!(test.full(MATCH_LOG), "t-1.enrich.normalised");
        assert_eq!(test.strip("t-1.enrich.normalised"), Some(MATCH_LOG));
        assert_eq!(test.strip("t-12.enrich.normalised"), None);
        assert_eq!(Namespace::default().full(MATCH_LOG), MATCH_LOG);
        assert!(Namespace::parse("Điện").is_err());
    }

    #[test]
    fn a_topic_names_its_province() {
        assert_eq!(province_of(&applications("dien-bien")), Some("dien-bien"));
        assert_eq!(province_of(MATCH_LOG), None);
        assert!(is_own(&nodes("dien-bien")) && is_own(MATCH_LOG) && !is_own("intake.letters"));
        for (topic, holds) in [
            (applications("dien-bien"), true),
            (MATCH_LOG.to_owned(), true),
            (CHANGES.to_owned(), true),
            ("intake.letters".to_owned(), true),
            (nodes("dien-bien"), false),
            (outcomes("dien-bien"), false),
            (CONTROL.to_owned(), false),
        ] {
            assert_eq!(holds_people(&topic), holds, "{topic}");
        }
    }
}
