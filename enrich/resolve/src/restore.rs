//! The state from the register's rows and the tail of changes behind them.
//!
//! Rows may come in any order, from partitions of `register.changes` that were loaded up to different
//! points; then come the changes behind each of those points, in any order between partitions. A newer
//! sequence replaces an older one. So both ways, and the uninterrupted one, end in the same state.

use crate::golden;
use crate::keys::Keys;
use crate::state::{Application, Link, Resident, Resolver};
use crate::waiting::Waiting;
use schemas::change::{
    ApplicationState, ApplicationStatus, EventSettled, LedgerState, MatchEdge, NodeState, ResidentChanged,
    ResidentStatus,
};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::SourcePosition;
use schemas::{Epoch, NodeId, Sha256};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A state being put together. Hand in everything, in any order, then [`Self::finish`].
#[derive(Debug, Default)]
pub struct Restoring {
    sequence: i64,
    resolver: Resolver,
    applications: HashMap<Uuid, (i64, Placed)>,
    residents: HashMap<Uuid, (i64, Resident)>,
    books: HashMap<(NodeId, Epoch), (i64, LedgerState)>,
    events: HashMap<(NodeId, Epoch), Vec<Place>>,
    nodes: HashMap<NodeId, (i64, NodeState)>,
    edges: HashMap<(Uuid, Uuid), (i64, MatchEdge)>,
    waiting: HashMap<i64, Waiting>,
    entries: HashMap<i64, Vec<u8>>,
    released: HashSet<i64>,
}

/// An application's row with the resident it belongs to.
#[derive(Debug)]
struct Placed {
    row: ApplicationState,
    resident: Option<Uuid>,
}

/// An event's place in its series.
#[derive(Debug)]
struct Place {
    sequence: i64,
    link: Sha256,
    open_link: Option<Sha256>,
}

/// Replaces what is older.
fn newer<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, (i64, V)>, key: K, sequence: i64, value: V) {
    match map.entry(key) {
        std::collections::hash_map::Entry::Occupied(mut known) if known.get().0 < sequence => {
            known.insert((sequence, value));
        }
        std::collections::hash_map::Entry::Occupied(_) => {}
        std::collections::hash_map::Entry::Vacant(free) => {
            free.insert((sequence, value));
        }
    }
}

impl Restoring {
    /// At least this step was made.
    pub fn step(&mut self, sequence: i64) {
        self.sequence = self.sequence.max(sequence);
    }

    /// An application's row.
    pub fn application(&mut self, row: ApplicationState, resident: Option<Uuid>, sequence: i64) {
        self.step(sequence);
        newer(
            &mut self.applications,
            row.application_id,
            sequence,
            Placed { row, resident },
        );
    }

    /// A resident's row.
    pub fn resident(
        &mut self,
        id: Uuid,
        status: ResidentStatus,
        redirect_to: Option<Uuid>,
        members: Vec<Uuid>,
        sequence: i64,
    ) {
        self.step(sequence);
        newer(
            &mut self.residents,
            id,
            sequence,
            Resident {
                status,
                redirect_to,
                members,
            },
        );
    }

    /// The books of a series.
    pub fn books(&mut self, node: NodeId, epoch: Epoch, books: LedgerState, sequence: i64) {
        self.step(sequence);
        newer(&mut self.books, (node, epoch), sequence, books);
    }

    /// An event that took its place in its series.
    pub fn event(
        &mut self,
        node: NodeId,
        epoch: Epoch,
        node_sequence: i64,
        link: Sha256,
        open_link: Option<Sha256>,
    ) {
        self.events.entry((node, epoch)).or_default().push(Place {
            sequence: node_sequence,
            link,
            open_link,
        });
    }

    /// An event that was held when it was settled first.
    pub fn held(&mut self, waiting: Waiting) {
        self.step(waiting.event_sequence);
        self.waiting.insert(waiting.event_sequence, waiting);
    }

    /// The match log's entry of a held event, where its row doesn't bring it.
    pub fn held_entry(&mut self, event_sequence: i64, entry: Vec<u8>) {
        self.entries.insert(event_sequence, entry);
    }

    /// An event whose first outcome was changed since.
    pub fn released(&mut self, event_sequence: i64) {
        self.released.insert(event_sequence);
    }

    /// How far match had come in a source partition.
    pub fn source(&mut self, topic: &str, partition: i32, next_offset: i64) {
        self.resolver.skip_to(topic, partition, next_offset);
    }

    /// A node's registration.
    pub fn node(&mut self, node: NodeState, sequence: i64) {
        self.step(sequence);
        newer(&mut self.nodes, node.node_id.clone(), sequence, node);
    }

    /// An entry of operate that was applied.
    pub fn entry(&mut self, id: Uuid) {
        self.resolver.entries.insert(id);
    }

    /// An edge.
    pub fn edge(&mut self, edge: MatchEdge, sequence: i64) {
        self.step(sequence);
        newer(&mut self.edges, (edge.left, edge.right), sequence, edge);
    }

    /// A change behind the rows.
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Settled(settled) => self.settled(*settled),
            Change::Resident(resident) => self.resident_changed(*resident),
        }
    }

    fn resident_changed(&mut self, change: ResidentChanged) {
        let sequence = change.sequence;
        self.resident(
            change.resident_id,
            change.status,
            change.redirect_to,
            change.members,
            sequence,
        );
        for row in change.gained {
            self.application(row, Some(change.resident_id), sequence);
        }
        for edge in change.edges {
            self.edge(edge, sequence);
        }
    }

    fn settled(&mut self, settled: EventSettled) {
        let sequence = settled.sequence;
        self.step(sequence);
        if let Some(SourcePosition {
            topic,
            partition,
            offset,
        }) = &settled.source
            && settled.appended_at.is_some()
        {
            self.source(topic, *partition, offset + 1);
        }
        if settled.kind.is_decision() {
            settled.event_id.into_iter().for_each(|id| self.entry(id));
        }
        if let Some(node) = settled.node {
            self.node(node, sequence);
        }
        if let Some(row) = settled.application {
            self.application(row, None, sequence);
        }
        for changed in settled.released {
            self.released(changed.event_sequence);
            self.books(changed.node_id, changed.epoch, changed.ledger, sequence);
        }
        let (Some(node), Some(epoch), Some(place), Some(event_id)) = (
            settled.node_id,
            settled.epoch,
            settled.node_sequence,
            settled.event_id,
        ) else {
            return;
        };
        if let Some(books) = settled.ledger {
            self.books(node.clone(), epoch, books, sequence);
        }
        let placed = matches!(
            settled.outcome,
            OutcomeKind::Loaded | OutcomeKind::Rejected | OutcomeKind::Held
        );
        if let Some(link) = settled.hash.filter(|_| placed) {
            self.event(node.clone(), epoch, place, link, settled.open_link);
        }
        if let Some(application_id) = settled
            .application_id
            .filter(|_| settled.outcome == OutcomeKind::Held)
        {
            self.held(Waiting {
                event_sequence: sequence,
                application_id,
                event_id,
                node_id: node,
                epoch,
                node_sequence: place,
                province: settled.province,
                revision: settled.revision,
                entry: settled.held_event.unwrap_or_default(),
            });
        }
    }

    /// The state that all of it makes.
    pub fn finish(mut self) -> Resolver {
        let mut resolver = self.resolver;
        resolver.sequence = self.sequence;
        for (key, mut places) in self.events {
            places.sort_unstable_by_key(|place| place.sequence);
            let series = resolver
                .series
                .entry(key.0)
                .or_default()
                .entry(key.1)
                .or_default();
            for place in places {
                series.place(place.sequence, place.link, place.open_link);
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
        let mut links: HashMap<Uuid, Link> = HashMap::new();
        for (_, edge) in self.edges.into_values().filter(|(_, edge)| edge.accepted) {
            let MatchEdge {
                left,
                right,
                rule,
                weight_millibits,
                ..
            } = edge;
            links.insert(
                right,
                Link {
                    to: left,
                    rule,
                    weight_millibits,
                },
            );
        }
        for (id, (_, Placed { row, resident })) in self.applications {
            let resident = resident.filter(|_| row.status == ApplicationStatus::Loaded);
            let mut application = Application {
                row,
                resident,
                keys: Keys::default(),
                link: links.remove(&id),
            };
            if resident.is_some() {
                application.keys = Keys::of(&golden::person(&application));
                resolver.index.insert(application.keys, id);
            }
            resolver.applications.insert(id, application);
        }
        for (sequence, waiting) in self.waiting {
            if !self.released.contains(&sequence) {
                // Corrections wait by their revision alone; only follow-ups need their entry.
                let entry = match self.entries.remove(&sequence) {
                    _ if waiting.revision.is_some() => Vec::new(),
                    Some(entry) => entry,
                    None => waiting.entry,
                };
                resolver.waiting.add(Waiting { entry, ..waiting });
            }
        }
        resolver
    }
}
