//! `intakectl replay approve`: a second person looks at the differences and lets them happen.

use super::diff;
use super::store::{self, Named, Standing};
use crate::entry::session_user;
use crate::{Ended, Report, Settings};
use clap::Args;
use runtime::Fault;
use schemas::Sha256;
use serde::Serialize;
use uuid::Uuid;

/// Options of `replay approve`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Named,
    /// Why, without personal details [default: the plan's reason]
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: Option<String>,
    /// Approve; without it, only say what would be approved
    #[arg(long)]
    execute: bool,
}

/// An approval, or why there is none.
#[derive(Debug, Serialize)]
pub struct Approved {
    replay_id: Uuid,
    executed: bool,
    refused: Option<String>,
    by: String,
    differences: usize,
    hash: Sha256,
}

const APPROVE: &str = "
    INSERT INTO replay_approval (replay_id, planned_by, diff_hash, lines, reason) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (replay_id) DO NOTHING";

/// Approves the differences as they are now.
///
/// # Errors
/// Data when it hasn't run; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Approved, Fault> {
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    replay.stands(&[Standing::Ran], "to be approved")?;
    let mut working = store::workshop(settings, &mut conn).await?.open().await?;
    let found = diff::differences(&mut working, &replay).await?;
    let by = session_user(&mut conn).await?;
    let refused = if let Some(approval) = &replay.approval {
        Some(format!("{} has approved it already", approval.approved_by))
    } else if replay.planned_by == by {
        Some("you planned it yourself: somebody else must approve it".to_owned())
    } else if found.all.is_empty() {
        Some(format!(
            "nothing differs, so there is nothing to promote: `intakectl replay discard {}` removes the shadow",
            replay.plan.replay_id
        ))
    } else {
        None
    };
    let mut approved = Approved {
        replay_id: replay.plan.replay_id,
        executed: false,
        refused,
        by,
        differences: found.all.len(),
        hash: found.digest(),
    };
    if approved.refused.is_none() && options.execute {
        let kept = sqlx::query(APPROVE)
            .bind(replay.plan.replay_id)
            .bind(&replay.planned_by)
            .bind(approved.hash.0.as_slice())
            .bind(found.all_lines())
            .bind(options.reason.as_ref().unwrap_or(&replay.plan.reason))
            .execute(&mut conn)
            .await;
        kept.map_err(|fault| store::not_allowed(fault.into()))?;
        store::audit(&mut conn, &replay, "replay.approved", &approved.hash.to_string()).await?;
        approved.executed = true;
    }
    Ok(approved)
}

impl Report for Approved {
    fn table(&self) -> String {
        if let Some(why) = &self.refused {
            return format!("refused: {why}");
        }
        let what = format!("{} differences, hash\n{}", self.differences, self.hash);
        match self.executed {
            true => format!(
                "{what}\napproved by {}\nnext: intakectl replay promote {}",
                self.by, self.replay_id
            ),
            false => format!(
                "{what}\nwould be approved by {}\ndry run: nothing was done; do it with --execute",
                self.by
            ),
        }
    }

    fn ended(&self) -> Ended {
        match self.refused {
            Some(_) => Ended::Refused,
            None => Ended::Fine,
        }
    }
}
