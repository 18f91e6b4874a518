//! `intakectl review approve`: a second person's approval of a proposed decision.

use super::decision::Decided;
use super::proposals::{self, Proposal};
use crate::Settings;
use crate::entry::{self, Execution, Progress};
use clap::Args;
use runtime::Fault;
use sink::DatabaseFault;
use sqlx::PgConnection;
use uuid::Uuid;

/// Options of `review approve`.
#[derive(Debug, Args)]
pub struct Options {
    /// The proposal: see `intakectl review proposals`
    #[arg(value_name = "PROPOSAL")]
    proposal_id: Uuid,
    #[command(flatten)]
    how: Execution,
}

const APPROVE: &str = "
    INSERT INTO review_proposal_approval (proposal_id, proposed_by, step) VALUES ($1, $2, $3)
    ON CONFLICT (proposal_id) DO NOTHING";

/// Approves a proposal, or says what that would do.
///
/// # Errors
/// Data when there is no such proposal; transient when Kafka or the database doesn't answer, or when the register
/// doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let id = options.proposal_id;
    let unknown = || {
        Fault::data(format!(
            "there is no proposal {id}: see `intakectl review proposals`"
        ))
    };
    let mut proposal = proposals::proposal(&mut conn, id).await?.ok_or_else(unknown)?;
    let me = entry::session_user(&mut conn).await?;
    let decided = decided(&proposal, &me);
    if proposal.approved_by.is_none() && proposal.proposed_by == me {
        return Ok(decided.refuse("you proposed it yourself: somebody else must approve it"));
    }
    if !options.how.execute {
        return Ok(decided);
    }
    if proposal.approved_by.is_none() {
        approve(&mut conn, &proposal).await?;
        proposal = proposals::proposal(&mut conn, id).await?.ok_or_else(unknown)?;
    }
    // The entry's id is the proposal's, so match carries it out once, however often it is handed on.
    let step = proposal.step.unwrap_or(0);
    let by = proposal.approved_by.clone().unwrap_or(me);
    let decided = self::decided(&proposal, &by);
    decided
        .carry_out(settings, &options.how, &mut conn, id, step)
        .await
}

async fn approve(conn: &mut PgConnection, proposal: &Proposal) -> Result<(), DatabaseFault> {
    let step = entry::step(&mut *conn).await?;
    sqlx::query(APPROVE)
        .bind(proposal.proposal_id)
        .bind(&proposal.proposed_by)
        .bind(step)
        .execute(conn)
        .await?;
    Ok(())
}

fn decided(proposal: &Proposal, approved_by: &str) -> Decided {
    Decided {
        progress: Progress::default(),
        refused: None,
        proposal: None,
        decision: proposal.decision(),
        pairs: proposal.pairs(),
        based_on: proposal.based_on(),
        reason: proposal.reason.clone(),
        by: format!("{}, approved by {approved_by}", proposal.proposed_by),
        already: false,
    }
}
