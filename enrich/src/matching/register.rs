//! The register's rows, as rows of match's state.

use resolve::Waiting;
use resolve::restore::{Place, Registration, Row};
use runtime::Fault;
use runtime::kafka::Partition;
use schemas::change::EventKind;
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::topics;
use secrecy::SecretString;
use sink::Register;
use sink::restore::{Event, Restored};
use std::collections::HashSet;

/// Hands each row of the register to `each`, of one moment; returns the first offset of each partition of
/// `register.changes` that isn't in them. Blocking.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when a row isn't what this version wrote.
pub fn read(
    database: &SecretString,
    handle: &tokio::runtime::Handle,
    mut each: impl FnMut(Row) -> Result<(), Fault>,
) -> Result<Vec<(Partition, i64)>, Fault> {
    let mut translation = Translation::default();
    let positions = handle.block_on(async {
        let register = Register::connect(database).await?;
        sink::restore::read(&register, |restored| {
            translation.rows(restored).into_iter().try_for_each(&mut each)
        })
        .await
    })?;
    each(Row::Step(positions.sequence))?;
    Ok(positions.changes)
}

/// What the register hands on, in its order, as rows of match's state.
#[derive(Debug, Default)]
pub struct Translation {
    /// The events that wait no more. They are told of before what they hold: a snapshot must not keep an entry that no
    /// later change would take out of it.
    released: HashSet<i64>,
}

impl Translation {
    /// The rows that one of the register's makes.
    pub fn rows(&mut self, restored: Restored) -> Vec<Row> {
        let mut rows = rows_of(restored);
        rows.retain(|row| match row {
            Row::Released { event_sequence, .. } => {
                self.released.insert(*event_sequence);
                true
            }
            Row::HeldEntry { event_sequence, .. } => !self.released.contains(event_sequence),
            Row::Waiting(waiting) => !self.released.contains(&waiting.event_sequence),
            _ => true,
        });
        rows
    }
}

/// The change that a record of `register.changes` holds; none when match didn't write it: it can't be part
/// of what match holds.
pub fn change_of(value: &[u8]) -> Option<Change> {
    Change::decode(value)
        .inspect_err(|why| {
            tracing::error!(
                code = why.code(),
                "a record of {} can't be read: passed over",
                topics::CHANGES
            );
        })
        .ok()
}

fn rows_of(restored: Restored) -> Vec<Row> {
    let row = match restored {
        Restored::Application {
            sequence,
            resident_id,
            state,
        } => Row::Application {
            sequence,
            resident_id,
            state,
        },
        Restored::Resident {
            sequence,
            resident_id,
            status,
            redirect_to,
            members,
        } => Row::Resident {
            sequence,
            resident_id,
            status,
            redirect_to,
            members,
        },
        Restored::Edge { sequence, edge } => Row::Edge { sequence, edge },
        Restored::Review { sequence, state } => Row::Review { sequence, state },
        Restored::Rules { sequence, rules } => Row::Rules { sequence, rules },
        Restored::Event(event) => return rows_of_event(event),
        Restored::HeldEntry {
            event_sequence,
            entry,
        } => Row::HeldEntry {
            event_sequence,
            entry,
        },
        Restored::Released {
            event_sequence,
            sequence,
            ..
        } => Row::Released {
            event_sequence,
            sequence,
        },
        Restored::WaitsAgain { sequence, event } => {
            return waiting(event)
                .map(|waiting| Row::WaitsAgain { sequence, waiting })
                .into_iter()
                .collect();
        }
        Restored::Ledger {
            sequence,
            node_id,
            epoch,
            state,
        } => Row::Books {
            sequence,
            node_id,
            epoch,
            state,
        },
        Restored::Node { sequence, state } => Row::Node { sequence, state },
        Restored::SourcePosition(next) => Row::Source(next),
        // Which step decided it isn't asked for: an entry counts once, and for ever.
        Restored::LetterDecided { entry_id } => Row::Entry {
            sequence: 0,
            entry_id,
        },
        Restored::DeadLetter { change } => return change_of(&change).map(Row::of).unwrap_or_default(),
    };
    vec![row]
}

fn rows_of_event(event: Event) -> Vec<Row> {
    let sequence = event.sequence;
    let mut rows = vec![Row::Step(sequence)];
    if let (Some(entry_id), Some(node_id), Some(logged_at)) =
        (event.event_id, &event.node_id, event.logged_at)
    {
        rows.push(Row::Registration(Registration {
            sequence,
            entry_id,
            node_id: node_id.clone(),
            retired: event.kind == EventKind::NodeRetired,
            logged_at,
        }));
    } else if let Some(entry_id) = event.event_id.filter(|_| event.kind.is_decision()) {
        rows.push(Row::Entry { sequence, entry_id });
    }
    let (Some(node_id), Some(epoch), Some(node_sequence), Some(event_id)) =
        (&event.node_id, event.epoch, event.node_sequence, event.event_id)
    else {
        return rows;
    };
    if let Some(link) = event.hash.filter(|_| event.outcome.takes_a_place()) {
        rows.push(Row::Place(Place {
            sequence,
            event_id,
            node_id: node_id.clone(),
            epoch,
            province: event.province.clone().unwrap_or_default(),
            node_sequence,
            link,
            open_link: event.open_link,
        }));
    }
    rows.extend(waiting(event).map(Row::Waiting));
    rows
}

/// What is remembered of an event that waits; its entry comes with a row of its own.
fn waiting(event: Event) -> Option<Waiting> {
    if event.outcome != OutcomeKind::Held {
        return None;
    }
    Some(Waiting {
        event_sequence: event.sequence,
        application_id: event.application_id?,
        event_id: event.event_id?,
        node_id: event.node_id?,
        epoch: event.epoch?,
        node_sequence: event.node_sequence?,
        province: event.province.unwrap_or_default(),
        revision: event.revision,
        entry: Vec::new(),
    })
}
