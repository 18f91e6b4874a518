//! Rows that aren't part of the state yet: the last of each key.

use super::row::{Place, Registration, Row};
use crate::state::{Application, Resident, Resolver};
use crate::waiting::Waiting;
use linkage::Record;
use schemas::change::{
    ApplicationState, ApplicationStatus, LedgerState, MatchEdge, MatchRules, NodeState, ReviewState,
};
use schemas::{Epoch, NodeId, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// Rows in any order, of which a newer one replaces an older one.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub sequence: i64,
    pub applications: HashMap<Uuid, (i64, Placed)>,
    pub residents: HashMap<Uuid, (i64, Resident)>,
    pub books: HashMap<(NodeId, Epoch), (i64, LedgerState)>,
    pub events: HashMap<(NodeId, Epoch), Events>,
    pub nodes: HashMap<NodeId, (i64, NodeState)>,
    pub edges: HashMap<(Uuid, Uuid), (i64, MatchEdge)>,
    pub reviews: HashMap<(Uuid, Uuid), (i64, ReviewState)>,
    pub rules: Option<(i64, MatchRules)>,
    /// By the step that settled them first: the last that is known of events that waited, none once they wait no more.
    pub waiting: HashMap<i64, (i64, Option<Waiting>)>,
    pub entries: HashMap<i64, Vec<u8>>,
}

/// An application with what it is compared by, where it belongs to a resident.
#[derive(Debug)]
pub(super) struct Placed {
    pub application: Application,
    pub record: Option<Record>,
}

/// The events of a series.
#[derive(Debug)]
pub(super) struct Events {
    /// The step that settled the first of them, and the province that it came through.
    pub first: (i64, String),
    pub spots: Vec<Spot>,
}

/// What is kept of an event's place until all of its series are there.
#[derive(Debug)]
pub(super) struct Spot {
    pub sequence: i64,
    pub link: Sha256,
    pub open_link: Option<Sha256>,
}

/// Replaces what is older.
fn newer<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, (i64, V)>, key: K, sequence: i64, value: V) {
    match map.entry(key) {
        Entry::Occupied(mut known) if known.get().0 < sequence => {
            known.insert((sequence, value));
        }
        Entry::Occupied(_) => {}
        Entry::Vacant(free) => {
            free.insert((sequence, value));
        }
    }
}

impl Pending {
    fn step(&mut self, sequence: i64) {
        self.sequence = self.sequence.max(sequence);
    }

    /// Takes a row in. What is free of any order, or isn't held in memory, goes to `resolver` at once.
    pub fn take(&mut self, row: Row, resolver: &mut Resolver) {
        match row {
            Row::Step(sequence) => self.step(sequence),
            Row::Source(next) => resolver.skip_to(&next.topic, next.partition, next.offset),
            Row::Node { sequence, state } => {
                self.step(sequence);
                newer(&mut self.nodes, state.node_id.clone(), sequence, state);
            }
            Row::Registration(entry) => self.registration(&entry, resolver),
            Row::Entry { sequence, entry_id } => {
                self.step(sequence);
                resolver.entries.insert(entry_id);
            }
            Row::Rules { sequence, rules } => {
                self.step(sequence);
                if self.rules.as_ref().is_none_or(|(known, _)| *known < sequence) {
                    self.rules = Some((sequence, rules));
                }
            }
            Row::Books {
                sequence,
                node_id,
                epoch,
                state,
            } => {
                self.step(sequence);
                newer(&mut self.books, (node_id, epoch), sequence, state);
            }
            Row::Place(place) => self.place(place, resolver),
            Row::Waiting(waiting) => {
                let sequence = waiting.event_sequence;
                self.step(sequence);
                newer(&mut self.waiting, sequence, sequence, Some(waiting));
            }
            Row::WaitsAgain { sequence, waiting } => {
                self.step(sequence);
                newer(&mut self.waiting, waiting.event_sequence, sequence, Some(waiting));
            }
            Row::HeldEntry {
                event_sequence,
                entry,
            } => {
                self.entries.insert(event_sequence, entry);
            }
            Row::Released {
                event_sequence,
                sequence,
            } => {
                self.step(sequence);
                newer(&mut self.waiting, event_sequence, sequence, None);
            }
            Row::Application {
                sequence,
                resident_id,
                state,
            } => self.application(state, resident_id, sequence, resolver),
            Row::Resident {
                sequence,
                resident_id,
                status,
                redirect_to,
                members,
            } => {
                self.step(sequence);
                let resident = Resident {
                    status,
                    redirect_to,
                    members,
                    changed: sequence,
                };
                newer(&mut self.residents, resident_id, sequence, resident);
            }
            Row::Edge { sequence, edge } => {
                self.step(sequence);
                newer(&mut self.edges, (edge.left, edge.right), sequence, edge);
            }
            Row::Review { sequence, state } => {
                self.step(sequence);
                newer(&mut self.reviews, (state.left, state.right), sequence, state);
            }
        }
    }

    fn application(
        &mut self,
        row: ApplicationState,
        resident: Option<Uuid>,
        sequence: i64,
        resolver: &mut Resolver,
    ) {
        self.step(sequence);
        let id = row.application_id;
        if self
            .applications
            .get(&id)
            .is_some_and(|(known, _)| *known >= sequence)
        {
            return;
        }
        let resident = resident.filter(|_| row.status == ApplicationStatus::Loaded);
        let record = resident.map(|_| resolver.record(&row.person()));
        let application = Application::of(&row, resident);
        resolver.rows.put(row);
        self.applications
            .insert(id, (sequence, Placed { application, record }));
    }

    fn place(&mut self, place: Place, resolver: &mut Resolver) {
        self.step(place.sequence);
        resolver.history.event(place.event_id);
        let first = (place.sequence, place.province);
        let spot = Spot {
            sequence: place.node_sequence,
            link: place.link,
            open_link: place.open_link,
        };
        match self.events.entry((place.node_id, place.epoch)) {
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                if first.0 < known.first.0 {
                    known.first = first;
                }
                known.spots.push(spot);
            }
            Entry::Vacant(free) => {
                free.insert(Events {
                    first,
                    spots: vec![spot],
                });
            }
        }
    }

    fn registration(&mut self, entry: &Registration, resolver: &mut Resolver) {
        self.step(entry.sequence);
        resolver.entries.insert(entry.entry_id);
        let (node, at) = (&entry.node_id, entry.logged_at);
        if entry.retired {
            resolver.history.retired(node, entry.sequence, at);
        } else {
            resolver.history.added(node, at);
        }
    }
}
