//! What a person at the centre sees of the register, and decides on.

use crate::log::id;
use resolve::Outputs;
use schemas::Timestamp;
use schemas::change::ReviewStatus;
use schemas::match_log::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct Seen {
    resident_of: HashMap<Uuid, Uuid>,
    members: HashMap<Uuid, Vec<Uuid>>,
    revisions: HashMap<Uuid, i32>,
    redirects: HashMap<Uuid, Uuid>,
    /// The step that changed each resident last.
    changed: HashMap<Uuid, i64>,
    reviews: BTreeMap<(Uuid, Uuid), ReviewStatus>,
}

impl Seen {
    pub fn note(&mut self, outputs: &Outputs) {
        for resident in &outputs.residents {
            self.members
                .insert(resident.resident_id, resident.members.clone());
            match resident.redirect_to {
                Some(to) => self.redirects.insert(resident.resident_id, to),
                None => self.redirects.remove(&resident.resident_id),
            };
            self.changed.insert(resident.resident_id, resident.sequence);
            for review in &resident.reviews {
                self.reviews.insert((review.left, review.right), review.status);
            }
            for row in &resident.gained {
                self.revisions.insert(row.application_id, row.revision);
                self.resident_of.insert(row.application_id, resident.resident_id);
            }
        }
    }

    /// Who belongs together.
    pub fn partition(&self) -> BTreeSet<Vec<Uuid>> {
        let mut members: Vec<Vec<Uuid>> = self
            .members
            .values()
            .filter(|members| !members.is_empty())
            .cloned()
            .collect();
        members.iter_mut().for_each(|members| members.sort_unstable());
        members.into_iter().collect()
    }

    /// The decision on an application's open review or, where it has none, on what it and another were
    /// thought to be.
    pub fn decide(&self, application: Uuid, same: bool, entry: u128) -> Option<ReviewDecided> {
        let about = |pair: &&(Uuid, Uuid)| pair.0 == application || pair.1 == application;
        let open = |pair: &&(Uuid, Uuid)| self.reviews[pair] == ReviewStatus::Open;
        let pairs = || self.reviews.keys().filter(about);
        let &(left, right) = pairs().find(open).or_else(|| pairs().next())?;
        let residents: BTreeSet<Uuid> = [left, right]
            .iter()
            .filter_map(|id| self.resident_of.get(id))
            .copied()
            .collect();
        let based_on = residents.into_iter().map(|resident_id| ResidentSeen {
            resident_id,
            sequence: self.changed[&resident_id],
        });
        Some(ReviewDecided {
            entry_id: id(entry),
            at: Timestamp(1),
            by: "a.reviewer".to_owned(),
            reason: "asked them".to_owned(),
            decision: if same { Decision::Same } else { Decision::Different },
            pairs: vec![ApplicationPair { left, right }],
            based_on: based_on.collect(),
        })
    }

    /// The decision to erase the resident that an application belongs to, or belonged to last.
    pub fn erase(&self, application: Uuid, entry: u128) -> Option<ResidentErased> {
        let mut resident_id = *self.resident_of.get(&application)?;
        while let Some(&to) = self.redirects.get(&resident_id) {
            resident_id = to;
        }
        let mut applications = self.members.get(&resident_id).cloned().unwrap_or_default();
        if !applications.contains(&application) {
            applications.push(application);
        }
        let at = |application_id: Uuid| ApplicationAt {
            application_id,
            revision: self.revisions.get(&application_id).copied().unwrap_or(0),
        };
        Some(ResidentErased {
            entry_id: id(entry),
            at: Timestamp(1),
            by: "a.admin".to_owned(),
            resident_id,
            applications: applications.into_iter().map(at).collect(),
            reason: "on request".to_owned(),
        })
    }
}
