//! Replays as the register keeps them: the plan, what was done with it, who approved it.

use super::plan::{self, Plan, Scope};
use super::run::Ran;
use crate::Settings;
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::Fault;
use schemas::Sha256;
use schemas::topics::MATCH_LOG;
use serde::Serialize;
use sink::{DatabaseFault, Register};
use sqlx::{FromRow, PgConnection};
use std::path::Path;
use uuid::Uuid;

/// The replay that a command is about.
#[derive(Debug, Args)]
pub struct Named {
    /// The plan's file, or the replay's id: see `intakectl replay status`
    #[arg(value_name = "REPLAY")]
    name: String,
}

/// How far a replay has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing was done yet.
    Planned,
    /// Its shadow is being filled.
    Started,
    /// Its shadow is full.
    Ran,
    /// Its entries are on their way.
    Promoting,
    /// Its entries are settled.
    Promoted,
    /// It is being taken back.
    Undoing,
    /// It was taken back.
    Undone,
    /// Its shadow is gone.
    Discarded,
}

impl Standing {
    /// Its name in SQL and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Started => "started",
            Self::Ran => "ran",
            Self::Promoting => "promoting",
            Self::Promoted => "promoted",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Discarded => "discarded",
        }
    }

    fn of(name: &str) -> Self {
        const ALL: [Standing; 7] = [
            Standing::Started,
            Standing::Ran,
            Standing::Promoting,
            Standing::Promoted,
            Standing::Undoing,
            Standing::Undone,
            Standing::Discarded,
        ];
        let known = ALL.into_iter().find(|standing| standing.name() == name);
        known.unwrap_or(Self::Planned)
    }
}

/// A replay that the register knows.
#[derive(Clone, Debug)]
pub struct Replay {
    pub(super) plan: Plan,
    pub(super) hash: Sha256,
    pub(super) planned_by: String,
    pub(super) planned_at: DateTime<Utc>,
    pub(super) steps: Vec<Step>,
    pub(super) approval: Option<Approval>,
}

/// Something that was done with a replay.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Step {
    pub(super) step: String,
    pub(super) done_by: String,
    pub(super) done_at: DateTime<Utc>,
    /// JSON.
    pub(super) result: String,
}

/// A second person's approval.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Approval {
    pub(super) approved_by: String,
    pub(super) approved_at: DateTime<Utc>,
    pub(super) reason: String,
    #[serde(skip)]
    pub(super) diff_hash: Vec<u8>,
    #[serde(skip)]
    pub(super) lines: Vec<u8>,
}

impl Replay {
    /// How far it has come.
    pub fn standing(&self) -> Standing {
        self.steps
            .last()
            .map_or(Standing::Planned, |step| Standing::of(&step.step))
    }

    /// What its run came to; none before it ran.
    pub(super) fn ran(&self) -> Option<&Step> {
        self.steps
            .iter()
            .rev()
            .find(|step| step.step == Standing::Ran.name())
    }

    /// The last step of its shadow that is compared with the register: of a slice any, as its control stands still.
    ///
    /// # Errors
    /// Fatal when what its run came to can't be read.
    pub(super) fn last_step(&self) -> Result<i64, Fault> {
        if matches!(self.plan.scope, Scope::Slice(_)) {
            return Ok(i64::MAX);
        }
        let ran: Option<Ran> = self
            .ran()
            .and_then(|step| serde_json::from_str(&step.result).ok());
        let ran =
            ran.ok_or_else(|| Fault::fatal("what its run came to is of another version of intakectl"))?;
        Ok(ran.sequence)
    }

    /// Refuses it unless it stands where a command can go on from.
    ///
    /// # Errors
    /// Data; says what comes first.
    pub(super) fn stands(&self, at: &[Standing], so_that: &str) -> Result<(), Fault> {
        let standing = self.standing();
        if at.contains(&standing) {
            return Ok(());
        }
        let wanted: Vec<&str> = at.iter().map(|standing| standing.name()).collect();
        Err(Fault::data(format!(
            "replay {} stands at {}; it must stand at {} {so_that}",
            self.plan.replay_id,
            standing.name(),
            wanted.join(" or ")
        )))
    }
}

const KEEP: &str = "
    INSERT INTO replay (replay_id, plan, plan_hash) VALUES ($1, $2, $3) ON CONFLICT (replay_id) DO NOTHING";

/// Keeps a plan.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn keep(conn: &mut PgConnection, plan: &Plan) -> Result<(), Fault> {
    let (text, hash) = plan.text();
    let kept = sqlx::query(KEEP)
        .bind(plan.replay_id)
        .bind(text)
        .bind(hash.0.as_slice())
        .execute(conn)
        .await;
    kept.map_err(|fault| not_allowed(fault.into()))?;
    Ok(())
}

/// What a login that may not do it needs.
pub(super) fn not_allowed(fault: DatabaseFault) -> Fault {
    if fault.state() == Some("42501") {
        return Fault::fatal(
            "this login may not run replays: it needs the role engineer (`intakectl register roles`)",
        );
    }
    fault.into()
}

#[derive(FromRow)]
struct Row {
    plan: String,
    plan_hash: Vec<u8>,
    planned_by: String,
    planned_at: DateTime<Utc>,
}

const FIND: &str = "SELECT plan, plan_hash, planned_by, planned_at FROM replay WHERE replay_id = $1";
const STEPS: &str = "
    SELECT step, done_by, done_at, result FROM replay_step WHERE replay_id = $1 ORDER BY number";
const APPROVAL: &str = "
    SELECT approved_by, approved_at, reason, diff_hash, lines FROM replay_approval WHERE replay_id = $1";
const ALL: &str = "SELECT replay_id FROM replay ORDER BY planned_at, replay_id";

/// Finds the replay that was named, of the place that the settings lead to.
///
/// # Errors
/// Data when there is none, or when the file's plan isn't the one that is kept.
pub async fn find(settings: &Settings, conn: &mut PgConnection, named: &Named) -> Result<Replay, Fault> {
    let (id, hash) = match named.name.parse::<Uuid>() {
        Ok(id) => (id, None),
        Err(_) => {
            let plan = plan::read(Path::new(&named.name))?;
            (plan.replay_id, Some(plan.text().1))
        }
    };
    let replay = by_id(conn, id).await?.ok_or_else(|| {
        Fault::data(format!(
            "the register knows no replay {id}: see `intakectl replay status`, or make a plan with `intakectl replay plan`"
        ))
    })?;
    if hash.is_some_and(|hash| hash != replay.hash) {
        return Err(Fault::data(format!(
            "{} is not the plan that the register keeps of replay {id}",
            named.name
        )));
    }
    replay.plan.is_of(settings)?;
    Ok(replay)
}

/// All replays, the oldest first.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when a plan is another version's.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<Replay>, Fault> {
    let ids: Vec<Uuid> = sqlx::query_scalar(ALL)
        .fetch_all(&mut *conn)
        .await
        .map_err(|fault| not_allowed(fault.into()))?;
    let mut found = Vec::new();
    for id in ids {
        found.extend(by_id(conn, id).await?);
    }
    Ok(found)
}

async fn by_id(conn: &mut PgConnection, id: Uuid) -> Result<Option<Replay>, Fault> {
    let row: Option<Row> = sqlx::query_as(FIND)
        .bind(id)
        .fetch_optional(&mut *conn)
        .await
        .map_err(|fault| not_allowed(fault.into()))?;
    let Some(row) = row else { return Ok(None) };
    let plan: Plan = serde_json::from_str(&row.plan).map_err(|_| {
        Fault::fatal(format!(
            "the plan of replay {id} is of another version of intakectl"
        ))
    })?;
    let hash = Sha256::of(row.plan.as_bytes());
    if hash.0.as_slice() != row.plan_hash {
        return Err(Fault::fatal(format!(
            "the plan of replay {id} was changed in the register: its hash doesn't fit; make another one"
        )));
    }
    let steps = sqlx::query_as(STEPS).bind(id).fetch_all(&mut *conn).await;
    let approval = sqlx::query_as(APPROVAL).bind(id).fetch_optional(&mut *conn).await;
    Ok(Some(Replay {
        plan,
        hash,
        planned_by: row.planned_by,
        planned_at: row.planned_at,
        steps: steps.map_err(DatabaseFault::from)?,
        approval: approval.map_err(DatabaseFault::from)?,
    }))
}

/// Whether the shadow still has what its run has loaded: a crash of the database empties a rebuild's.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn is_full(conn: &mut PgConnection, replay: &Replay) -> Result<bool, DatabaseFault> {
    let query = format!(
        "SELECT COALESCE(max(next_offset), -1) FROM {}.sink_position WHERE topic = $1",
        replay.plan.schema()
    );
    let next: i64 = sqlx::query_scalar(&query).bind(MATCH_LOG).fetch_one(conn).await?;
    Ok(next >= replay.plan.log.to)
}

const STEP: &str = "INSERT INTO replay_step (replay_id, step, result) VALUES ($1, $2, $3)";

/// Notes what was done, and in the audit with the plan's hash.
///
/// # Errors
/// Fatal when this login may not; transient when the database doesn't answer.
pub async fn note(
    conn: &mut PgConnection,
    replay: &Replay,
    step: Standing,
    result: &impl Serialize,
) -> Result<(), Fault> {
    let result = serde_json::to_string(result).map_err(|e| Fault::fatal(e.to_string()))?;
    sqlx::query(STEP)
        .bind(replay.plan.replay_id)
        .bind(step.name())
        .bind(&result)
        .execute(&mut *conn)
        .await
        .map_err(|fault| not_allowed(fault.into()))?;
    audit(conn, replay, &format!("replay.{}", step.name()), &result).await
}

/// Writes into the audit what is done with a replay.
///
/// # Errors
/// As [`crate::audit::record`].
pub async fn audit(
    conn: &mut PgConnection,
    replay: &Replay,
    action: &str,
    result: &str,
) -> Result<(), Fault> {
    let about = [replay.plan.replay_id.to_string(), format!("plan:{}", replay.hash)];
    crate::audit::record(conn, action, &about, &replay.plan.reason, result).await
}

const WORKING_ROLE: &str = "
    SELECT named.rolname::text
      FROM pg_class table_of, aclexplode(table_of.relacl) AS acl JOIN pg_roles named ON named.oid = acl.grantee
     WHERE table_of.oid = 'replay'::regclass AND acl.privilege_type = 'SELECT' AND acl.grantee <> table_of.relowner
       AND pg_has_role(session_user, acl.grantee, 'MEMBER')
       AND has_database_privilege(acl.grantee, current_database(), 'CREATE')
     LIMIT 1";

/// The register, worked on as the group that replays are of: what one of them makes, another one may promote and remove.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn workshop(settings: &Settings, conn: &mut PgConnection) -> Result<Register, Fault> {
    let role: Option<String> = sqlx::query_scalar(WORKING_ROLE)
        .fetch_optional(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let register = settings.register()?;
    Ok(match role {
        Some(role) => register.acting_as(&role),
        None => register,
    })
}
