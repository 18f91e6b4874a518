//! The rows that a state is made of: what the register holds of it, whoever hands it in.

use crate::waiting::Waiting;
use schemas::change::{
    ApplicationState, EventKind, EventSettled, LedgerState, MatchEdge, MatchRules, NodeState, OutcomeChanged,
    ResidentChanged, ResidentStatus, ReviewState,
};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::SourcePosition;
use schemas::{Epoch, NodeId, Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One row. Of rows with one [`Key`] the one with the highest [`Row::order`] counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Row {
    /// At least this step was made.
    Step(i64),
    /// The first offset of a source partition that was not settled.
    Source(SourcePosition),
    /// A node's registration.
    Node { sequence: i64, state: NodeState },
    /// An entry of operate that added or retired a node.
    Registration(Registration),
    /// An entry of operate that was applied at this step and is about no node.
    Entry { sequence: i64, entry_id: Uuid },
    /// Rules of matching that a step put in force.
    Rules { sequence: i64, rules: MatchRules },
    /// The books of a series.
    Books {
        sequence: i64,
        node_id: NodeId,
        epoch: Epoch,
        state: LedgerState,
    },
    /// An event that took its place in its series.
    Place(Place),
    /// An event that was held when it was settled first.
    Waiting(Waiting),
    /// The match log's entry of such an event, where its row doesn't bring it.
    HeldEntry { event_sequence: i64, entry: Vec<u8> },
    /// A step that changed the first outcome of an event.
    Released { event_sequence: i64, sequence: i64 },
    /// An application with the resident it belongs to.
    Application {
        sequence: i64,
        resident_id: Option<Uuid>,
        state: ApplicationState,
    },
    /// A resident.
    Resident {
        sequence: i64,
        resident_id: Uuid,
        status: ResidentStatus,
        redirect_to: Option<Uuid>,
        members: Vec<Uuid>,
    },
    /// An edge.
    Edge { sequence: i64, edge: MatchEdge },
    /// A review.
    Review { sequence: i64, state: ReviewState },
    /// An event that a later step made wait again.
    WaitsAgain { sequence: i64, waiting: Waiting },
}

/// An event's place in its series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The step that settled it.
    pub sequence: i64,
    /// The event.
    pub event_id: Uuid,
    /// Its node.
    pub node_id: NodeId,
    /// Its series.
    pub epoch: Epoch,
    /// Slug of the province whose topic it came through.
    pub province: String,
    /// Its place there.
    pub node_sequence: i64,
    /// What its successor must name.
    pub link: Sha256,
    /// What it names, when its predecessor had not come before it.
    pub open_link: Option<Sha256>,
}

/// An entry of operate about a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The step that applied it.
    pub sequence: i64,
    /// The entry.
    pub entry_id: Uuid,
    /// The node.
    pub node_id: NodeId,
    /// Written off, or else added.
    pub retired: bool,
    /// Append time of the entry.
    pub logged_at: Timestamp,
}

/// What a row is the row of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    Step,
    Source(String, i32),
    Node(NodeId),
    Registration(Uuid),
    Entry(Uuid),
    Rules,
    Books(NodeId, Epoch),
    Place(i64),
    /// Of an event that waits, or that was released.
    Waiting(i64),
    HeldEntry(i64),
    Application(Uuid),
    Resident(Uuid),
    Edge(Uuid, Uuid),
    Review(Uuid, Uuid),
}

impl Row {
    /// What it is the row of.
    pub fn key(&self) -> Key {
        match self {
            Self::Step(_) => Key::Step,
            Self::Source(next) => Key::Source(next.topic.clone(), next.partition),
            Self::Node { state, .. } => Key::Node(state.node_id.clone()),
            Self::Registration(entry) => Key::Registration(entry.entry_id),
            Self::Entry { entry_id, .. } => Key::Entry(*entry_id),
            Self::Rules { .. } => Key::Rules,
            Self::Books { node_id, epoch, .. } => Key::Books(node_id.clone(), *epoch),
            Self::Place(place) => Key::Place(place.sequence),
            Self::Waiting(waiting) => Key::Waiting(waiting.event_sequence),
            Self::Released { event_sequence, .. } => Key::Waiting(*event_sequence),
            Self::WaitsAgain { waiting, .. } => Key::Waiting(waiting.event_sequence),
            Self::HeldEntry { event_sequence, .. } => Key::HeldEntry(*event_sequence),
            Self::Application { state, .. } => Key::Application(state.application_id),
            Self::Resident { resident_id, .. } => Key::Resident(*resident_id),
            Self::Edge { edge, .. } => Key::Edge(edge.left, edge.right),
            Self::Review { state, .. } => Key::Review(state.left, state.right),
        }
    }

    /// The step that made it; of a source position the offset.
    pub const fn order(&self) -> i64 {
        match self {
            Self::Step(sequence)
            | Self::Node { sequence, .. }
            | Self::Entry { sequence, .. }
            | Self::Rules { sequence, .. }
            | Self::Books { sequence, .. }
            | Self::Released { sequence, .. }
            | Self::WaitsAgain { sequence, .. }
            | Self::Application { sequence, .. }
            | Self::Resident { sequence, .. }
            | Self::Edge { sequence, .. }
            | Self::Review { sequence, .. } => *sequence,
            Self::Source(next) => next.offset,
            Self::Registration(entry) => entry.sequence,
            Self::Place(place) => place.sequence,
            Self::Waiting(waiting) => waiting.event_sequence,
            Self::HeldEntry { event_sequence, .. } => *event_sequence,
        }
    }

    /// The rows that a change writes.
    pub fn of(change: Change) -> Vec<Self> {
        match change {
            Change::Settled(settled) => of_settled(*settled),
            Change::Resident(resident) => of_resident(*resident),
        }
    }
}

fn of_resident(change: ResidentChanged) -> Vec<Row> {
    let (sequence, resident_id) = (change.sequence, change.resident_id);
    let mut rows = vec![Row::Resident {
        sequence,
        resident_id,
        status: change.status,
        redirect_to: change.redirect_to,
        members: change.members,
    }];
    rows.extend(change.gained.into_iter().map(|state| Row::Application {
        sequence,
        resident_id: Some(resident_id),
        state,
    }));
    rows.extend(change.edges.into_iter().map(|edge| Row::Edge { sequence, edge }));
    rows.extend(
        change
            .reviews
            .into_iter()
            .map(|state| Row::Review { sequence, state }),
    );
    rows
}

fn of_settled(settled: EventSettled) -> Vec<Row> {
    let sequence = settled.sequence;
    let mut rows = vec![Row::Step(sequence)];
    if let Some(source) = settled.source.clone().filter(|_| settled.appended_at.is_some()) {
        let offset = source.offset + 1;
        rows.push(Row::Source(SourcePosition { offset, ..source }));
    }
    rows.extend(decision(&settled));
    if let Some(letter) = &settled.letter {
        let entry_id = letter.entry_id;
        rows.push(Row::Entry { sequence, entry_id });
    }
    rows.extend(of_event(&settled));
    if let Some(rules) = settled.rules {
        rows.push(Row::Rules { sequence, rules });
    }
    if let Some(state) = settled.node {
        rows.push(Row::Node { sequence, state });
    }
    if let Some(state) = settled.application {
        rows.push(Row::Application {
            sequence,
            resident_id: None,
            state,
        });
    }
    if let (Some(node_id), Some(epoch), Some(state)) = (settled.node_id, settled.epoch, settled.ledger) {
        rows.push(Row::Books {
            sequence,
            node_id,
            epoch,
            state,
        });
    }
    for changed in settled.released {
        rows.push(outcome_changed(sequence, changed.clone()));
        rows.push(Row::Books {
            sequence,
            node_id: changed.node_id,
            epoch: changed.epoch,
            state: changed.ledger,
        });
    }
    rows
}

fn outcome_changed(sequence: i64, changed: OutcomeChanged) -> Row {
    let event_sequence = changed.event_sequence;
    let Some(again) = changed.waiting else {
        return Row::Released {
            event_sequence,
            sequence,
        };
    };
    let waiting = Waiting {
        event_sequence,
        application_id: again.application_id,
        event_id: changed.event_id,
        node_id: changed.node_id,
        epoch: changed.epoch,
        node_sequence: again.node_sequence,
        province: again.province,
        revision: again.revision,
        entry: again.entry,
    };
    Row::WaitsAgain { sequence, waiting }
}

/// What is remembered of an entry of operate.
fn decision(settled: &EventSettled) -> Option<Row> {
    let entry_id = settled.event_id.filter(|_| settled.kind.is_decision())?;
    let sequence = settled.sequence;
    let of_node = matches!(settled.kind, EventKind::NodeAdded | EventKind::NodeRetired);
    Some(match settled.node_id.clone().filter(|_| of_node) {
        Some(node_id) => Row::Registration(Registration {
            sequence,
            entry_id,
            node_id,
            retired: settled.kind == EventKind::NodeRetired,
            logged_at: settled.logged_at,
        }),
        None => Row::Entry { sequence, entry_id },
    })
}

/// What is remembered of a node's event.
fn of_event(settled: &EventSettled) -> Vec<Row> {
    let (Some(node_id), Some(epoch), Some(node_sequence), Some(event_id)) = (
        &settled.node_id,
        settled.epoch,
        settled.node_sequence,
        settled.event_id,
    ) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    if let Some(link) = settled.hash.filter(|_| settled.outcome.takes_a_place()) {
        rows.push(Row::Place(Place {
            sequence: settled.sequence,
            event_id,
            node_id: node_id.clone(),
            epoch,
            province: settled.province.clone(),
            node_sequence,
            link,
            open_link: settled.open_link,
        }));
    }
    let held = settled
        .application_id
        .filter(|_| settled.outcome == OutcomeKind::Held);
    if let Some(application_id) = held {
        rows.push(Row::Waiting(Waiting {
            event_sequence: settled.sequence,
            application_id,
            event_id,
            node_id: node_id.clone(),
            epoch,
            node_sequence,
            province: settled.province.clone(),
            revision: settled.revision,
            entry: settled.held_event.clone().unwrap_or_default(),
        }));
    }
    rows
}
