//! Which resident an application belongs to: the one its cluster makes.
//!
//! A resident's id comes from the oldest of its applications. So an id is a function of the cluster alone:
//! who is merged goes over to the older one, who is split off from it gets back the id it had.

use crate::effects::Effects;
use crate::state::{Resident, Resolver};
use linkage::{Edge, Placed};
use schemas::Applicant;
use schemas::change::{MatchEdge, ResidentStatus};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Resolver {
    /// The record that an application is compared by.
    pub(crate) fn record(&mut self, person: &Applicant) -> linkage::Record {
        self.linker
            .applicant(|field| person.get(field).filter(|value| !value.is_empty()))
    }

    /// Follows what placing applications, or taking them out, has done to their surroundings.
    pub(crate) fn follow(
        &mut self,
        sequence: i64,
        ids: &[Uuid],
        placed: Placed<Uuid>,
        effects: &mut Effects,
    ) {
        for (edges, accepted) in [(placed.cut, false), (placed.made, true)] {
            for edge in edges {
                let edge = self.edge(&edge, accepted);
                effects.edges.insert((edge.left, edge.right), edge);
            }
        }
        self.settle(&placed.clusters, effects);
        let mut around = placed.clusters.concat();
        around.extend(ids);
        self.review(sequence, &around, effects);
    }

    fn edge(&self, edge: &Edge<Uuid>, accepted: bool) -> MatchEdge {
        MatchEdge {
            left: edge.left,
            right: edge.right,
            rule: self.linker.weights().version.clone(),
            weight_millibits: edge.millibits(),
            accepted,
        }
    }

    /// Gives each cluster its resident.
    pub(crate) fn settle(&mut self, clusters: &[Vec<Uuid>], effects: &mut Effects) {
        let mut left: BTreeSet<Uuid> = BTreeSet::new();
        let mut formed: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for cluster in clusters {
            let mut members: Vec<(Uuid, Uuid)> = cluster
                .iter()
                .filter_map(|id| Some((self.applications.get(id)?.seed, *id)))
                .collect();
            members.sort_unstable();
            let Some(&(resident, _)) = members.first() else {
                continue;
            };
            for &(_, id) in &members {
                if let Some(application) = self.applications.get_mut(&id)
                    && application.resident != Some(resident)
                {
                    let touch = effects.touch(resident);
                    touch.gained.insert(id);
                    if let Some(before) = application.resident.replace(resident) {
                        left.insert(before);
                        touch.moved.insert(id);
                    }
                }
            }
            formed.insert(resident, members.into_iter().map(|(_, id)| id).collect());
        }
        for (id, members) in &formed {
            self.form(*id, members, effects);
        }
        for id in left.into_iter().filter(|id| !formed.contains_key(id)) {
            self.leave(id, effects);
        }
    }

    fn form(&mut self, id: Uuid, members: &[Uuid], effects: &mut Effects) {
        let known = self.residents.get_mut(&id);
        if known.as_ref().is_some_and(|known| known.members == members) {
            return;
        }
        let touch = effects.touch(id);
        match known {
            Some(known) => {
                known.members = members.to_vec();
                known.redirect_to = None;
                if known.status == ResidentStatus::Superseded {
                    known.status = ResidentStatus::Active;
                }
            }
            None => {
                touch.is_new = true;
                let resident = Resident {
                    status: ResidentStatus::Active,
                    redirect_to: None,
                    members: members.to_vec(),
                    changed: 0,
                };
                self.residents.insert(id, resident);
            }
        }
    }

    /// Whether none of a resident's applications is its own any more.
    pub(crate) fn is_left(&self, resident: Uuid) -> bool {
        let of = |id: &Uuid| {
            self.applications
                .get(id)
                .and_then(|application| application.resident)
        };
        let members = self
            .residents
            .get(&resident)
            .map(|known| known.members.as_slice());
        members.is_some_and(|members| {
            !members.is_empty() && !members.iter().any(|member| of(member) == Some(resident))
        })
    }

    /// A resident that no cluster makes any more: it redirects to where its oldest application went.
    pub(crate) fn leave(&mut self, id: Uuid, effects: &mut Effects) {
        effects.touch(id);
        let Some(resident) = self.residents.get_mut(&id) else {
            return;
        };
        let members = std::mem::take(&mut resident.members);
        let went = members
            .iter()
            .find_map(|member| self.applications.get(member)?.resident);
        resident.status = ResidentStatus::Superseded;
        resident.redirect_to = went.filter(|&went| went != id);
    }
}
