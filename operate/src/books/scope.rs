//! Which provinces' books are asked for, and of these which node's.

use super::day::DayOfBooks;
use super::evidence::Part;
use super::gather::Snapshot;
use super::ledger::Ledger;
use crate::Settings;
use runtime::Fault;
use schemas::NodeId;
use schemas::topics::applications;

/// Which provinces, and of these which node.
pub(super) struct Scope<'a> {
    /// Slugs of the provinces, in order.
    pub(super) slugs: Vec<&'a str>,
    /// All provinces, and what turns up elsewhere.
    pub(super) all: bool,
    /// Only this node.
    pub(super) node: Option<&'a NodeId>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(
        settings: &'a Settings,
        province: Option<&str>,
        node: Option<&'a NodeId>,
    ) -> Result<Self, Fault> {
        let slugs = match province {
            Some(slug) => vec![settings.province(slug)?.slug.as_str()],
            None => settings
                .provinces
                .iter()
                .map(|province| province.slug.as_str())
                .collect(),
        };
        Ok(Self {
            slugs,
            all: province.is_none(),
            node,
        })
    }

    /// Their topics of applications.
    pub(super) fn topics(&self) -> Vec<String> {
        self.slugs.iter().map(|slug| applications(slug)).collect()
    }

    /// Leaves what is in scope.
    pub(super) fn narrow(&self, snapshot: &mut Snapshot) -> Result<(), Fault> {
        if let Some(node) = self.node {
            keep_only(snapshot, node)?;
        }
        if !self.all {
            let topics = self.topics();
            snapshot.dead_letters.retain(|row| topics.contains(&row.topic));
        }
        Ok(())
    }

    /// The rows to prove.
    pub(super) fn part(&self, snapshot: &Snapshot, day: Option<&DayOfBooks>) -> Part {
        let of_provinces = |ledgers: &[(String, Ledger)]| {
            let of_scope = ledgers
                .iter()
                .filter(|(slug, _)| self.slugs.contains(&slug.as_str()));
            of_scope.map(|(_, ledger)| ledger.node_id.to_string()).collect()
        };
        Part {
            period: day.map(|day| day.period),
            nodes: match self.node {
                Some(node) => Some(vec![node.to_string()]),
                None if self.all => None,
                None => Some(of_provinces(&snapshot.ledgers)),
            },
        }
    }
}

fn keep_only(snapshot: &mut Snapshot, node: &NodeId) -> Result<(), Fault> {
    snapshot.nodes.retain(|row| row.node_id == node.as_str());
    snapshot.manifests.retain(|row| row.node_id == node.as_str());
    snapshot.ledgers.retain(|(_, ledger)| ledger.node_id == *node);
    snapshot.dead_events.retain(|dead| dead.node_id == *node);
    snapshot.dead_letters.clear();
    if snapshot.nodes.is_empty() && snapshot.manifests.is_empty() && snapshot.ledgers.is_empty() {
        return Err(Fault::data(format!(
            "the register has never heard of node {node}: see `intakectl node list`"
        )));
    }
    Ok(())
}
