//! What a decision is about, as the register shows it at one moment.

use super::decision::Decided;
use super::proposals;
use crate::Settings;
use crate::entry::{self, Execution, Progress};
use crate::pair::{ResidentRow, residents};
use runtime::{Fault, clock};
use schemas::match_log::{ApplicationPair, Decision, ResidentSeen};
use sink::DatabaseFault;
use sqlx::{Connection, FromRow, PgConnection};
use std::str::FromStr;
use uuid::Uuid;

/// A resident and the step of the state that somebody saw: `RESIDENT@STEP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen(ResidentSeen);

impl FromStr for Seen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write RESIDENT@STEP, as `intakectl review show` prints it".to_owned();
        let (resident, step) = text.split_once('@').ok_or_else(wrong)?;
        Ok(Self(ResidentSeen {
            resident_id: resident.parse().map_err(|_| wrong())?,
            sequence: step.parse().map_err(|_| wrong())?,
        }))
    }
}

/// A decision before it is made.
pub(super) struct Pending {
    decided: Decided,
    /// The highest step that was loaded.
    step: i64,
}

#[derive(FromRow)]
struct Place {
    application_id: Uuid,
    status: String,
    resident_id: Option<Uuid>,
}

const PLACES: &str = "
    SELECT application_id, status::text AS status, resident_id FROM application WHERE application_id = ANY ($1)";
const DECIDED: &str = "
    SELECT count(*) FROM review v
      JOIN UNNEST($1::uuid[], $2::uuid[]) AS pair (one, other)
        ON v.left_id = least(pair.one, pair.other) AND v.right_id = greatest(pair.one, pair.other)
     WHERE v.status::text = $3";
const MEMBERS: &str = "
    SELECT r.members FROM application a JOIN resident r USING (resident_id) WHERE a.application_id = $1";

/// The other applications of an application's resident.
pub(super) async fn others(conn: &mut PgConnection, application: Uuid) -> Result<Vec<Uuid>, DatabaseFault> {
    let members: Option<Vec<Uuid>> = sqlx::query_scalar(MEMBERS)
        .bind(application)
        .fetch_optional(conn)
        .await?;
    let mut members = members.unwrap_or_default();
    members.retain(|member| *member != application);
    Ok(members)
}

impl Pending {
    /// Reads what pairs are about, in one snapshot. `pinned` is what somebody saw; empty: what is there now.
    ///
    /// # Errors
    /// Transient when the database doesn't answer.
    pub(super) async fn read(
        conn: &mut PgConnection,
        decision: Decision,
        pairs: Vec<ApplicationPair>,
        reason: &str,
        pinned: &[Seen],
    ) -> Result<Self, Fault> {
        const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let mut snapshot = conn.begin_with(ONE_SNAPSHOT).await.map_err(DatabaseFault::from)?;
        let (left, right): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().map(|pair| (pair.left, pair.right)).unzip();
        let places: Vec<Place> = sqlx::query_as(PLACES)
            .bind([left.as_slice(), &right].concat())
            .fetch_all(&mut *snapshot)
            .await
            .map_err(DatabaseFault::from)?;
        let of: Vec<Uuid> = places.iter().filter_map(|place| place.resident_id).collect();
        let stand = residents(&mut snapshot, &of).await?;
        let same: i64 = sqlx::query_scalar(DECIDED)
            .bind(&left)
            .bind(&right)
            .bind(name(decision))
            .fetch_one(&mut *snapshot)
            .await
            .map_err(DatabaseFault::from)?;
        let step = entry::step(&mut snapshot).await?;
        let by = entry::session_user(&mut snapshot).await?;
        snapshot.rollback().await.map_err(DatabaseFault::from)?;
        let based_on = if pinned.is_empty() {
            stand.iter().map(seen).collect()
        } else {
            pinned.iter().map(|seen| seen.0).collect()
        };
        let mut decided = Decided {
            progress: Progress::default(),
            refused: None,
            proposal: None,
            decision,
            already: !pairs.is_empty() && same == pairs.len() as i64,
            pairs,
            based_on,
            reason: reason.to_owned(),
            by,
        };
        if let Some(why) = objection(&decided, &places, &stand) {
            decided = decided.refuse(why);
        }
        Ok(Self { decided, step })
    }

    /// Makes the decision, proposes it where a second person must approve, or only says what would be done.
    ///
    /// # Errors
    /// As [`Decided::carry_out`].
    pub(super) async fn make(
        self,
        settings: &Settings,
        execution: &Execution,
        conn: &mut PgConnection,
    ) -> Result<Decided, Fault> {
        let Self { mut decided, step } = self;
        if decided.refused.is_some() || decided.already || !execution.execute {
            return Ok(decided);
        }
        let id = clock::new_event_id();
        if settings.second_person {
            proposals::propose(conn, id, &decided).await?;
            decided.proposal = Some(id);
            return Ok(decided);
        }
        decided.carry_out(settings, execution, conn, id, step).await
    }
}

/// A decision by its name in SQL.
pub(super) const fn name(decision: Decision) -> &'static str {
    match decision {
        Decision::Same => "same",
        Decision::Different => "different",
    }
}

fn seen(resident: &ResidentRow) -> ResidentSeen {
    ResidentSeen {
        resident_id: resident.resident_id,
        sequence: resident.sequence,
    }
}

/// What speaks against a decision by what the register shows; match has the last word.
fn objection(decided: &Decided, places: &[Place], stand: &[ResidentRow]) -> Option<String> {
    let ids = || decided.pairs.iter().flat_map(|pair| [pair.left, pair.right]);
    if decided.pairs.iter().any(|pair| pair.left == pair.right) {
        return Some("that is one application twice".to_owned());
    }
    for id in ids() {
        match places.iter().find(|place| place.application_id == id) {
            None => return Some(format!("no application {id} is in the register")),
            Some(place) if place.status != "loaded" => {
                return Some(format!(
                    "application {id} is {}: it belongs to no resident",
                    place.status
                ));
            }
            Some(_) => {}
        }
    }
    let unseen = |resident: &&ResidentRow| !decided.based_on.contains(&seen(resident));
    stand.iter().find(unseen).map(|resident| {
        format!(
            "resident {} is at step {} now, which is not what you saw. {}",
            resident.resident_id,
            resident.sequence,
            decided.show_again()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_a_resident_and_a_step() {
        let id = Uuid::from_u128(7);
        let seen = ResidentSeen {
            resident_id: id,
            sequence: 12,
        };
        assert_eq!(format!("{id}@12").parse(), Ok(Seen(seen)));
        for wrong in [
            "",
            "7",
            "@12",
            &id.to_string(),
            &format!("{id}@"),
            &format!("{id}@x"),
        ] {
            assert!(wrong.parse::<Seen>().is_err(), "{wrong}");
        }
    }
}
