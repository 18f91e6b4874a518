//! What the register says of our programs' sessions and of the nodes.

use crate::Settings;
use lag::cause::{Database, NodeSeen, Session};
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use std::time::Duration;

/// A server that takes longer to answer is down for everyone.
const PATIENCE: Duration = Duration::from_secs(3);

/// Without `pg_monitor` or the same role, PostgreSQL hides what other sessions wait for: then nothing is
/// concluded from them.
const SESSIONS: &str = "
    SELECT application_name AS program,
           CASE WHEN wait_event_type NOT IN ('Client', 'Activity') THEN wait_event_type || ': ' || wait_event END
               AS waits_for,
           COALESCE(extract(epoch FROM clock_timestamp() - query_start), 0)::float8 AS seconds,
           extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds,
           pg_blocking_pids(pid) AS blocked_by
      FROM pg_stat_activity
     WHERE datname = current_database() AND application_name IN ('intake-sink', 'intake-enrich')";

const NODES: &str = "
    SELECT DISTINCT ON (m.node_id) m.node_id, COALESCE(node.province, m.province) AS province,
           extract(epoch FROM clock_timestamp() - m.appended_at)::float8 AS silent_seconds,
           m.captured - m.published AS pending, m.published, m.counter
      FROM node_manifest m
      LEFT JOIN node USING (node_id)
     WHERE node.retired IS NOT TRUE
     ORDER BY m.node_id, m.appended_at DESC";

#[derive(FromRow)]
struct SessionRow {
    program: String,
    waits_for: Option<String>,
    seconds: f64,
    transaction_seconds: Option<f64>,
    blocked_by: Vec<i32>,
}

#[derive(FromRow)]
struct NodeRow {
    node_id: String,
    province: Option<String>,
    silent_seconds: f64,
    pending: i64,
    published: i64,
    counter: i64,
}

/// Asks the register again and again over one connection.
pub(crate) struct Register<'a> {
    settings: &'a Settings,
    conn: Option<PgConnection>,
    /// What each node had published, since when, and by which manifest.
    published: BTreeMap<String, (i64, tokio::time::Instant, i64)>,
}

impl<'a> Register<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Self {
        Self {
            settings,
            conn: None,
            published: BTreeMap::new(),
        }
    }

    /// What the database and the nodes look like now. Without a database named, nothing.
    pub(crate) async fn ask(&mut self) -> (Database, Vec<NodeSeen>) {
        let Ok(register) = self.settings.register() else {
            return (Database::NotAsked, Vec::new());
        };
        let asked = async {
            if self.conn.is_none() {
                let opened = register.open().await;
                self.conn = Some(opened.map_err(|fault| runtime::Fault::from(fault).to_string())?);
            }
            let Some(conn) = self.conn.as_mut() else {
                return Err("no connection".to_owned());
            };
            let told = |e: sqlx::Error| runtime::Fault::from(sink::DatabaseFault::from(e)).to_string();
            let sessions: Vec<SessionRow> = sqlx::query_as(SESSIONS)
                .fetch_all(&mut *conn)
                .await
                .map_err(told)?;
            let nodes: Vec<NodeRow> = sqlx::query_as(NODES).fetch_all(&mut *conn).await.map_err(told)?;
            Ok((sessions, nodes))
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok((sessions, nodes))) => (
                Database::Sessions(sessions.into_iter().map(Session::from).collect()),
                nodes.into_iter().map(|node| self.seen(node)).collect(),
            ),
            Ok(Err(reason)) => {
                self.conn = None;
                (Database::Unreachable(reason), Vec::new())
            }
            Err(_) => {
                self.conn = None;
                (
                    Database::Unreachable(format!("no answer in {PATIENCE:?}")),
                    Vec::new(),
                )
            }
        }
    }

    fn seen(&mut self, node: NodeRow) -> NodeSeen {
        let now = tokio::time::Instant::now();
        let first = self
            .published
            .entry(node.node_id.clone())
            .or_insert((node.published, now, node.counter));
        if first.0 != node.published || node.pending <= 0 {
            *first = (node.published, now, node.counter);
        }
        let held_back_seconds = if node.counter > first.2 {
            (now - first.1).as_secs_f64()
        } else {
            0.0
        };
        NodeSeen {
            node_id: node.node_id,
            province: node.province.unwrap_or_default(),
            silent_seconds: node.silent_seconds,
            pending: node.pending,
            held_back_seconds,
        }
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            program: row.program,
            waits_for: row.waits_for,
            seconds: row.seconds,
            transaction_seconds: row.transaction_seconds,
            blocked_by: row.blocked_by,
        }
    }
}
