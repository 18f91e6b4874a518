//! `intakectl review proposals`: decisions that wait for a second person.

use super::decision::Decided;
use super::pending::name;
use crate::table::{Cell, Table, grouped};
use crate::{Report, Settings};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use runtime::Fault;
use schemas::match_log::{ApplicationPair, Decision, ResidentSeen};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Options of `review proposals`.
#[derive(Debug, Args)]
pub struct Options {
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

/// Proposals that nobody has approved.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Proposals {
    proposals: Vec<Proposal>,
    /// How many wait altogether.
    #[serde(skip)]
    waiting: i64,
}

/// A decision that somebody proposed.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct Proposal {
    pub(super) proposal_id: Uuid,
    decision: String,
    left_ids: Vec<Uuid>,
    right_ids: Vec<Uuid>,
    resident_ids: Vec<Uuid>,
    sequences: Vec<i64>,
    pub(super) reason: String,
    pub(super) proposed_by: String,
    proposed_at: DateTime<Utc>,
    pub(super) approved_by: Option<String>,
    /// The highest step that was loaded when it was approved.
    #[serde(skip)]
    pub(super) step: Option<i64>,
}

impl Proposal {
    pub(super) fn decision(&self) -> Decision {
        if self.decision == name(Decision::Same) {
            Decision::Same
        } else {
            Decision::Different
        }
    }

    pub(super) fn pairs(&self) -> Vec<ApplicationPair> {
        let pairs = self.left_ids.iter().zip(&self.right_ids);
        pairs
            .map(|(&left, &right)| ApplicationPair { left, right })
            .collect()
    }

    pub(super) fn based_on(&self) -> Vec<ResidentSeen> {
        let seen = self.resident_ids.iter().zip(&self.sequences);
        seen.map(|(&resident_id, &sequence)| ResidentSeen {
            resident_id,
            sequence,
        })
        .collect()
    }
}

macro_rules! proposals {
    ($which:literal) => {
        concat!(
            "
    SELECT p.proposal_id, p.decision::text AS decision, p.left_ids, p.right_ids, p.resident_ids, p.sequences, p.reason,
           p.proposed_by, p.proposed_at, a.approved_by, a.step
      FROM review_proposal p
      LEFT JOIN review_proposal_approval a USING (proposal_id)
     WHERE ",
            $which
        )
    };
}

const PROPOSAL: &str = proposals!("p.proposal_id = $1");
const OLDEST: &str = proposals!("a.proposal_id IS NULL ORDER BY p.proposed_at, p.proposal_id LIMIT $1");
const WAITING: &str = "
    SELECT count(*) FROM review_proposal p
     WHERE NOT EXISTS (SELECT FROM review_proposal_approval a WHERE a.proposal_id = p.proposal_id)";

pub(super) async fn proposal(conn: &mut PgConnection, id: Uuid) -> Result<Option<Proposal>, DatabaseFault> {
    Ok(sqlx::query_as(PROPOSAL).bind(id).fetch_optional(conn).await?)
}

const PROPOSE: &str = "
    INSERT INTO review_proposal (proposal_id, decision, left_ids, right_ids, resident_ids, sequences, reason)
    VALUES ($1, $2::review_status, $3, $4, $5, $6, $7)";

/// Keeps a decision for a second person.
pub(super) async fn propose(
    conn: &mut PgConnection,
    id: Uuid,
    decided: &Decided,
) -> Result<(), DatabaseFault> {
    let (left, right): (Vec<Uuid>, Vec<Uuid>) =
        decided.pairs.iter().map(|pair| (pair.left, pair.right)).unzip();
    let (residents, sequences): (Vec<Uuid>, Vec<i64>) = decided
        .based_on
        .iter()
        .map(|seen| (seen.resident_id, seen.sequence))
        .unzip();
    sqlx::query(PROPOSE)
        .bind(id)
        .bind(name(decided.decision))
        .bind(left)
        .bind(right)
        .bind(residents)
        .bind(sequences)
        .bind(&decided.reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lists what waits.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Proposals, Fault> {
    let mut conn = settings.open_register().await?;
    let proposals = sqlx::query_as(OLDEST).bind(options.limit);
    Ok(Proposals {
        proposals: proposals
            .fetch_all(&mut conn)
            .await
            .map_err(DatabaseFault::from)?,
        waiting: sqlx::query_scalar(WAITING)
            .fetch_one(&mut conn)
            .await
            .map_err(DatabaseFault::from)?,
    })
}

impl Report for Proposals {
    fn table(&self) -> String {
        let mut table = Table::new(&["PROPOSAL", "DECISION", "LEFT", "RIGHT", "BY", "AT", "WHY"]);
        let Some(first) = self.proposals.first() else {
            return "no decision waits for a second person".to_owned();
        };
        for proposal in &self.proposals {
            for (n, pair) in proposal.pairs().into_iter().enumerate() {
                let once = |text: String| Cell::text(if n == 0 { text } else { String::new() });
                table.row([
                    once(proposal.proposal_id.to_string()),
                    once(proposal.decision.clone()),
                    Cell::text(pair.left.to_string()),
                    Cell::text(pair.right.to_string()),
                    once(proposal.proposed_by.clone()),
                    once(proposal.proposed_at.to_rfc3339_opts(SecondsFormat::Secs, true)),
                    once(proposal.reason.clone()),
                ]);
            }
        }
        format!(
            "{}\n{} of {} that wait for a second person, the oldest first\nthe first: intakectl review approve {}",
            table.render(),
            self.proposals.len(),
            grouped(self.waiting),
            first.proposal_id
        )
    }
}
