//! What a promotion appends to the match log, and what takes it back: made once, kept beside the shadow, sent as often as it
//! takes. Each entry names the row that it is based on, so match refuses it where something newer has come.

mod became;
mod events;

use super::diff::{self, Differences, Kind};
use super::store::Replay;
pub(in crate::replay) use became::{Became, became, objection};
use events::events;
use runtime::{Fault, clock};
use schemas::change::{ApplicationState, ApplicationStatus};
use schemas::codec::Event;
use schemas::match_log::{ApplicationReprocessed, EventReprocessed, LogBody, MatchLogEntry, RulesActivated};
use sink::{DatabaseFault, Register};
use sqlx::{Connection, FromRow, PgConnection};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::replay) enum Way {
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
pub(in crate::replay) struct Kept {
    /// The application; the replay for the rules of matching.
    pub(in crate::replay) about: Uuid,
    pub(in crate::replay) entry_id: Uuid,
    pub(in crate::replay) entry: Vec<u8>,
}

/// The entries of a way, in order; none while nothing was prepared.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(in crate::replay) async fn kept(
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
pub(in crate::replay) struct Prepared {
    pub(in crate::replay) entries: usize,
    pub(in crate::replay) left_out: usize,
}

/// Makes the entries of both ways from what differs; with `keep` they are there to be sent from now on.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when a row is another version's.
pub(in crate::replay) async fn prepare(
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
    let mut events = events(conn, found).await?;
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
        replay_id: Some(replay.plan.replay_id),
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
    // A promotion that was killed before it was noted has sent nothing yet.
    let clear = format!("DELETE FROM {schema}.promotion");
    sqlx::query(&clear).execute(&mut *transaction).await?;
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
