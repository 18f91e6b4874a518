//! Entries of operate in the match log, and their way into the register.

use crate::{Settings, tell};
use clap::Args;
use runtime::Fault;
use runtime::kafka::Cluster;
use schemas::codec::Event;
use schemas::match_log::{LogBody, MatchLogEntry};
use schemas::topics::MATCH_LOG;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use uuid::Uuid;

/// How long the broker may take to acknowledge.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);

/// How a command that makes an entry is to do it.
#[derive(Debug, Args)]
pub struct Execution {
    /// Do it; without it, only say what would be done
    #[arg(long)]
    pub(crate) execute: bool,
    /// How long to wait until the register shows it
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub(crate) wait: u64,
}

/// How far an entry has come, as every report of a decision tells it.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Progress {
    pub(crate) executed: bool,
    /// Its offset in the match log.
    pub(crate) logged_at_offset: Option<i64>,
    /// The register shows it.
    pub(crate) in_register: bool,
}

impl Progress {
    /// The same in words; none when nothing was done.
    pub(crate) fn told(&self) -> Option<String> {
        let shown = if self.in_register {
            "the register shows it"
        } else {
            "the register doesn't show it yet: see `intakectl lag --group match` and `--group sink`"
        };
        let offset = self.logged_at_offset?;
        Some(format!("entry {offset} of the match log; {shown}"))
    }
}

/// Appends an entry to the match log and asks again and again what became of it, for `execution.wait` at most: nobody
/// asks when that is 0. `about` names in an error what was decided about.
///
/// # Errors
/// Transient when the broker doesn't acknowledge, or when the register doesn't show it in time.
pub(crate) async fn decide<T>(
    settings: &Settings,
    execution: &Execution,
    about: &str,
    body: LogBody,
    mut ask: impl AsyncFnMut() -> Result<Option<T>, DatabaseFault>,
) -> Result<(Progress, Option<T>), Fault> {
    let cluster = settings.cluster()?;
    let bytes = MatchLogEntry { body }
        .encode()
        .map_err(|e| Fault::fatal(e.to_string()))?;
    let offset = block_in_place(|| append(&cluster, MATCH_LOG, about.as_bytes(), &bytes))?;
    let mut progress = Progress {
        executed: true,
        logged_at_offset: Some(offset),
        in_register: false,
    };
    if execution.wait == 0 {
        return Ok((progress, None));
    }
    tell("the entry is in the match log; waiting for the register");
    let wait = Duration::from_secs(execution.wait);
    let deadline = Instant::now() + wait;
    loop {
        if let Some(became) = ask().await? {
            progress.in_register = true;
            return Ok((progress, Some(became)));
        }
        if Instant::now() >= deadline {
            return Err(Fault::transient(format!(
                "{about}: entry {offset} of the match log says so, but the register doesn't show it after {wait:?}: \
                 it will when match and the sink come to it, see `intakectl lag`; don't repeat it"
            )));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Appends one record and returns its offset once the broker has it.
pub(crate) fn append(cluster: &Cluster, topic: &str, key: &[u8], value: &[u8]) -> Result<i64, Fault> {
    let offsets = append_all(cluster, topic, &[(key, value)], u32::MAX)?;
    offsets.first().copied().flatten().ok_or_else(|| {
        Fault::transient(format!(
            "the broker did not acknowledge a record for {topic} in {ACKNOWLEDGE:?}: it may or may not be there; \
             look before you repeat it"
        ))
    })
}

/// Appends records, key and value, in order, `rate` a second at most; each one's offset, none where the broker did not
/// acknowledge it in time.
pub(crate) fn append_all<B: AsRef<[u8]>>(
    cluster: &Cluster,
    topic: &str,
    records: &[(B, B)],
    rate: u32,
) -> Result<Vec<Option<i64>>, Fault> {
    let producer = cluster.producer()?;
    let mut offsets = vec![None; records.len()];
    let mut take = |patience: Duration| {
        for delivery in producer.poll(patience) {
            let refused = |fault: runtime::kafka::DeliveryFault| {
                Fault::fatal(format!("the broker refuses a record for {topic}: {}", fault.code))
            };
            offsets[delivery.token as usize] = Some(delivery.result.map_err(refused)?.1);
        }
        Ok::<(), Fault>(())
    };
    let started = Instant::now();
    for (n, (key, value)) in records.iter().enumerate() {
        let due = started + Duration::from_secs(1).mul_f64(n as f64 / f64::from(rate));
        while let Some(early) = due
            .checked_duration_since(Instant::now())
            .filter(|d| !d.is_zero())
        {
            take(early)?;
        }
        producer.send(topic, key.as_ref(), value.as_ref(), n as u64)?;
    }
    let deadline = Instant::now() + ACKNOWLEDGE;
    while producer.in_flight() > 0 && Instant::now() < deadline {
        take(Duration::from_millis(50))?;
    }
    take(Duration::ZERO)?;
    Ok(offsets)
}

const SESSION_USER: &str = "SELECT session_user::text";

/// Who we are: a role of its own for each person.
pub(crate) async fn session_user(conn: &mut PgConnection) -> Result<String, DatabaseFault> {
    Ok(sqlx::query_scalar(SESSION_USER).fetch_one(conn).await?)
}

const STEP: &str = "SELECT COALESCE(max(sequence), 0) FROM sink_position";

/// The highest step of match that is loaded.
pub(crate) async fn step(conn: &mut PgConnection) -> Result<i64, DatabaseFault> {
    Ok(sqlx::query_scalar(STEP).fetch_one(conn).await?)
}

const SETTLED: &str = "
    SELECT sequence, CASE WHEN outcome = 'rejected' THEN COALESCE(findings -> 0 ->> 'code', '') END
      FROM intake_event
     WHERE sequence > $1 AND event_id = $2";

/// The step behind `step` that settled an entry, and the reason code when match refused it.
pub(crate) async fn settled(
    conn: &mut PgConnection,
    step: i64,
    entry: Uuid,
) -> Result<Option<(i64, Option<String>)>, DatabaseFault> {
    let query = sqlx::query_as(SETTLED).bind(step).bind(entry);
    Ok(query.fetch_optional(conn).await?)
}
