//! One entry of operate in the match log, and its way into the register.

use crate::{Ended, Report, Settings, tell};
use runtime::Fault;
use runtime::kafka::Cluster;
use schemas::NodeId;
use schemas::codec::Event;
use schemas::match_log::{LogBody, MatchLogEntry};
use schemas::topics::MATCH_LOG;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long the broker may take to acknowledge.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);

/// What became of a decision about a node.
#[derive(Debug, Serialize)]
pub struct Decided {
    pub(super) node_id: NodeId,
    pub(super) executed: bool,
    /// Why nothing was done, when a safety check says so.
    pub(super) refused: Option<String>,
    /// What is, or would be, decided, in words.
    pub(super) decision: String,
    /// Who decided: the database's session user.
    pub(super) by: String,
    /// Its offset in the match log.
    pub(super) logged_at_offset: Option<i64>,
    /// The register shows it.
    pub(super) in_register: bool,
}

impl Report for Decided {
    fn table(&self) -> String {
        let Self {
            node_id,
            decision,
            by,
            ..
        } = self;
        match (&self.refused, self.logged_at_offset) {
            (Some(why), _) => format!("{node_id}: refused: {why}"),
            (None, None) if self.in_register => {
                format!("{node_id}: {decision}: the register has it like that already")
            }
            (None, None) => {
                format!("{node_id}: {decision} (by {by})\ndry run: nothing was done; do it with --execute")
            }
            (None, Some(offset)) => {
                let shown = if self.in_register {
                    "the register shows it"
                } else {
                    "the register doesn't show it yet: see `intakectl lag --group match` and `--group sink`"
                };
                format!("{node_id}: {decision} (by {by})\nentry {offset} of the match log; {shown}")
            }
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

const SESSION_USER: &str = "SELECT session_user::text";

/// Who we are: a role of its own for each person.
pub(crate) async fn session_user(conn: &mut PgConnection) -> Result<String, DatabaseFault> {
    Ok(sqlx::query_scalar(SESSION_USER).fetch_one(conn).await?)
}

/// Appends an entry to the match log and waits, at most `wait`, until the register shows a later state
/// of the node than `before`. Returns the entry's offset, and whether the register shows it: it was
/// not looked when `wait` is zero.
///
/// # Errors
/// Transient when the broker doesn't acknowledge, or when the register doesn't show it in time.
pub(super) async fn decide(
    settings: &Settings,
    conn: &mut PgConnection,
    node: &NodeId,
    body: LogBody,
    before: Option<&Registered>,
    wait: Duration,
) -> Result<(i64, bool), Fault> {
    let cluster = settings.cluster()?;
    let bytes = MatchLogEntry { body }
        .encode()
        .map_err(|e| Fault::fatal(e.to_string()))?;
    let offset = block_in_place(|| append(&cluster, MATCH_LOG, node.as_str().as_bytes(), &bytes))?;
    if wait.is_zero() {
        return Ok((offset, false));
    }
    tell("the entry is in the match log; waiting for the register");
    let known = before.map_or(0, |state| state.sequence);
    let deadline = Instant::now() + wait;
    loop {
        let now = registered(conn, node).await?;
        if now.is_some_and(|state| state.sequence > known) {
            return Ok((offset, true));
        }
        if Instant::now() >= deadline {
            return Err(Fault::transient(format!(
                "{node}: entry {offset} of the match log says so, but the register doesn't show it after {wait:?}: \
                 it will when match and the sink come to it, see `intakectl lag`; don't repeat it"
            )));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Appends one record and returns its offset once the broker has it.
pub(crate) fn append(cluster: &Cluster, topic: &str, key: &[u8], value: &[u8]) -> Result<i64, Fault> {
    let producer = cluster.producer()?;
    producer.send(topic, key, value, 0)?;
    let deadline = Instant::now() + ACKNOWLEDGE;
    while Instant::now() < deadline {
        if let Some(delivery) = producer.poll(Duration::from_millis(50)).pop() {
            let refused = |fault: runtime::kafka::DeliveryFault| {
                Fault::fatal(format!("the broker refuses a record for {topic}: {}", fault.code))
            };
            return delivery.result.map(|(_, offset)| offset).map_err(refused);
        }
    }
    Err(Fault::transient(format!(
        "the broker did not acknowledge a record for {topic} in {ACKNOWLEDGE:?}: it may or may not be there; \
         look before you repeat it"
    )))
}
