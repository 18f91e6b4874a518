//! What a person at the centre sees of the register, and decides on.

use crate::log::{Log, id};
use resolve::Outputs;
use schemas::Timestamp;
use schemas::codec::Event;
use schemas::match_log::{ApplicationAt, LogBody, MatchLogEntry, ResidentErased};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct Seen {
    resident_of: HashMap<Uuid, Uuid>,
    members: HashMap<Uuid, Vec<Uuid>>,
    revisions: HashMap<Uuid, i32>,
}

impl Seen {
    pub fn note(&mut self, outputs: &Outputs) {
        for resident in &outputs.residents {
            self.members
                .insert(resident.resident_id, resident.members.clone());
            for row in &resident.gained {
                self.revisions.insert(row.application_id, row.revision);
                self.resident_of.insert(row.application_id, resident.resident_id);
            }
        }
    }

    /// The decision to erase the resident that an application belongs to, or belonged to last.
    pub fn erase(&self, application: Uuid, entry: u128) -> Option<ResidentErased> {
        let resident_id = *self.resident_of.get(&application)?;
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

/// Puts a decision into the log.
pub fn decide(log: &mut Log, decided: ResidentErased) {
    let body = LogBody::ResidentErased(decided);
    log.entries.push(MatchLogEntry { body }.encode().expect("fits"));
}
