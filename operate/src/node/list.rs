//! `intakectl node list`.

use crate::lag::age;
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::{Fault, clock};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::FromRow;

/// Options of `node list`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
}

/// The nodes.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Nodes(Vec<NodeRow>);

#[derive(Debug, FromRow, Serialize)]
struct NodeRow {
    node_id: String,
    province: Option<String>,
    /// `active`, `retired`, or `unregistered`: heard of, but never added.
    state: String,
    has_public_key: bool,
    decided_by: Option<String>,
    reason: Option<String>,
    epoch: Option<uuid::Uuid>,
    captured: Option<i64>,
    published: Option<i64>,
    pending: Option<i64>,
    /// The highest sequence of the manifest's epoch that was received.
    last_sequence: Option<i64>,
    /// Sequences below it that were not.
    gap: Option<i64>,
    /// Seconds since the last manifest.
    silent_seconds: Option<f64>,
    spool_bytes: Option<i64>,
    clock_offset_ms: Option<i64>,
    software: Option<String>,
    last_manifest_at: Option<DateTime<Utc>>,
    received: i64,
    last_event_at: Option<DateTime<Utc>>,
}

const NODES: &str = "
    WITH ledger AS (
        SELECT node_id, max(province) AS province, max(last_appended_at) AS last_event_at,
               sum(loaded + rejected + held)::bigint AS received
          FROM node_ledger
         GROUP BY node_id),
    manifest AS (
        SELECT DISTINCT ON (node_id) * FROM node_manifest ORDER BY node_id, appended_at DESC),
    known AS (
        SELECT node_id FROM node UNION SELECT node_id FROM ledger UNION SELECT node_id FROM manifest)
    SELECT known.node_id,
           COALESCE(node.province, manifest.province, ledger.province) AS province,
           CASE WHEN node.node_id IS NULL THEN 'unregistered' WHEN node.retired THEN 'retired' ELSE 'active' END AS state,
           node.public_key IS NOT NULL AS has_public_key, node.decided_by, node.reason,
           manifest.epoch, manifest.captured, manifest.published, manifest.captured - manifest.published AS pending,
           upper(current.received) - 1 AS last_sequence,
           upper(current.received) - 1 - (SELECT sum(upper(part) - lower(part)) FROM unnest(current.received) part)::bigint
               AS gap,
           extract(epoch FROM clock_timestamp() - manifest.appended_at)::float8 AS silent_seconds,
           manifest.spool_bytes, manifest.clock_offset_ms, manifest.software,
           manifest.appended_at AS last_manifest_at,
           COALESCE(ledger.received, 0) AS received,
           CASE WHEN isfinite(ledger.last_event_at) THEN ledger.last_event_at END AS last_event_at
      FROM known
      LEFT JOIN node USING (node_id)
      LEFT JOIN manifest USING (node_id)
      LEFT JOIN ledger USING (node_id)
      LEFT JOIN node_ledger current ON current.node_id = known.node_id AND current.epoch = manifest.epoch
     WHERE $1::text IS NULL OR COALESCE(node.province, manifest.province, ledger.province) = $1
     ORDER BY 2, 1";

/// Lists the nodes.
///
/// # Errors
/// Transient when the database doesn't answer; data when no such province is configured.
pub async fn run(settings: &Settings, options: &Options) -> Result<Nodes, Fault> {
    if let Some(slug) = &options.province {
        settings.province(slug)?;
    }
    let mut conn = settings.open_register().await?;
    let query = sqlx::query_as(NODES).bind(&options.province);
    Ok(Nodes(
        query.fetch_all(&mut conn).await.map_err(DatabaseFault::from)?,
    ))
}

impl Report for Nodes {
    fn table(&self) -> String {
        let mut table = Table::new(&[
            "PROVINCE",
            "NODE",
            "STATE",
            "KEY",
            "CAPTURED",
            "PENDING",
            "RECEIVED",
            "LAST SEQUENCE",
            "GAP",
            "CLOCK",
            "LAST HEARD",
            "LAST EVENT",
            "SOFTWARE",
        ])
        .dispensable(&[
            "SOFTWARE",
            "KEY",
            "LAST EVENT",
            "CLOCK",
            "CAPTURED",
            "RECEIVED",
            "LAST SEQUENCE",
            "GAP",
        ]);
        let now = clock::now();
        let ago = |at: Option<DateTime<Utc>>| match at {
            None => "never".to_owned(),
            Some(at) => format!(
                "{} ago",
                age((now.0 - at.timestamp_millis()).max(0) as f64 / 1000.0)
            ),
        };
        for node in &self.0 {
            let tone = if node.state == "active" {
                Tone::Plain
            } else {
                Tone::Notice
            };
            table.row([
                Cell::text(node.province.as_deref().unwrap_or("-")),
                Cell::text(&node.node_id),
                Cell::text(&node.state).toned(tone),
                Cell::text(if node.has_public_key { "yes" } else { "no" }),
                Cell::optional_number(node.captured),
                Cell::optional_number(node.pending),
                Cell::number(node.received),
                Cell::optional_number(node.last_sequence),
                node.gap
                    .map_or_else(|| Cell::optional_number(None), Cell::bad_number),
                Cell::text(
                    node.clock_offset_ms
                        .map_or_else(|| "-".to_owned(), |ms| age(ms as f64 / 1000.0)),
                ),
                Cell::text(ago(node.last_manifest_at)),
                Cell::text(ago(node.last_event_at)),
                Cell::text(node.software.as_deref().unwrap_or("-")),
            ]);
        }
        format!("{}\n{} nodes", table.render(), self.0.len())
    }
}
