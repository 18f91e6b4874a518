//! What the nodes say of themselves over HTTP.

use crate::place::Place;
use anyhow::Context;
use schemas::provinces::Provinces;
use serde::Deserialize;
use std::time::Duration;

/// What a node says of itself; the rest of its answer isn't needed here.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Status {
    /// Events accepted ever.
    pub accepted: i64,
    /// Events that wait for the broker.
    pub pending: i64,
    outcomes: Outcomes,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Outcomes {
    waiting: i64,
}

impl Status {
    /// Events whose outcome the node hasn't heard of.
    pub const fn waiting(&self) -> i64 {
        self.outcomes.waiting
    }
}

/// One node.
pub struct Node {
    /// Slug of its province.
    pub slug: String,
    /// Where its HTTP API is.
    pub url: String,
    /// What it said last.
    pub status: Status,
    answers: Counter,
}

/// All nodes, one for each province.
pub struct Nodes {
    agent: ureq::Agent,
    all: Vec<Node>,
}

impl Nodes {
    /// The nodes, as their folders have them, once each has answered.
    pub fn of(place: &Place) -> anyhow::Result<Self> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .proxy(None) // it is this machine
            .build();
        let all = Provinces::default_21()
            .iter()
            .map(|province| Node::at(place, &province.slug))
            .collect::<anyhow::Result<Vec<Node>>>()?;
        let mut nodes = Self {
            agent: config.new_agent(),
            all,
        };
        for node in &mut nodes.all {
            node.look(&nodes.agent)
                .with_context(|| format!("node {} at {} doesn't answer", node.slug, node.url))?;
            node.answers.total = 0;
        }
        Ok(nodes)
    }

    /// Asks all of them; one that is being started again keeps what it said last.
    pub fn look(&mut self) {
        for node in &mut self.all {
            let _starting_again = node.look(&self.agent);
        }
    }

    /// All nodes.
    pub fn iter(&self) -> impl Iterator<Item = &Node> {
        self.all.iter()
    }

    /// Lines that they have answered since [`Self::of`].
    pub fn answered(&self) -> u64 {
        self.all.iter().map(|node| node.answers.total).sum()
    }

    /// The JSON that the node of `slug` answers a path with.
    pub fn get(&self, slug: &str, path: &str) -> anyhow::Result<serde_json::Value> {
        let node = self.all.iter().find(|node| node.slug == slug);
        let url = &node.with_context(|| format!("there is no node {slug}"))?.url;
        Ok(serde_json::from_str(&text(
            &self.agent,
            &format!("{url}{path}"),
        )?)?)
    }
}

impl Node {
    fn at(place: &Place, slug: &str) -> anyhow::Result<Self> {
        let file = place.node(slug).join("node.toml");
        let settings =
            std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        let listen = settings.lines().find_map(|line| line.strip_prefix("listen = "));
        let listen = listen.with_context(|| format!("{} names no `listen`", file.display()))?;
        Ok(Self {
            slug: slug.to_owned(),
            url: format!("http://{}", listen.trim_matches('"')),
            status: Status::default(),
            answers: Counter::default(),
        })
    }

    fn look(&mut self, agent: &ureq::Agent) -> anyhow::Result<()> {
        self.status = serde_json::from_str(&text(agent, &format!("{}/v1/status", self.url))?)?;
        self.answers
            .see(answers(&text(agent, &format!("{}/metrics", self.url))?));
        Ok(())
    }
}

fn text(agent: &ureq::Agent, url: &str) -> anyhow::Result<String> {
    Ok(agent.get(url).call()?.body_mut().read_to_string()?)
}

/// The sum of a node's counters of answered lines.
fn answers(metrics: &str) -> u64 {
    let counters = metrics.lines().filter(|line| {
        line.starts_with("intake_node_accepted_total") || line.starts_with("intake_node_not_accepted_total")
    });
    counters
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// A counter that begins at 0 again when its process does.
#[derive(Debug, Default)]
struct Counter {
    last: u64,
    total: u64,
}

impl Counter {
    fn see(&mut self, now: u64) {
        self.total += if now < self.last { now } else { now - self.last };
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_outlives_its_process() {
        let mut counter = Counter::default();
        for now in [5, 9, 2, 2, 7] {
            counter.see(now);
        }
        assert_eq!(counter.total, 16);
    }

    #[test]
    fn all_answers_count() {
        let metrics = "# TYPE intake_node_accepted_total counter\nintake_node_accepted_total 12\n\
            intake_node_not_accepted_total{reason=\"invalid\"} 3\nintake_node_spool_bytes 99\n";
        assert_eq!(answers(metrics), 15);
    }
}
