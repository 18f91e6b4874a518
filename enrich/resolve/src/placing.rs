//! Which resident an application belongs to, and what joining and leaving one does.

use crate::keys::{Key, Keys};
use crate::state::{Application, Link, Resident, Resolver};
use crate::step::Effects;
use schemas::change::{MatchEdge, ResidentStatus};
use uuid::Uuid;

/// A resident found for an application.
pub(crate) struct Candidate {
    pub resident: Uuid,
    pub link: Link,
}

impl Resolver {
    /// The resident that an application with these keys belongs to, by the thin rule.
    pub(crate) fn candidate(&self, id: Uuid, keys: Keys) -> Option<Candidate> {
        let same_number = keys
            .number
            .and_then(|key| self.oldest(id, key, "same-personal-number", 30_000, |_| true));
        same_number.or_else(|| {
            let numbers_agree = |resident: &Resident| {
                let numbers = resident
                    .members
                    .iter()
                    .filter_map(|member| self.applications.get(member)?.keys.number);
                keys.number
                    .is_none_or(|own| numbers.into_iter().all(|number| number == own))
            };
            keys.identity
                .and_then(|key| self.oldest(id, key, "same-name-birth-sex-province", 20_000, numbers_agree))
        })
    }

    /// Of the residents under a key that `fits`, the oldest, through its first application there.
    fn oldest(
        &self,
        id: Uuid,
        key: Key,
        rule: &str,
        weight_millibits: i64,
        fits: impl Fn(&Resident) -> bool,
    ) -> Option<Candidate> {
        let block = self.index.block(key)?.iter().filter(|&&member| member != id);
        let placed = block.filter_map(|&to| {
            let resident = self.applications.get(&to)?.resident?;
            Some((resident, to))
        });
        let (resident, to) = placed
            .filter(|(resident, _)| self.residents.get(resident).is_some_and(&fits))
            .min()?;
        Some(Candidate {
            resident,
            link: Link {
                to,
                rule: rule.to_owned(),
                weight_millibits,
            },
        })
    }

    pub(crate) fn join(&mut self, target: Uuid, id: Uuid, link: Option<&Link>, effects: &mut Effects) {
        let touch = effects.residents.entry(target).or_default();
        touch.gained.push(id);
        touch.edges.extend(link.map(|link| edge(id, link, true)));
        let resident = self.residents.entry(target).or_insert_with(|| {
            touch.is_new = true;
            Resident {
                status: ResidentStatus::Active,
                redirect_to: None,
                members: Vec::new(),
            }
        });
        resident.status = ResidentStatus::Active;
        resident.redirect_to = None;
        if !resident.members.contains(&id) {
            resident.members.push(id);
        }
    }

    pub(crate) fn leave(
        &mut self,
        resident_id: Uuid,
        id: Uuid,
        redirect_to: Option<Uuid>,
        effects: &mut Effects,
    ) {
        effects.residents.entry(resident_id).or_default();
        if let Some(resident) = self.residents.get_mut(&resident_id) {
            resident.members.retain(|&member| member != id);
            if resident.members.is_empty() {
                resident.status = ResidentStatus::Superseded;
                resident.redirect_to = redirect_to;
            }
        }
    }

    /// Takes back the edge that linked an application to its resident.
    pub(crate) fn cut(&self, application: &Application, effects: &mut Effects) {
        if let (Some(link), Some(resident)) = (&application.link, application.resident) {
            let edges = &mut effects.residents.entry(resident).or_default().edges;
            edges.push(edge(application.row.application_id, link, false));
        }
    }
}

fn edge(right: Uuid, link: &Link, accepted: bool) -> MatchEdge {
    let Link {
        to,
        rule,
        weight_millibits,
    } = link.clone();
    MatchEdge {
        left: to,
        right,
        rule,
        weight_millibits,
        accepted,
    }
}
