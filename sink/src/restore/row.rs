//! Each table's query and how its rows are read.

use super::{Event, Restored};
use crate::register::document;
use schemas::change::{ApplicationState, LedgerState, MatchEdge, MatchRules, NodeState, ReviewState};
use schemas::match_log::SourcePosition;
use schemas::{NodeId, Sha256, Timestamp};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as UnknownName, StrDeserializer};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// Why a row can't be read. Holds names of columns, types and our own enums; no values.
#[derive(Debug)]
pub(super) struct Unlike(String);

impl std::fmt::Display for Unlike {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) type Read = fn(&PgRow) -> Result<Restored, Unlike>;

/// Table, query and reader. What released an event comes before what is held of it.
pub(super) const TABLES: &[(&str, &str, Read)] = &[
    ("node", NODES, node),
    ("node_ledger", LEDGERS, ledger),
    ("source_position", SOURCES, source_position),
    ("event_outcome", OUTCOMES, released),
    ("event_outcome", WAITING_AGAIN, waits_again),
    ("held_event", HELD, held_entry),
    ("intake_event", EVENTS, event),
    ("application", APPLICATIONS, application),
    ("resident", RESIDENTS, resident),
    ("match_edge", EDGES, edge),
    ("review", REVIEWS, review),
    ("match_rules", RULES, rules),
    ("dead_letter", DEAD_LETTERS, dead_letter),
    ("dead_letter_decision", LETTER_DECISIONS, letter_decision),
];

const NODES: &str = "SELECT node_id, sequence, province, public_key, retired, decided_by, reason FROM node";
const LEDGERS: &str = "
    SELECT node_id, epoch, sequence, loaded, rejected, held, copies, conflicts, broken_links FROM node_ledger";
const SOURCES: &str = "SELECT topic, partition, next_offset FROM source_position";
const OUTCOMES: &str = "
    SELECT event_sequence, sequence, outcome::text FROM event_outcome WHERE outcome <> 'held'";
const WAITING_AGAIN: &str = "
    SELECT o.sequence AS held_again, e.sequence, e.province, e.node_id, e.epoch, e.node_sequence, e.event_id, e.hash,
           e.open_link, e.kind::text, e.application_id, e.revision, o.outcome::text, NULL::bigint AS logged_ms
      FROM event_outcome o
      JOIN intake_event e ON e.sequence = o.event_sequence
     WHERE o.outcome = 'held'";
const HELD: &str = "
    SELECT h.event_sequence, h.entry FROM held_event h
      JOIN intake_event e ON e.sequence = h.event_sequence AND e.outcome = 'held'";
const EVENTS: &str = "
    SELECT sequence, province, node_id, epoch, node_sequence, event_id, hash, open_link, kind::text, application_id,
           revision, outcome::text,
           CASE WHEN kind IN ('node_added', 'node_retired') THEN (extract(epoch FROM logged_at) * 1000)::bigint END
             AS logged_ms
      FROM intake_event";
pub(super) const APPLICATIONS: &str = "
    SELECT application_id, sequence, revision, status::text, stage, resident_id, event_id,
           (extract(epoch FROM appended_at) * 1000)::bigint AS appended_ms,
           (extract(epoch FROM COALESCE(first_appended_at, appended_at)) * 1000)::bigint AS first_appended_ms, ruleset, changes::text, findings::text,
           verifications::text, event
      FROM application";
const RESIDENTS: &str = "SELECT resident_id, sequence, status::text, redirect_to, members FROM resident";
const EDGES: &str = "SELECT left_id, right_id, sequence, rule, weight_millibits, accepted FROM match_edge";
const REVIEWS: &str = "
    SELECT left_id, right_id, sequence, status::text, weight_millibits, opened, decided_by, reason FROM review";
const LETTER_DECISIONS: &str = "SELECT entry_id FROM dead_letter_decision";
const RULES: &str = "SELECT sequence, version, weights, link, review, decided_by, reason FROM match_rules";
const DEAD_LETTERS: &str = "
    SELECT value FROM dead_letter WHERE stage = 'sink' AND topic = 'register.changes'";

fn column<'r, T>(row: &'r PgRow, name: &str) -> Result<T, Unlike>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    // sqlx's own text may quote the value.
    row.try_get(name)
        .map_err(|_| Unlike(format!("column {name} has another type")))
}

/// One of our enums by its name in SQL.
fn named<'r, T: Deserialize<'r>>(row: &'r PgRow, name: &str) -> Result<T, Unlike> {
    let text: &'r str = column(row, name)?;
    let deserializer: StrDeserializer<'r, UnknownName> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|_| Unlike(format!("column {name} has a name unknown here")))
}

fn list<T: serde::de::DeserializeOwned>(row: &PgRow, name: &str) -> Result<Vec<T>, Unlike> {
    document::read(column(row, name)?).map_err(|_| Unlike(format!("column {name} has another form")))
}

fn node_id(row: &PgRow) -> Result<NodeId, Unlike> {
    NodeId::parse(column::<&str>(row, "node_id")?).map_err(|fault| Unlike(fault.to_string()))
}

fn digest(row: &PgRow, name: &str) -> Result<Option<Sha256>, Unlike> {
    let Some(bytes) = column::<Option<&[u8]>>(row, name)? else {
        return Ok(None);
    };
    let digest = bytes
        .try_into()
        .map_err(|_| Unlike(format!("column {name} has another length")))?;
    Ok(Some(Sha256(digest)))
}

fn node(row: &PgRow) -> Result<Restored, Unlike> {
    let state = NodeState {
        node_id: node_id(row)?,
        province: column(row, "province")?,
        public_key: column(row, "public_key")?,
        retired: column(row, "retired")?,
        by: column(row, "decided_by")?,
        reason: column(row, "reason")?,
    };
    Ok(Restored::Node {
        sequence: column(row, "sequence")?,
        state,
    })
}

fn ledger(row: &PgRow) -> Result<Restored, Unlike> {
    let state = LedgerState {
        loaded: column(row, "loaded")?,
        rejected: column(row, "rejected")?,
        held: column(row, "held")?,
        copies: column(row, "copies")?,
        conflicts: column(row, "conflicts")?,
        broken_links: column(row, "broken_links")?,
    };
    Ok(Restored::Ledger {
        sequence: column(row, "sequence")?,
        node_id: node_id(row)?,
        epoch: column(row, "epoch")?,
        state,
    })
}

fn source_position(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::SourcePosition(SourcePosition {
        topic: column(row, "topic")?,
        partition: column(row, "partition")?,
        offset: column(row, "next_offset")?,
    }))
}

fn released(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::Released {
        event_sequence: column(row, "event_sequence")?,
        sequence: column(row, "sequence")?,
        outcome: named(row, "outcome")?,
    })
}

fn held_entry(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::HeldEntry {
        event_sequence: column(row, "event_sequence")?,
        entry: column(row, "entry")?,
    })
}

fn event(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::Event(settled(row)?))
}

fn waits_again(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::WaitsAgain {
        sequence: column(row, "held_again")?,
        event: settled(row)?,
    })
}

fn settled(row: &PgRow) -> Result<Event, Unlike> {
    let node = column::<Option<&str>>(row, "node_id")?
        .map(NodeId::parse)
        .transpose();
    Ok(Event {
        sequence: column(row, "sequence")?,
        province: column(row, "province")?,
        node_id: node.map_err(|fault| Unlike(fault.to_string()))?,
        epoch: column(row, "epoch")?,
        node_sequence: column(row, "node_sequence")?,
        event_id: column(row, "event_id")?,
        hash: digest(row, "hash")?,
        open_link: digest(row, "open_link")?,
        kind: named(row, "kind")?,
        application_id: column(row, "application_id")?,
        revision: column(row, "revision")?,
        outcome: named(row, "outcome")?,
        logged_at: column::<Option<i64>>(row, "logged_ms")?.map(Timestamp),
    })
}

pub(super) fn application(row: &PgRow) -> Result<Restored, Unlike> {
    let state = ApplicationState {
        application_id: column(row, "application_id")?,
        revision: column(row, "revision")?,
        status: named(row, "status")?,
        stage: column::<i16>(row, "stage")?.into(),
        event_id: column(row, "event_id")?,
        appended_at: Timestamp(column(row, "appended_ms")?),
        first_appended_at: Timestamp(column(row, "first_appended_ms")?),
        event: column(row, "event")?,
        ruleset: column(row, "ruleset")?,
        changes: list(row, "changes")?,
        findings: list(row, "findings")?,
        verifications: list(row, "verifications")?,
    };
    Ok(Restored::Application {
        sequence: column(row, "sequence")?,
        resident_id: column(row, "resident_id")?,
        state,
    })
}

fn resident(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::Resident {
        sequence: column(row, "sequence")?,
        resident_id: column(row, "resident_id")?,
        status: named(row, "status")?,
        redirect_to: column(row, "redirect_to")?,
        members: column(row, "members")?,
    })
}

fn edge(row: &PgRow) -> Result<Restored, Unlike> {
    let edge = MatchEdge {
        left: column(row, "left_id")?,
        right: column(row, "right_id")?,
        rule: column(row, "rule")?,
        weight_millibits: column(row, "weight_millibits")?,
        accepted: column(row, "accepted")?,
    };
    Ok(Restored::Edge {
        sequence: column(row, "sequence")?,
        edge,
    })
}

fn review(row: &PgRow) -> Result<Restored, Unlike> {
    let state = ReviewState {
        left: column(row, "left_id")?,
        right: column(row, "right_id")?,
        status: named(row, "status")?,
        weight_millibits: column(row, "weight_millibits")?,
        opened: column(row, "opened")?,
        by: column(row, "decided_by")?,
        reason: column(row, "reason")?,
    };
    Ok(Restored::Review {
        sequence: column(row, "sequence")?,
        state,
    })
}

fn rules(row: &PgRow) -> Result<Restored, Unlike> {
    let rules = MatchRules {
        version: column(row, "version")?,
        weights: column(row, "weights")?,
        link: column(row, "link")?,
        review: column(row, "review")?,
        by: column(row, "decided_by")?,
        reason: column(row, "reason")?,
    };
    Ok(Restored::Rules {
        sequence: column(row, "sequence")?,
        rules,
    })
}

fn letter_decision(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::LetterDecided {
        entry_id: column(row, "entry_id")?,
    })
}

fn dead_letter(row: &PgRow) -> Result<Restored, Unlike> {
    Ok(Restored::DeadLetter {
        change: column(row, "value")?,
    })
}
