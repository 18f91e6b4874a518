//! What is told of an erasure.

use super::rows::{ApplicationRow, Beside, Earlier};
use crate::entry::Progress;
use crate::table::{Cell, Table};
use crate::{Ended, Report};
use serde::Serialize;
use uuid::Uuid;

/// What an erasure erases, and what became of it.
#[derive(Debug, Serialize)]
pub struct Erasing {
    pub(super) resident_id: Uuid,
    #[serde(flatten)]
    pub(super) progress: Progress,
    /// Why nothing was erased, when a safety check or match says so.
    pub(super) refused: Option<String>,
    pub(super) reason: String,
    /// Who decided: the database's session user.
    pub(super) by: String,
    pub(super) applications: Vec<ApplicationRow>,
    #[serde(flatten)]
    pub(super) beside: Beside,
    /// The decision by which it was erased already.
    pub(super) erased_before: Option<Earlier>,
}

impl Report for Erasing {
    fn table(&self) -> String {
        let id = self.resident_id;
        if let Some(why) = &self.refused {
            return format!("{id}: refused: {why}");
        }
        if let Some(earlier) = &self.erased_before {
            return format!(
                "{id}: erased already, at step {}, by {} on {} ({})",
                earlier.sequence,
                earlier.decided_by,
                earlier.decided_at.to_rfc3339(),
                earlier.reason
            );
        }
        let did = if self.progress.executed {
            "erased"
        } else {
            "would be erased"
        };
        format!(
            "{id}: {did} (by {}: {})\n\n{}\nand with it {} earlier states, {} held or refused entries, {} dead letters\n{}",
            self.by,
            self.reason,
            self.listed(),
            self.beside.earlier_states,
            self.beside.held_entries,
            self.beside.dead_letters,
            self.shown()
        )
    }

    fn ended(&self) -> Ended {
        if self.refused.is_some() {
            Ended::Refused
        } else {
            Ended::Fine
        }
    }
}

impl Erasing {
    fn listed(&self) -> String {
        let mut table = Table::new(&["APPLICATION", "REVISION", "STANDING"]);
        for application in &self.applications {
            let standing = if application.withdrawn {
                "withdrawn"
            } else {
                "in force"
            };
            table.row([
                Cell::text(application.application_id.to_string()),
                Cell::number(application.revision.into()),
                Cell::text(standing),
            ]);
        }
        table.render()
    }

    fn shown(&self) -> String {
        match self.progress.told() {
            None => "dry run: nothing was done; do it with --execute, it can't be undone".to_owned(),
            Some(told) => format!(
                "{told}\ntopics, archive, backups and nodes hold copies until their time is over: see deploy/erasure.md"
            ),
        }
    }
}
