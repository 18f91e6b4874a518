//! The state from the register's rows and the tail of changes behind them.
//!
//! Rows may come in any order, from partitions of `register.changes` that were loaded up to different
//! points; then come the changes behind each of those points, in any order between partitions. A newer
//! sequence replaces an older one. So both ways, and the uninterrupted one, end in the same state.

use crate::golden;
use crate::review::Open;
use crate::rows::Rows;
use crate::state::{Application, Resident, Resolver};
use crate::waiting::Waiting;
use linkage::{Decision, Edge, Record};
use schemas::change::{
    ApplicationState, ApplicationStatus, EventKind, EventSettled, LedgerState, MatchEdge, MatchRules,
    NodeState, ResidentChanged, ResidentStatus, ReviewState, ReviewStatus,
};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::SourcePosition;
use schemas::{Epoch, NodeId, Sha256, Timestamp};
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
    reviews: HashMap<(Uuid, Uuid), (i64, ReviewState)>,
    rules: Option<(i64, MatchRules)>,
    waiting: HashMap<i64, Waiting>,
    entries: HashMap<i64, Vec<u8>>,
    released: HashSet<i64>,
}

/// An application with what it is compared by, where it belongs to a resident.
#[derive(Debug)]
struct Placed {
    application: Application,
    record: Option<Record>,
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

    /// A state that keeps rows in this store, which must be empty.
    pub fn keeping(rows: Box<dyn Rows>) -> Self {
        Self {
            resolver: Resolver::keeping(rows),
            ..Self::default()
        }
    }

    /// An application's row.
    pub fn application(&mut self, row: ApplicationState, resident: Option<Uuid>, sequence: i64) {
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
        let record = resident.map(|_| self.resolver.record(&golden::person(&row)));
        let application = Application::of(&row, resident);
        self.resolver.rows.put(row);
        self.applications
            .insert(id, (sequence, Placed { application, record }));
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
                changed: sequence,
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
        event_id: Uuid,
        node: NodeId,
        epoch: Epoch,
        node_sequence: i64,
        link: Sha256,
        open_link: Option<Sha256>,
    ) {
        self.resolver.history.event(event_id);
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

    /// An entry of operate that this step added a node by; `logged_at` is its append time.
    pub fn node_added(&mut self, entry: Uuid, node: &NodeId, logged_at: Timestamp) {
        self.resolver.entries.insert(entry);
        self.resolver.history.added(node, logged_at);
    }

    /// An entry of operate that this step retired a node by; `logged_at` is its append time.
    pub fn node_retired(&mut self, entry: Uuid, node: &NodeId, sequence: i64, logged_at: Timestamp) {
        self.resolver.entries.insert(entry);
        self.resolver.history.retired(node, sequence, logged_at);
    }

    /// An edge.
    pub fn edge(&mut self, edge: MatchEdge, sequence: i64) {
        self.step(sequence);
        newer(&mut self.edges, (edge.left, edge.right), sequence, edge);
    }

    /// A review.
    pub fn review(&mut self, review: ReviewState, sequence: i64) {
        self.step(sequence);
        newer(&mut self.reviews, (review.left, review.right), sequence, review);
    }

    /// An entry of operate that was applied and is about no node.
    pub fn entry(&mut self, id: Uuid) {
        self.resolver.entries.insert(id);
    }

    /// Rules that a step put in force.
    pub fn rules(&mut self, rules: MatchRules, sequence: i64) {
        self.step(sequence);
        if self.rules.as_ref().is_none_or(|(known, _)| *known < sequence) {
            self.rules = Some((sequence, rules));
        }
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
        for review in change.reviews {
            self.review(review, sequence);
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
        if let (Some(entry), Some(node)) = (settled.event_id, &settled.node_id) {
            let at = settled.logged_at;
            match settled.kind {
                EventKind::NodeAdded => self.node_added(entry, node, at),
                EventKind::NodeRetired => self.node_retired(entry, node, sequence, at),
                EventKind::Application
                | EventKind::Verification
                | EventKind::Withdrawal
                | EventKind::Withheld
                | EventKind::Undecodable
                | EventKind::ReviewDecided
                | EventKind::ResidentErased
                | EventKind::RulesActivated
                | EventKind::DeadLetterDecided => {}
            }
        }
        if settled.kind.is_decision() {
            settled.event_id.into_iter().for_each(|id| self.entry(id));
        }
        if let Some(letter) = &settled.letter {
            self.entry(letter.entry_id);
        }
        if let Some(rules) = settled.rules {
            self.rules(rules, sequence);
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
            self.event(event_id, node.clone(), epoch, place, link, settled.open_link);
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
        if let Some((_, rules)) = &self.rules {
            resolver.activate(rules);
        }
        resolver.take_applications(self.applications);
        resolver.take_pairs(self.edges, self.reviews);
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
            .values()
            .map(|resident| resident.members.clone())
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
