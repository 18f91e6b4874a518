//! The register as match reads it back: rows and positions of one moment.

use crate::fault::DatabaseFault;
use crate::register::Register;
use futures_util::TryStreamExt;
use runtime::Fault;
use runtime::kafka::Partition;
use schemas::change::{
    ApplicationState, EventKind, LedgerState, MatchEdge, MatchRules, NodeState, ResidentStatus, ReviewState,
};
use schemas::finding::OutcomeKind;
use schemas::match_log::SourcePosition;
use schemas::{Epoch, NodeId, Sha256, Timestamp, topics};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

mod row;

/// One row of the register. They come table by table, in no order that means anything.
#[derive(Clone, Debug)]
pub enum Restored {
    /// An application, with the resident it belongs to and the step that made its state.
    Application {
        sequence: i64,
        resident_id: Option<Uuid>,
        state: ApplicationState,
    },
    /// A resident, with the step that made its state.
    Resident {
        sequence: i64,
        resident_id: Uuid,
        status: ResidentStatus,
        redirect_to: Option<Uuid>,
        members: Vec<Uuid>,
    },
    /// An edge, with the step that made its state.
    Edge { sequence: i64, edge: MatchEdge },
    /// A review, with the step that made its state.
    Review { sequence: i64, state: ReviewState },
    /// Rules of matching, with the step that put them in force.
    Rules { sequence: i64, rules: MatchRules },
    /// An event as it was settled first.
    Event(Event),
    /// The match log's entry of an event that was held when it was settled first.
    HeldEntry { event_sequence: i64, entry: Vec<u8> },
    /// An event whose outcome changed later, with the step that changed it last.
    Released {
        event_sequence: i64,
        sequence: i64,
        outcome: OutcomeKind,
    },
    /// An event that a later step made wait again, with that step.
    WaitsAgain { sequence: i64, event: Event },
    /// The books of a series, with the step they stand at.
    Ledger {
        sequence: i64,
        node_id: NodeId,
        epoch: Epoch,
        state: LedgerState,
    },
    /// A node's registration, with the step that made its state.
    Node { sequence: i64, state: NodeState },
    /// How far match had come in a source partition; `offset` is the first it has not settled.
    SourcePosition(SourcePosition),
    /// A change that the database refused, encoded: it holds all the same.
    DeadLetter { change: Vec<u8> },
    /// A decision about a dead letter, which takes effect once only.
    LetterDecided { entry_id: Uuid },
}

/// An event as it was settled first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The step that settled it.
    pub sequence: i64,
    /// Slug of its province; none for operate's entries.
    pub province: Option<String>,
    /// Its node.
    pub node_id: Option<NodeId>,
    /// Its series.
    pub epoch: Option<Epoch>,
    /// Its place there.
    pub node_sequence: Option<i64>,
    /// Its id; the entry's id for operate's.
    pub event_id: Option<Uuid>,
    /// What its successor must name.
    pub hash: Option<Sha256>,
    /// What it names, when its predecessor had not come before it.
    pub open_link: Option<Sha256>,
    /// What kind of event.
    pub kind: EventKind,
    /// The application it is about.
    pub application_id: Option<Uuid>,
    /// The application's revision.
    pub revision: Option<i32>,
    /// What became of it at this step.
    pub outcome: OutcomeKind,
    /// When operate's entry was appended to the match log; none for a node's events.
    pub logged_at: Option<Timestamp>,
}

/// Where the rows stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    /// The next offset of each partition of `register.changes`: the tail begins there.
    pub changes: Vec<(Partition, i64)>,
    /// The highest step in the rows; 0 for none.
    pub sequence: i64,
}

/// Reads everything that match needs, in one snapshot, and hands each row to `each`. Memory is
/// bounded: rows come one by one.
///
/// # Errors
/// Transient when the connection breaks: begin anew. Fatal when a row isn't what this version wrote.
/// What `each` returns ends the reading.
pub async fn read(
    register: &Register,
    mut each: impl FnMut(Restored) -> Result<(), Fault>,
) -> Result<Positions, Fault> {
    let mut conn = register.open().await?;
    let mut snapshot = conn.begin_with(SNAPSHOT).await.map_err(DatabaseFault::from)?;
    let positions = read_in(&mut snapshot, &mut each).await?;
    snapshot.commit().await.map_err(DatabaseFault::from)?;
    Ok(positions)
}

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// As [`read`], in a transaction of the caller's, which must see one moment only.
///
/// # Errors
/// As [`read`].
pub async fn read_in(
    conn: &mut PgConnection,
    mut each: impl FnMut(Restored) -> Result<(), Fault>,
) -> Result<Positions, Fault> {
    for (table, query, read) in row::TABLES {
        each_row(conn, table, query, *read, &mut each).await?;
    }
    Ok(positions(conn).await?)
}

/// The rows of these applications, in no order that means anything.
///
/// # Errors
/// As [`read`].
pub async fn applications(register: &Register, ids: &[Uuid]) -> Result<Vec<ApplicationState>, Fault> {
    const TOGETHER: usize = 10_000;
    let mut conn = register.open().await?;
    let query = format!("{} WHERE application_id = ANY ($1)", row::APPLICATIONS);
    let mut states = Vec::with_capacity(ids.len());
    for some in ids.chunks(TOGETHER) {
        let mut rows = sqlx::query(&query).bind(some).fetch(&mut conn);
        while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
            let read = row::application(&row)
                .map_err(|fault| Fault::fatal(format!("a row of application can't be restored: {fault}")))?;
            if let Restored::Application { state, .. } = read {
                states.push(state);
            }
        }
    }
    Ok(states)
}

async fn each_row(
    conn: &mut PgConnection,
    table: &str,
    query: &'static str,
    read: row::Read,
    each: &mut impl FnMut(Restored) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut rows = sqlx::query(query).fetch(conn);
    while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
        let restored = read(&row)
            .map_err(|fault| Fault::fatal(format!("a row of {table} can't be restored: {fault}")))?;
        each(restored)?;
    }
    Ok(())
}

async fn positions(conn: &mut PgConnection) -> Result<Positions, DatabaseFault> {
    const CHANGES: &str =
        "SELECT partition, next_offset FROM sink_position WHERE topic = $1 ORDER BY partition";
    const SEQUENCE: &str = "SELECT COALESCE(max(sequence), 0) FROM sink_position";
    let changes: Vec<(i32, i64)> = sqlx::query_as(CHANGES)
        .bind(topics::CHANGES)
        .fetch_all(&mut *conn)
        .await?;
    Ok(Positions {
        changes: changes
            .into_iter()
            .map(|(number, next)| (Partition::new(topics::CHANGES, number), next))
            .collect(),
        sequence: sqlx::query_scalar(SEQUENCE).fetch_one(conn).await?,
    })
}
