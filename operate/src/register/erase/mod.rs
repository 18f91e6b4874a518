//! `intakectl register erase`: a resident's personal data, through the match log.

mod report;
mod rows;

pub use report::Erasing;

use crate::node::{append, session_user};
use crate::{Settings, tell};
use clap::Args;
use rows::{Became, Standing};
use runtime::{Fault, clock};
use schemas::codec::Event;
use schemas::match_log::{ApplicationAt, LogBody, MatchLogEntry, ResidentErased};
use schemas::topics::MATCH_LOG;
use sink::DatabaseFault;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
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
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
    /// How long to wait until the register shows it
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
}

/// Erases a resident, or says what that would erase.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer, or when the register doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Erasing, Fault> {
    let mut conn = settings.open_register().await?;
    let (mut erasing, step) = seen(&mut conn, options).await?;
    if !options.execute || erasing.refused.is_some() || erasing.erased_before.is_some() {
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
    let entry = decided.entry_id;
    let bytes = MatchLogEntry {
        body: LogBody::ResidentErased(decided),
    }
    .encode()
    .map_err(|e| Fault::fatal(e.to_string()))?;
    let key = options.resident_id.to_string();
    let cluster = settings.cluster()?;
    let offset = block_in_place(|| append(&cluster, MATCH_LOG, key.as_bytes(), &bytes))?;
    (erasing.executed, erasing.logged_at_offset) = (true, Some(offset));
    if options.wait > 0 {
        tell("the entry is in the match log; waiting for the register");
        let wait = Duration::from_secs(options.wait);
        match follow(&mut conn, step, entry, wait).await? {
            Became::CarriedOut => erasing.in_register = true,
            Became::Refused(code) => erasing.refused = Some(refusal(&code)),
            Became::Unknown => {
                return Err(Fault::transient(format!(
                    "{key}: entry {offset} of the match log says so, but the register doesn't show it after {wait:?}: \
                     it will when match and the sink come to it, see `intakectl lag`; don't repeat it"
                )));
            }
        }
    }
    Ok(erasing)
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
        executed: false,
        refused: refused(standing.as_ref(), applications.len()),
        reason: options.reason.clone(),
        by: session_user(&mut snapshot).await?,
        beside: rows::beside(&mut snapshot, id, &applications).await?,
        erased_before: rows::earlier(&mut snapshot, id).await?,
        applications,
        logged_at_offset: None,
        in_register: false,
    };
    let step = rows::step(&mut snapshot).await?;
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

async fn follow(
    conn: &mut PgConnection,
    step: i64,
    entry: Uuid,
    wait: Duration,
) -> Result<Became, DatabaseFault> {
    let deadline = Instant::now() + wait;
    loop {
        let became = rows::became(&mut *conn, step, entry).await?;
        if became != Became::Unknown || Instant::now() >= deadline {
            return Ok(became);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
