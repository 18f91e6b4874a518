//! From changes to rows: the last state of each key, sorted by key, in one order of tables. Rows of
//! events and of history are never reduced.

use crate::arrival::{Arrival, Content, Manifest};
use crate::fault::DatabaseFault;
use crate::register::Written;
use crate::register::application::{self, ApplicationRow};
use crate::register::dead_letter::{self, DeadLetterRow};
use crate::register::edge::{self, EdgeRow};
use crate::register::erasure::{self, ErasureRow};
use crate::register::event::{self, EventRow, OutcomeRow};
use crate::register::ledger::{self, LedgerRow};
use crate::register::letter::{self, DecisionRow};
use crate::register::moved;
use crate::register::node::{self, ManifestRow, NodeRow};
use crate::register::number::Numbers;
use crate::register::resident::{self, ResidentRow};
use crate::register::review::{self, ReviewRow};
use runtime::kafka::Record;
use schemas::change::{EventKind, EventSettled, MatchRules, RefusedBytes, ResidentChanged};
use schemas::finding::OutcomeKind;
use schemas::head::EventHead;
use schemas::{Epoch, NodeId, Timestamp};
use sqlx::PgConnection;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The rows of some arrivals, by table. Borrows from them, so that a part of a batch costs no copy.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    residents: BTreeMap<Uuid, ResidentRow<'a>>,
    history: BTreeMap<(Uuid, i64), &'a ResidentChanged>,
    numbers: Numbers,
    applications: BTreeMap<Uuid, ApplicationRow<'a>>,
    moved: BTreeSet<(Uuid, Uuid)>,
    edges: BTreeMap<(Uuid, Uuid), EdgeRow<'a>>,
    reviews: BTreeMap<(Uuid, Uuid), ReviewRow<'a>>,
    rules: BTreeMap<i64, &'a MatchRules>,
    events: Vec<EventRow<'a>>,
    outcomes: BTreeMap<i64, OutcomeRow<'a>>,
    ledgers: BTreeMap<(&'a NodeId, Epoch), LedgerRow<'a>>,
    nodes: BTreeMap<&'a NodeId, NodeRow<'a>>,
    manifests: BTreeMap<(&'a str, &'a NodeId), ManifestRow<'a>>,
    dead_letters: BTreeMap<(&'a str, i32, i64), DeadLetterRow<'a>>,
    erasures: BTreeMap<i64, ErasureRow<'a>>,
    letter_decisions: BTreeMap<i64, DecisionRow<'a>>,
}

/// What was written to each table.
pub(crate) type Tally = BTreeMap<&'static str, Written>;

impl<'a> Rows<'a> {
    pub(crate) fn of(arrivals: &'a [Arrival]) -> Self {
        let mut rows = Self::default();
        for arrival in arrivals {
            match &arrival.content {
                Content::Settled(change, head) => rows.settled(&arrival.record, change, head.as_deref()),
                Content::Resident(change, heads) => rows.resident(change, heads),
                Content::Manifest(manifest) => rows.manifest(manifest, arrival.record.appended_at),
                Content::Refused(reason) => rows.refuse(arrival, reason, None),
            }
        }
        rows.events.sort_unstable_by_key(|row| row.change.sequence);
        rows
    }

    /// The rows of arrivals that the database refused, each with what it said.
    pub(crate) fn of_refused(refused: &'a [(&'a Arrival, DatabaseFault)]) -> Self {
        let mut rows = Self::default();
        for (arrival, fault) in refused {
            rows.refuse(arrival, "database.refused", Some(fault));
        }
        rows
    }

    fn settled(&mut self, record: &'a Record, change: &'a EventSettled, head: Option<&'a EventHead>) {
        let sequence = change.sequence;
        self.events.push(EventRow {
            change,
            matched_at: record.appended_at,
        });
        if let (Some(state), Some(head)) = (&change.application, head) {
            self.application(ApplicationRow {
                sequence,
                resident_id: None,
                state,
                head,
            });
        }
        if let Some((node_id, epoch)) = change.node_id.as_ref().zip(change.epoch) {
            let row = self.ledgers.entry((node_id, epoch)).or_default();
            row.province = row.province.max(Some(change.province.as_str()));
            row.received.extend(change.node_sequence);
            row.last_appended_at = row.last_appended_at.max(change.appended_at);
            row.note(change.ledger.map(|state| (sequence, state)));
        }
        for changed in &change.released {
            let row = self.ledgers.entry((&changed.node_id, changed.epoch)).or_default();
            row.note(Some((sequence, changed.ledger)));
            keep_latest(
                &mut self.outcomes,
                changed.event_sequence,
                OutcomeRow { sequence, changed },
                |row| row.sequence,
            );
        }
        if let Some(rules) = &change.rules {
            self.rules.insert(sequence, rules);
        }
        if let Some(state) = &change.node {
            keep_latest(
                &mut self.nodes,
                &state.node_id,
                NodeRow { sequence, state },
                |row| row.sequence,
            );
        }
        if let Some((erasure, entry_id)) = change.erasure.as_ref().zip(change.event_id) {
            let carried_out = change.outcome == OutcomeKind::Recorded;
            let row = ErasureRow {
                sequence,
                entry_id,
                carried_out,
                erasure,
            };
            self.erasures.insert(sequence, row);
        }
        if let Some(row) = DecisionRow::of(change) {
            self.letter_decisions.insert(sequence, row);
        }
        if let Some(refused) = &change.refused {
            self.refused_by_match(record, change, refused);
        }
    }

    fn resident(&mut self, change: &'a ResidentChanged, heads: &'a [EventHead]) {
        let (sequence, resident_id) = (change.sequence, change.resident_id);
        self.numbers.take(change);
        match self.residents.entry(resident_id) {
            Entry::Vacant(entry) => {
                entry.insert(ResidentRow {
                    change,
                    is_new: change.is_new,
                });
            }
            Entry::Occupied(mut entry) => {
                let row = entry.get_mut();
                row.is_new |= change.is_new;
                if row.change.sequence < sequence {
                    row.change = change;
                }
            }
        }
        // A first state that its application's own event made can be told from that event; not where others came to it,
        // where it was left again in the same step for another resident, or where a decision let the application in.
        let by_decision = change.gained.iter().any(|row| row.event_id != change.last_event);
        if !change.is_new || !change.moved.is_empty() || change.redirect_to.is_some() || by_decision {
            self.history.insert((resident_id, sequence), change);
        }
        for (state, head) in change.gained.iter().zip(heads) {
            self.application(ApplicationRow {
                sequence,
                resident_id: Some(resident_id),
                state,
                head,
            });
        }
        self.moved
            .extend(change.moved.iter().map(|&id| (id, resident_id)));
        for edge in &change.edges {
            keep_latest(
                &mut self.edges,
                (edge.left, edge.right),
                EdgeRow { sequence, edge },
                |row| row.sequence,
            );
        }
        for state in &change.reviews {
            keep_latest(
                &mut self.reviews,
                (state.left, state.right),
                ReviewRow { sequence, state },
                |row| row.sequence,
            );
        }
    }

    fn application(&mut self, row: ApplicationRow<'a>) {
        keep_latest(&mut self.applications, row.state.application_id, row, |row| {
            row.sequence
        });
    }

    fn manifest(&mut self, manifest: &'a Manifest, appended_at: Timestamp) {
        let key = (manifest.province.as_str(), &manifest.claim.node_id);
        keep_latest(
            &mut self.manifests,
            key,
            ManifestRow {
                manifest,
                appended_at,
            },
            |row| row.manifest.claim.counter,
        );
    }

    fn refuse(&mut self, arrival: &'a Arrival, reason: &'a str, fault: Option<&'a DatabaseFault>) {
        let Record {
            partition,
            offset,
            key,
            value,
            headers,
            ..
        } = &arrival.record;
        let row = DeadLetterRow {
            stage: "sink",
            topic: &partition.topic,
            partition: partition.number,
            offset: *offset,
            key: key.as_deref(),
            value,
            headers,
            reason,
            fault,
            sequence: arrival.sequence(),
        };
        self.dead_letters
            .insert((row.topic, row.partition, row.offset), row);
    }

    /// Bytes that normalise could not read or match must not apply, under the position they had in
    /// their own topic.
    fn refused_by_match(&mut self, record: &'a Record, change: &'a EventSettled, refused: &'a RefusedBytes) {
        let here = (
            record.partition.topic.as_str(),
            record.partition.number,
            record.offset,
        );
        let source = change
            .source
            .as_ref()
            .map(|at| (at.topic.as_str(), at.partition, at.offset));
        let (topic, partition, offset) = source.unwrap_or(here);
        let row = DeadLetterRow {
            stage: if change.kind == EventKind::Undecodable {
                "normalise"
            } else {
                "match"
            },
            topic,
            partition,
            offset,
            key: refused.key.as_deref(),
            value: &refused.value,
            headers: &refused.headers,
            reason: &refused.reason,
            fault: None,
            sequence: Some(change.sequence),
        };
        self.dead_letters.insert((topic, partition, offset), row);
    }

    /// Writes all tables, in one order for everybody; last those that another lane may write the same
    /// rows of, so that it waits as short as can be. With `trust_new`, residents and events that should not be there
    /// yet are inserted without looking, and a unique violation says that one is.
    pub(crate) async fn write(
        self,
        conn: &mut PgConnection,
        trust_new: bool,
    ) -> Result<Tally, DatabaseFault> {
        let residents: Vec<_> = self.residents.into_values().collect();
        let history: Vec<_> = self.history.into_values().collect();
        let applications: Vec<_> = self.applications.into_values().collect();
        let moved: Vec<_> = self.moved.into_iter().collect();
        let edges: Vec<_> = self.edges.into_values().collect();
        let reviews: Vec<_> = self.reviews.into_values().collect();
        let rules: Vec<_> = self.rules.into_iter().collect();
        let held_entry = |row: &EventRow<'a>| Some((row.change.sequence, row.change.held_event.as_deref()?));
        let held: Vec<_> = self.events.iter().filter_map(held_entry).collect();
        let outcomes: Vec<_> = self.outcomes.into_values().collect();
        let ledgers: Vec<_> = self.ledgers.into_iter().collect();
        let nodes: Vec<_> = self.nodes.into_values().collect();
        let manifests: Vec<_> = self.manifests.into_values().collect();
        let dead_letters: Vec<_> = self.dead_letters.into_values().collect();
        let erasures: Vec<_> = self.erasures.into_values().collect();
        let letter_decisions: Vec<_> = self.letter_decisions.into_values().collect();
        Ok(Tally::from([
            (
                "resident",
                resident::write(&mut *conn, &residents, trust_new).await?,
            ),
            (
                "resident_history",
                resident::keep_history(&mut *conn, &history, trust_new).await?,
            ),
            ("identity_number", self.numbers.write(&mut *conn).await?),
            (
                "intake_event",
                event::write(&mut *conn, &self.events, trust_new).await?,
            ),
            ("held_event", event::keep_held(&mut *conn, &held).await?),
            (
                "application",
                application::write(&mut *conn, &applications).await?,
            ),
            ("moved_application", moved::keep(&mut *conn, &moved).await?),
            ("match_edge", edge::write(&mut *conn, &edges).await?),
            ("review", review::write(&mut *conn, &reviews).await?),
            ("match_rules", review::keep_rules(&mut *conn, &rules).await?),
            (
                "event_outcome",
                event::change_outcomes(&mut *conn, &outcomes).await?,
            ),
            ("node_ledger", ledger::write(&mut *conn, &ledgers).await?),
            ("node", node::register(&mut *conn, &nodes).await?),
            ("node_manifest", node::beat(&mut *conn, &manifests).await?),
            ("erasure", erasure::write(&mut *conn, &erasures).await?),
            (
                "dead_letter",
                dead_letter::write(&mut *conn, &dead_letters).await?,
            ),
            (
                "dead_letter_decision",
                letter::write(&mut *conn, &letter_decisions).await?,
            ),
        ]))
    }
}

/// How far match has come in each source partition by these arrivals.
pub(crate) fn source_positions(arrivals: &[Arrival]) -> BTreeMap<(&str, i32), i64> {
    let mut positions = BTreeMap::new();
    for arrival in arrivals {
        if let Content::Settled(change, _) = &arrival.content
            && let Some(at) = &change.source
        {
            let next = positions.entry((at.topic.as_str(), at.partition)).or_insert(0);
            *next = (at.offset + 1).max(*next);
        }
    }
    positions
}

fn keep_latest<K: Ord, R>(rows: &mut BTreeMap<K, R>, key: K, row: R, version: fn(&R) -> i64) {
    match rows.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(row);
        }
        Entry::Occupied(mut entry) => {
            if version(entry.get()) < version(&row) {
                entry.insert(row);
            }
        }
    }
}
