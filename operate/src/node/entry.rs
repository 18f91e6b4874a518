//! A decision about a node, and its way into the register.

use crate::entry::{self, Progress};
use crate::{Ended, Report, Settings};
use runtime::Fault;
use schemas::NodeId;
use schemas::match_log::LogBody;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

/// What became of a decision about a node.
#[derive(Debug, Serialize)]
pub struct Decided {
    pub(super) node_id: NodeId,
    #[serde(flatten)]
    pub(super) progress: Progress,
    /// Why nothing was done, when a safety check says so.
    pub(super) refused: Option<String>,
    /// What is, or would be, decided, in words.
    pub(super) decision: String,
    /// Who decided: the database's session user.
    pub(super) by: String,
}

impl Report for Decided {
    fn table(&self) -> String {
        let Self {
            node_id,
            decision,
            by,
            ..
        } = self;
        match (&self.refused, self.progress.told()) {
            (Some(why), _) => format!("{node_id}: refused: {why}"),
            (None, None) if self.progress.in_register => {
                format!("{node_id}: {decision}: the register has it like that already")
            }
            (None, None) => {
                format!("{node_id}: {decision} (by {by})\ndry run: nothing was done; do it with --execute")
            }
            (None, Some(told)) => format!("{node_id}: {decision} (by {by})\n{told}"),
        }
    }

    fn ended(&self) -> Ended {
        if self.refused.is_some() {
            Ended::Refused
        } else {
            Ended::Fine
        }
    }
}

/// A node as the register shows it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Registered {
    pub(super) sequence: i64,
    pub(super) province: Option<String>,
    pub(super) public_key: Option<Vec<u8>>,
    pub(super) retired: bool,
}

const REGISTERED: &str = "SELECT sequence, province, public_key, retired FROM node WHERE node_id = $1";

pub(super) async fn registered(
    conn: &mut PgConnection,
    node: &NodeId,
) -> Result<Option<Registered>, DatabaseFault> {
    let query = sqlx::query_as(REGISTERED).bind(node.as_str());
    Ok(query.fetch_optional(conn).await?)
}

/// Appends an entry to the match log and waits until the register shows a later state of the node than
/// `before`.
///
/// # Errors
/// As [`entry::decide`].
pub(super) async fn decide(
    settings: &Settings,
    options: &entry::Execution,
    conn: &mut PgConnection,
    node: &NodeId,
    body: LogBody,
    before: Option<&Registered>,
) -> Result<Progress, Fault> {
    let known = before.map_or(0, |state| state.sequence);
    let ask = async || {
        let now = registered(&mut *conn, node).await?;
        Ok(now.filter(|state| state.sequence > known))
    };
    let (progress, _) = entry::decide(settings, options, node.as_str(), body, ask).await?;
    Ok(progress)
}
