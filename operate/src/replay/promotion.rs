//! What a promotion appends to the match log, and what takes it back: made once, kept beside the shadow, sent as often as it
//! takes. Each entry names the row that it is based on, so match refuses it where something newer has come.

use super::diff::{self, Differences, Kind};
use super::store::Replay;
use super::tables::Tables;
use futures_util::TryStreamExt;
use runtime::{Fault, clock};
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::match_log::{ApplicationReprocessed, EventReprocessed, LogBody, MatchLogEntry, RulesActivated};
use schemas::{Finding, NodeId, Sha256};
use sink::{DatabaseFault, Register};
use sqlx::{Connection, FromRow, PgConnection};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To what the shadow says.
    Promote,
    /// Back to what the register said.
    Undo,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::Promote => "promote",
            Self::Undo => "undo",
        }
    }

    /// The entry of an application that goes this way: always the same, so that match carries it out once.
    fn entry_id(self, replay: &Replay, about: Uuid) -> Uuid {
        let name = [self.name().as_bytes(), about.as_bytes()].concat();
        Uuid::new_v5(&replay.plan.replay_id, &name)
    }
}

/// An entry that is kept.
#[derive(Debug, FromRow)]
pub(super) struct Kept {
    /// The application; the replay for the rules of matching.
    pub(super) about: Uuid,
    pub(super) entry_id: Uuid,
    pub(super) entry: Vec<u8>,
}

/// The entries of a way, in order; none while nothing was prepared.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn kept(
    conn: &mut PgConnection,
    replay: &Replay,
    way: Way,
) -> Result<Vec<Kept>, DatabaseFault> {
    let query = format!(
        "SELECT about, entry_id, entry FROM {}.promotion WHERE way = $1 ORDER BY number",
        replay.plan.schema()
    );
    match sqlx::query_as(&query)
        .bind(way.name())
        .fetch_all(conn)
        .await
        .map_err(DatabaseFault::from)
    {
        Err(fault) if fault.state() == Some("42P01") => Ok(Vec::new()),
        other => other,
    }
}

/// How many applications would be changed, and those that can't be: withdrawn, erased, or without a row on one side.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    pub(super) entries: usize,
    pub(super) left_out: usize,
}

/// Makes the entries of both ways from what differs; with `keep` they are there to be sent from now on.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when a row is another version's.
pub(super) async fn prepare(
    conn: &mut PgConnection,
    register: &Register,
    replay: &Replay,
    found: &Differences,
    by: &str,
    keep: bool,
) -> Result<Prepared, Fault> {
    let tables = diff::tables(conn, replay).await?;
    let wanted = wanted(replay, found);
    let control = states(register, tables.control(), &wanted).await?;
    let shadow = states(register, &replay.plan.schema(), &wanted).await?;
    let mut events = events(conn, replay, &tables, found).await?;
    let mut prepared = Prepared::default();
    let (mut there, mut back) = (Vec::new(), Vec::new());
    if let Some((activate, restore)) = rules(conn, replay, by).await? {
        there.push(activate);
        back.push(restore);
    }
    for id in &wanted {
        let sides = control
            .get(id)
            .zip(shadow.get(id))
            .filter(|(a, b)| is_open(a) && is_open(b));
        let Some((was, is)) = sides else {
            prepared.left_out += 1;
            continue;
        };
        prepared.entries += 1;
        let (forth, undone) = events.remove(id).unwrap_or_default();
        there.push(entry(replay, Way::Promote, by, (was, is), forth)?);
        back.push(entry(replay, Way::Undo, by, (is, was), undone)?);
    }
    if keep {
        self::keep(conn, replay, there, back).await?;
    }
    Ok(prepared)
}

fn is_open(state: &ApplicationState) -> bool {
    matches!(
        state.status,
        ApplicationStatus::Loaded | ApplicationStatus::Rejected | ApplicationStatus::Held
    )
}

/// The applications whose rows or events differ; under other weights also those of residents that do.
fn wanted(replay: &Replay, found: &Differences) -> BTreeSet<Uuid> {
    let relinked = replay.plan.weights.is_some();
    let of = |one: &&diff::Difference| match one.kind {
        Kind::ReadingChanged | Kind::ApplicationChanged | Kind::OutcomeChanged => true,
        _ => relinked,
    };
    found
        .all
        .iter()
        .filter(of)
        .filter_map(|one| one.application_id)
        .collect()
}

/// The rows of applications in a schema.
async fn states(
    register: &Register,
    schema: &str,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, ApplicationState>, Fault> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let states = sink::restore::applications(&register.in_schema(schema), &ids).await?;
    Ok(states
        .into_iter()
        .map(|state| (state.application_id, state))
        .collect())
}

#[derive(FromRow)]
struct EventRow {
    sequence: i64,
    application_id: Uuid,
    event_id: Uuid,
    node_id: String,
    epoch: Uuid,
    node_sequence: i64,
    province: String,
    revision: Option<i32>,
    entry: Option<Vec<u8>>,
}

const EVENTS: &str = "
    SELECT e.sequence, e.application_id, e.event_id, e.node_id, e.epoch, e.node_sequence, e.province, e.revision, h.entry
      FROM intake_event e LEFT JOIN held_event h ON h.event_sequence = e.sequence
     WHERE e.sequence = ANY ($1)";

type Both = (Vec<EventReprocessed>, Vec<EventReprocessed>);

/// The events whose outcome differs, by application: as they go forth, and as they come back.
async fn events(
    conn: &mut PgConnection,
    replay: &Replay,
    tables: &Tables,
    found: &Differences,
) -> Result<HashMap<Uuid, Both>, Fault> {
    let sequences: Vec<i64> = found.all.iter().filter_map(|one| one.event_sequence).collect();
    let outcomes = outcomes(conn, tables, replay.last_step()?).await?;
    let mut by_application: HashMap<Uuid, Both> = HashMap::new();
    let mut rows = sqlx::query_as::<_, EventRow>(EVENTS).bind(&sequences).fetch(conn);
    while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
        let Some((before, after)) = outcomes.get(&row.sequence) else {
            continue;
        };
        let reprocessed = |from: &Outcome, to: &Outcome| -> Result<EventReprocessed, Fault> {
            let waits_again = to.kind == OutcomeKind::Held && row.revision.is_none();
            Ok(EventReprocessed {
                event_sequence: row.sequence,
                event_id: row.event_id,
                node_id: NodeId::parse(&row.node_id).map_err(|wrong| Fault::fatal(wrong.to_string()))?,
                epoch: schemas::Epoch::from(row.epoch),
                node_sequence: row.node_sequence,
                province: row.province.clone(),
                revision: row.revision,
                before: from.kind,
                outcome: to.kind,
                findings: to.findings.clone(),
                entry: row.entry.clone().filter(|_| waits_again).unwrap_or_default(),
            })
        };
        let of = by_application.entry(row.application_id).or_default();
        of.0.push(reprocessed(before, after)?);
        of.1.push(reprocessed(after, before)?);
    }
    Ok(by_application)
}

struct Outcome {
    kind: OutcomeKind,
    findings: Vec<Finding>,
}

#[derive(FromRow)]
struct OutcomeRow {
    event_sequence: i64,
    before: String,
    after: String,
    found_before: Option<String>,
    found_after: Option<String>,
}

async fn outcomes(
    conn: &mut PgConnection,
    tables: &Tables,
    sequence: i64,
) -> Result<HashMap<i64, (Outcome, Outcome)>, Fault> {
    let rows: Vec<OutcomeRow> = sqlx::query_as(&tables.outcomes())
        .bind(sequence)
        .fetch_all(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let outcome = |kind: &str, findings: Option<&str>| -> Result<Outcome, Fault> {
        let unlike = |_| Fault::fatal("an outcome is another version's");
        Ok(Outcome {
            kind: serde_json::from_value(kind.into()).map_err(unlike)?,
            findings: findings
                .map_or(Ok(Vec::new()), serde_json::from_str)
                .map_err(unlike)?,
        })
    };
    let mut outcomes = HashMap::new();
    for row in rows {
        let before = outcome(&row.before, row.found_before.as_deref())?;
        let after = outcome(&row.after, row.found_after.as_deref())?;
        outcomes.insert(row.event_sequence, (before, after));
    }
    Ok(outcomes)
}

fn entry(
    replay: &Replay,
    way: Way,
    by: &str,
    (from, to): (&ApplicationState, &ApplicationState),
    events: Vec<EventReprocessed>,
) -> Result<Kept, Fault> {
    let about = to.application_id;
    let entry_id = way.entry_id(replay, about);
    let decided = ApplicationReprocessed {
        entry_id,
        at: clock::now(),
        by: by.to_owned(),
        reason: replay.plan.reason.clone(),
        replay_id: replay.plan.replay_id,
        based_on: from.digest(),
        state: to.clone(),
        events,
        tell: replay.plan.notify,
    };
    Ok(Kept {
        about,
        entry_id,
        entry: encoded(LogBody::ApplicationReprocessed(Box::new(decided)))?,
    })
}

fn encoded(body: LogBody) -> Result<Vec<u8>, Fault> {
    MatchLogEntry { body }
        .encode()
        .map_err(|e| Fault::fatal(e.to_string()))
}

/// The activation of a plan's weights, and of those in force now.
async fn rules(conn: &mut PgConnection, replay: &Replay, by: &str) -> Result<Option<(Kept, Kept)>, Fault> {
    let Some(weights) = &replay.plan.weights else {
        return Ok(None);
    };
    let now = crate::pair::in_force(conn).await?;
    let activation = |way: Way, version: &str, file: &str, link, review| -> Result<Kept, Fault> {
        let entry_id = way.entry_id(replay, replay.plan.replay_id);
        let activated = RulesActivated {
            entry_id,
            at: clock::now(),
            by: by.to_owned(),
            reason: replay.plan.reason.clone(),
            version: version.to_owned(),
            weights: file.to_owned(),
            link,
            review,
        };
        Ok(Kept {
            about: replay.plan.replay_id,
            entry_id,
            entry: encoded(LogBody::RulesActivated(activated))?,
        })
    };
    let (link, review) = (now.thresholds.link, now.thresholds.review);
    Ok(Some((
        activation(
            Way::Promote,
            &weights.version,
            &weights.file,
            weights.link,
            weights.review,
        )?,
        activation(Way::Undo, &now.weights.version, &now.text, link, review)?,
    )))
}

async fn keep(
    conn: &mut PgConnection,
    replay: &Replay,
    there: Vec<Kept>,
    back: Vec<Kept>,
) -> Result<(), DatabaseFault> {
    let schema = replay.plan.schema();
    let mut transaction = conn.begin().await?;
    let table = format!(
        "CREATE TABLE IF NOT EXISTS {schema}.promotion (way text, number bigint, about uuid, entry_id uuid, entry bytea, \
         PRIMARY KEY (way, number))"
    );
    sqlx::query(&table).execute(&mut *transaction).await?;
    let insert = format!(
        "INSERT INTO {schema}.promotion SELECT $1, number, about, entry_id, entry \
           FROM UNNEST($2::bigint[], $3::uuid[], $4::uuid[], $5::bytea[]) AS new (number, about, entry_id, entry)"
    );
    for (way, entries) in [(Way::Promote, there), (Way::Undo, back)] {
        sqlx::query(&insert)
            .bind(way.name())
            .bind((0..entries.len() as i64).collect::<Vec<_>>())
            .bind(entries.iter().map(|kept| kept.about).collect::<Vec<_>>())
            .bind(entries.iter().map(|kept| kept.entry_id).collect::<Vec<_>>())
            .bind(
                entries
                    .iter()
                    .map(|kept| kept.entry.as_slice())
                    .collect::<Vec<_>>(),
            )
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// What match made of entries: how many it carried out, and the reason codes of those it refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Became {
    pub(super) settled: usize,
    pub(super) carried_out: BTreeSet<Uuid>,
    pub(super) refused: BTreeMap<String, usize>,
}

const BECAME: &str = "
    SELECT event_id, outcome::text, COALESCE(findings -> 0 ->> 'code', '') FROM intake_event
     WHERE kind IN ('application_reprocessed', 'rules_activated') AND sequence > $2 AND event_id = ANY ($1)";

/// Asks the register what became of entries, of steps behind `step`.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn became(
    conn: &mut PgConnection,
    ids: &[Uuid],
    step: i64,
) -> Result<Became, DatabaseFault> {
    let rows: Vec<(Uuid, String, String)> = sqlx::query_as(BECAME)
        .bind(ids)
        .bind(step)
        .fetch_all(conn)
        .await?;
    let mut became = Became {
        settled: rows.len(),
        ..Became::default()
    };
    for (id, outcome, code) in rows {
        if outcome == OutcomeKind::Recorded.name() {
            became.carried_out.insert(id);
        } else {
            *became.refused.entry(code).or_default() += 1;
        }
    }
    Ok(became)
}

/// Why what differs now may not be promoted: every difference must be among those that were approved. Of a rebuild some may
/// be gone, as the register has changed there since.
pub(super) fn objection(replay: &Replay, found: &Differences) -> Option<String> {
    let Some(approval) = &replay.approval else {
        return Some("nobody has approved it: somebody else runs `intakectl replay approve`".to_owned());
    };
    if Sha256::of(&approval.lines).0.as_slice() != approval.diff_hash {
        return Some("what was approved was changed in the register since: plan it anew".to_owned());
    }
    let approved: HashSet<&[u8]> = approval.lines.chunks(32).collect();
    let is_new = found.lines().any(|line| !approved.contains(line.0.as_slice()));
    is_new.then(|| {
        format!(
            "something differs now that {} has not approved: plan it anew",
            approval.approved_by
        )
    })
}
