//! How far the register has come.

use crate::Settings;
use runtime::Fault;
use sink::DatabaseFault;
use sqlx::FromRow;

/// How far the register has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Reach {
    /// Highest step of match that is loaded; 0 for none. Steps before it may still be on their way.
    pub step: i64,
    /// Distinct events that ended here: loaded, rejected or held.
    pub events: i64,
}

const REACH: &str = "
    SELECT (SELECT COALESCE(max(sequence), 0) FROM intake_event) AS step,
           (SELECT COALESCE(sum(loaded + rejected + held), 0)::bigint FROM node_ledger) AS events";

/// How far the register has come. Cheap: it reads an index and the ledgers.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn reach(settings: &Settings) -> Result<Reach, Fault> {
    let mut conn = settings.open_register().await?;
    let reach = sqlx::query_as(REACH).fetch_one(&mut conn).await;
    Ok(reach.map_err(DatabaseFault::from)?)
}
