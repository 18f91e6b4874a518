//! `intakectl replay discard`: removes the shadow.

use super::log;
use super::store::{self, Named, Standing};
use crate::{Ended, Report, Settings};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use uuid::Uuid;

/// Options of `replay discard`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Named,
    /// What was promoted stays promoted, and can't be undone any more
    #[arg(long)]
    without_undo: bool,
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
}

/// What was removed.
#[derive(Debug, Serialize)]
pub struct Discarded {
    replay_id: Uuid,
    executed: bool,
    refused: Option<String>,
    schemas: Vec<String>,
}

/// Removes a replay's schemas and its group.
///
/// # Errors
/// Data when it was removed already; transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Discarded, Fault> {
    use Standing::{Planned, Promoted, Promoting, Ran, Started, Undoing, Undone};
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    let standing = replay.standing();
    replay.stands(
        &[Planned, Started, Ran, Promoting, Promoted, Undoing, Undone],
        "to be discarded",
    )?;
    let refused = match standing {
        Promoting | Undoing => Some(format!(
            "it is {}: run that command again until it is done",
            standing.name()
        )),
        Promoted if !options.without_undo => Some(
            "it was promoted, and can be undone only while its shadow is there: add --without-undo"
                .to_owned(),
        ),
        _ => None,
    };
    let mut discarded = Discarded {
        replay_id: replay.plan.replay_id,
        executed: false,
        refused,
        schemas: vec![replay.plan.schema(), replay.plan.control_schema()],
    };
    if discarded.refused.is_some() || !options.execute {
        return Ok(discarded);
    }
    let register = store::workshop(settings, &mut conn).await?;
    for schema in &discarded.schemas {
        register.drop_shadow(schema).await?;
    }
    log::forget_group(&settings.cluster()?, &replay.plan).await?;
    store::note(&mut conn, &replay, Standing::Discarded, &discarded.schemas).await?;
    discarded.executed = true;
    Ok(discarded)
}

impl Report for Discarded {
    fn table(&self) -> String {
        let what = self.schemas.join(" and ");
        match (&self.refused, self.executed) {
            (Some(why), _) => format!("refused: {why}"),
            (None, true) => format!("{what} are removed"),
            (None, false) => {
                format!("{what} would be removed\ndry run: nothing was done; do it with --execute")
            }
        }
    }

    fn ended(&self) -> Ended {
        match self.refused {
            Some(_) => Ended::Refused,
            None => Ended::Fine,
        }
    }
}
