//! The matcher's state from the register and the tail of changes behind it.

use resolve::restore::Restoring;
use resolve::{Resolver, Rows, Waiting};
use runtime::Fault;
use runtime::kafka::{Cluster, Partition};
use schemas::change::EventKind;
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::topics;
use secrecy::SecretString;
use sink::Register;
use sink::restore::{Event, Restored};
use std::time::Duration;

/// Restores the state. Blocking; call it only after every earlier leader is fenced.
///
/// # Errors
/// Transient when database or cluster don't answer; fatal when changes are gone that the register
/// doesn't hold yet.
pub fn state(
    cluster: &Cluster,
    database: &SecretString,
    handle: &tokio::runtime::Handle,
    store: Box<dyn Rows>,
) -> Result<Resolver, Fault> {
    let mut restoring = Restoring::keeping(store);
    let rows = handle.block_on(async {
        let register = Register::connect(database).await?;
        sink::restore::read(&register, |row| take(&mut restoring, row)).await
    })?;
    restoring.step(rows.sequence);
    tail(cluster, &rows.changes, &mut restoring)?;
    let mut resolver = restoring.finish();
    resolver
        .settle_rows()
        .map_err(|lost| Fault::fatal(lost.to_string()))?;
    Ok(resolver)
}

/// Reads `register.changes` from where the register stands to its stable end.
fn tail(cluster: &Cluster, loaded: &[(Partition, i64)], restoring: &mut Restoring) -> Result<(), Fault> {
    let offsets = cluster.offsets()?;
    let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
    let bounds = offsets.boundaries(&partitions)?;
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for (partition, bounds) in partitions.into_iter().zip(bounds) {
        let next = loaded
            .iter()
            .find(|(known, _)| *known == partition)
            .map_or(0, |&(_, next)| next);
        if next < bounds.earliest {
            return Err(Fault::fatal(format!(
                "the register stands at {next} of {partition}, which begins at {}: changes between them are gone; \
                 rebuild the register from the match log",
                bounds.earliest
            )));
        }
        if next < bounds.stable {
            starts.push((partition.clone(), next));
            ends.push((partition, bounds.stable));
        }
    }
    if starts.is_empty() {
        return Ok(());
    }
    cluster
        .reader(&starts)?
        .read_to_end(&ends, Duration::from_secs(30), |record| {
            take_change(restoring, &record.value);
            Ok(())
        })
}

fn take_change(restoring: &mut Restoring, value: &[u8]) {
    match Change::decode(value) {
        Ok(change) => restoring.change(change),
        // Not written by match: it can't be part of what match holds.
        Err(why) => tracing::error!(
            code = why.code(),
            "a record of register.changes can't be read: passed over"
        ),
    }
}

fn take(restoring: &mut Restoring, row: Restored) -> Result<(), Fault> {
    match row {
        Restored::Application {
            sequence,
            resident_id,
            state,
        } => restoring.application(state, resident_id, sequence),
        Restored::Resident {
            sequence,
            resident_id,
            status,
            redirect_to,
            members,
        } => {
            restoring.resident(resident_id, status, redirect_to, members, sequence);
        }
        Restored::Edge { sequence, edge } => restoring.edge(edge, sequence),
        Restored::Review { sequence, state } => restoring.review(state, sequence),
        Restored::Rules { sequence, rules } => restoring.rules(rules, sequence),
        Restored::Event(event) => take_event(restoring, event),
        Restored::HeldEntry {
            event_sequence,
            entry,
        } => restoring.held_entry(event_sequence, entry),
        Restored::Released { event_sequence, .. } => restoring.released(event_sequence),
        Restored::Ledger {
            sequence,
            node_id,
            epoch,
            state,
        } => restoring.books(node_id, epoch, state, sequence),
        Restored::Node { sequence, state } => restoring.node(state, sequence),
        Restored::SourcePosition(next) => restoring.source(&next.topic, next.partition, next.offset),
        Restored::DeadLetter { change } => take_change(restoring, &change),
        Restored::LetterDecided { entry_id } => restoring.entry(entry_id),
    }
    Ok(())
}

fn take_event(restoring: &mut Restoring, event: Event) {
    restoring.step(event.sequence);
    if let (Some(entry), Some(node), Some(at)) = (event.event_id, &event.node_id, event.logged_at) {
        if event.kind == EventKind::NodeRetired {
            restoring.node_retired(entry, node, event.sequence, at);
        } else {
            restoring.node_added(entry, node, at);
        }
    } else if event.kind.is_decision() {
        event.event_id.into_iter().for_each(|id| restoring.entry(id));
    }
    let (Some(node_id), Some(epoch), Some(node_sequence), Some(event_id)) =
        (event.node_id, event.epoch, event.node_sequence, event.event_id)
    else {
        return;
    };
    if let Some(link) = event.hash.filter(|_| event.outcome.takes_a_place()) {
        restoring.event(
            event_id,
            node_id.clone(),
            epoch,
            node_sequence,
            link,
            event.open_link,
        );
    }
    if let Some(application_id) = event
        .application_id
        .filter(|_| event.outcome == OutcomeKind::Held)
    {
        restoring.held(Waiting {
            event_sequence: event.sequence,
            application_id,
            event_id,
            node_id,
            epoch,
            node_sequence,
            province: event.province.unwrap_or_default(),
            revision: event.revision,
            entry: Vec::new(),
        });
    }
}
