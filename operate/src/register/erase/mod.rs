//! `intakectl register erase`: a resident's personal data, through the match log.

mod report;
mod rows;

pub use report::Erasing;

use crate::Settings;
use crate::entry::{self, Progress, session_user};
use clap::Args;
use rows::Standing;
use runtime::{Fault, clock};
use schemas::match_log::{ApplicationAt, LogBody, ResidentErased};
use sink::DatabaseFault;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// Options of `register erase`.
#[derive(Debug, Args)]
pub struct Options {
    /// The resident's id: see `intakectl resident show`
    #[arg(value_name = "RESIDENT")]
    resident_id: Uuid,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    how: entry::Execution,
}

/// Erases a resident, or says what that would erase.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer, or when the register doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Erasing, Fault> {
    let mut conn = settings.open_register().await?;
    let (mut erasing, step) = seen(&mut conn, options).await?;
    if !options.how.execute || erasing.refused.is_some() || erasing.erased_before.is_some() {
        return Ok(erasing);
    }
    let decided = ResidentErased {
        entry_id: clock::new_event_id(),
        at: clock::now(),
        by: erasing.by.clone(),
        resident_id: options.resident_id,
        applications: erasing.applications.iter().map(at).collect(),
        reason: options.reason.clone(),
    };
    let (id, entry_id) = (options.resident_id, decided.entry_id);
    let ask = async || became(&mut conn, step, entry_id, id).await;
    let body = LogBody::ResidentErased(decided);
    let (progress, code) = entry::decide(settings, &options.how, &id.to_string(), body, ask).await?;
    erasing.progress = progress;
    erasing.refused = code.flatten().map(|code| refusal(&code));
    Ok(erasing)
}

/// What became of a decision: a reason code when match refused it; the outer none while nothing is shown.
async fn became(
    conn: &mut PgConnection,
    step: i64,
    entry_id: Uuid,
    id: Uuid,
) -> Result<Option<Option<String>>, DatabaseFault> {
    Ok(match entry::settled(&mut *conn, step, entry_id).await? {
        Some((_, Some(code))) => Some(Some(code)),
        Some((_, None)) if rows::is_erased(conn, id).await? => Some(None),
        _ => None,
    })
}

fn at(row: &rows::ApplicationRow) -> ApplicationAt {
    ApplicationAt {
        application_id: row.application_id,
        revision: row.revision,
    }
}

/// What there is to erase, at one moment, and the step of match it stands at.
async fn seen(conn: &mut PgConnection, options: &Options) -> Result<(Erasing, i64), Fault> {
    const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let id = options.resident_id;
    let mut snapshot = conn.begin_with(ONE_SNAPSHOT).await.map_err(DatabaseFault::from)?;
    let standing = rows::standing(&mut snapshot, id).await?;
    let applications = rows::applications(&mut snapshot, id).await?;
    let erasing = Erasing {
        resident_id: id,
        progress: Progress::default(),
        refused: refused(standing.as_ref(), applications.len()),
        reason: options.reason.clone(),
        by: session_user(&mut snapshot).await?,
        beside: rows::beside(&mut snapshot, id, &applications).await?,
        erased_before: rows::earlier(&mut snapshot, id).await?,
        applications,
    };
    let step = entry::step(&mut snapshot).await?;
    snapshot.rollback().await.map_err(DatabaseFault::from)?;
    Ok((erasing, step))
}

/// Why a resident can't be erased.
fn refused(standing: Option<&Standing>, applications: usize) -> Option<String> {
    match standing {
        None => Some("no such resident is in the register".to_owned()),
        Some(Standing {
            redirect_to: Some(to),
            ..
        }) => Some(format!(
            "it was merged away, and resident {to} has taken its place: erase that one, which takes along what this \
             one held of its applications"
        )),
        Some(Standing { status, .. }) if status != "erased" && applications == 0 => {
            Some("no application of it is left".to_owned())
        }
        Some(_) => None,
    }
}

/// What a reason code of match means to whoever decided.
fn refusal(code: &str) -> String {
    let why = match code {
        "erasure.stale" => {
            "the resident changed after you looked: another application joined it, one was corrected, or it was \
             merged or erased; look again, and decide again"
        }
        "erasure.resident-unknown" => "match knows no such resident",
        _ => "match could not carry it out",
    };
    format!("{why} ({code}); nothing was erased")
}
