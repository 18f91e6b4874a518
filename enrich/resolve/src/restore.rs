//! The state from the register's rows and the tail of changes behind them.
//!
//! Rows may come in any order, from partitions of `register.changes` that were loaded up to different
//! points; then come the changes behind each of those points, in any order between partitions. A newer
//! sequence replaces an older one. So both ways, and the uninterrupted one, end in the same state.

use crate::review::Open;
use crate::rows::Rows;
use crate::state::{Application, Resident, Resolver};
use crate::waiting::Waiting;
use linkage::{Decision, Edge, Record};
use schemas::change::{
    ApplicationState, ApplicationStatus, LedgerState, MatchEdge, MatchRules, NodeState, ReviewState,
    ReviewStatus,
};
use schemas::codec::Change;
use schemas::{Epoch, NodeId, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

mod fold;
mod row;

pub use fold::Fold;
pub use row::{Key, Place, Registration, Row};

/// A state being put together. Hand in everything, in any order, then [`Self::finish`]. Rows and changes may go on coming for
/// as long as one likes: a standby's state is one.
#[derive(Debug, Default)]
pub struct Restoring {
    sequence: i64,
    resolver: Resolver,
    applications: HashMap<Uuid, (i64, Placed)>,
    residents: HashMap<Uuid, (i64, Resident)>,
    books: HashMap<(NodeId, Epoch), (i64, LedgerState)>,
    events: HashMap<(NodeId, Epoch), Events>,
    nodes: HashMap<NodeId, (i64, NodeState)>,
    edges: HashMap<(Uuid, Uuid), (i64, MatchEdge)>,
    reviews: HashMap<(Uuid, Uuid), (i64, ReviewState)>,
    rules: Option<(i64, MatchRules)>,
    /// By the step that settled them first: the last that is known of events that waited, none once they wait no more.
    waiting: HashMap<i64, (i64, Option<Waiting>)>,
    entries: HashMap<i64, Vec<u8>>,
}

/// An application with what it is compared by, where it belongs to a resident.
#[derive(Debug)]
struct Placed {
    application: Application,
    record: Option<Record>,
}

/// The events of a series.
#[derive(Debug)]
struct Events {
    /// The step that settled the first of them, and the province that it came through.
    first: (i64, String),
    spots: Vec<Spot>,
}

/// What is kept of an event's place until all of its series are there.
#[derive(Debug)]
struct Spot {
    sequence: i64,
    link: Sha256,
    open_link: Option<Sha256>,
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

impl Restoring {
    fn step(&mut self, sequence: i64) {
        self.sequence = self.sequence.max(sequence);
    }

    /// A state that keeps rows in this store, which must be empty.
    pub fn keeping(rows: Box<dyn Rows>) -> Self {
        Self {
            resolver: Resolver::keeping(rows),
            ..Self::default()
        }
    }

    /// A change behind the rows.
    pub fn change(&mut self, change: Change) {
        Row::of(change).into_iter().for_each(|row| self.row(row));
    }

    /// A row.
    pub fn row(&mut self, row: Row) {
        match row {
            Row::Step(sequence) => self.step(sequence),
            Row::Source(next) => self.resolver.skip_to(&next.topic, next.partition, next.offset),
            Row::Node { sequence, state } => {
                self.step(sequence);
                newer(&mut self.nodes, state.node_id.clone(), sequence, state);
            }
            Row::Registration(entry) => self.registration(&entry),
            Row::Entry { sequence, entry_id } => {
                self.step(sequence);
                self.resolver.entries.insert(entry_id);
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
            Row::Place(place) => self.place(place),
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
            } => self.application(state, resident_id, sequence),
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

    fn application(&mut self, row: ApplicationState, resident: Option<Uuid>, sequence: i64) {
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
        let record = resident.map(|_| self.resolver.record(&row.person()));
        let application = Application::of(&row, resident);
        self.resolver.rows.put(row);
        self.applications
            .insert(id, (sequence, Placed { application, record }));
    }

    fn place(&mut self, place: Place) {
        self.step(place.sequence);
        self.resolver.history.event(place.event_id);
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

    fn registration(&mut self, entry: &Registration) {
        self.step(entry.sequence);
        self.resolver.entries.insert(entry.entry_id);
        let (node, at) = (&entry.node_id, entry.logged_at);
        if entry.retired {
            self.resolver.history.retired(node, entry.sequence, at);
        } else {
            self.resolver.history.added(node, at);
        }
    }

    /// The state that all of it makes.
    pub fn finish(mut self) -> Resolver {
        let mut resolver = self.resolver;
        resolver.sequence = self.sequence;
        for (key, Events { first, mut spots }) in self.events {
            spots.sort_unstable_by_key(|spot| spot.sequence);
            let series = resolver
                .series
                .entry(key.0)
                .or_default()
                .entry(key.1)
                .or_default();
            series.province = first.1;
            for spot in spots {
                series.place(spot.sequence, spot.link, spot.open_link);
            }
        }
        for ((node, epoch), (_, books)) in self.books {
            resolver
                .series
                .entry(node)
                .or_default()
                .entry(epoch)
                .or_default()
                .books = books;
        }
        resolver.nodes = self.nodes.into_iter().map(|(id, (_, node))| (id, node)).collect();
        resolver.residents = self
            .residents
            .into_iter()
            .map(|(id, (_, resident))| (id, resident))
            .collect();
        if let Some((_, rules)) = &self.rules {
            resolver.activate(rules);
        }
        resolver.take_applications(self.applications);
        resolver.take_pairs(self.edges, self.reviews);
        for (sequence, (_, waiting)) in self.waiting {
            let Some(waiting) = waiting else { continue };
            // Corrections wait by their revision alone; only follow-ups need their entry.
            let entry = match self.entries.remove(&sequence) {
                _ if waiting.revision.is_some() => Vec::new(),
                Some(entry) => entry,
                None => waiting.entry,
            };
            resolver.waiting.add(Waiting { entry, ..waiting });
        }
        resolver
    }
}

impl Resolver {
    /// Applications in the order of their rows' last steps, in which they stand in their blocks.
    fn take_applications(&mut self, rows: HashMap<Uuid, (i64, Placed)>) {
        let mut rows: Vec<(i64, Uuid, Placed)> = rows
            .into_iter()
            .map(|(id, (sequence, placed))| (sequence, id, placed))
            .collect();
        rows.sort_unstable_by_key(|(sequence, id, _)| (*sequence, *id));
        for (_, id, Placed { application, record }) in rows {
            if let Some(record) = record {
                self.linker.insert_unlinked(id, &record);
            }
            self.applications.insert(id, application);
        }
        let clusters: Vec<Vec<Uuid>> = self
            .residents
            .iter()
            .map(|(_, resident)| resident.members.clone())
            .collect();
        for members in clusters.iter().filter(|members| members.len() > 1) {
            self.linker.restore_cluster(members);
        }
    }

    fn take_pairs(
        &mut self,
        edges: HashMap<(Uuid, Uuid), (i64, MatchEdge)>,
        reviews: HashMap<(Uuid, Uuid), (i64, ReviewState)>,
    ) {
        for (_, edge) in edges.into_values().filter(|(_, edge)| edge.accepted) {
            self.linker
                .restore_edge(&Edge::of(edge.left, edge.right, edge.weight_millibits));
        }
        for (pair, (_, review)) in reviews {
            match review.status {
                ReviewStatus::Open => self.reviews.open(
                    pair,
                    Open {
                        opened: review.opened,
                        weight_millibits: review.weight_millibits,
                    },
                ),
                ReviewStatus::Closed => {}
                ReviewStatus::Same => self.linker.restore_decision(pair.0, pair.1, Decision::Same),
                ReviewStatus::Different => self.linker.restore_decision(pair.0, pair.1, Decision::Different),
            }
        }
    }
}
