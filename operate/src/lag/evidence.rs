//! What the register says of our programs' sessions and of the nodes.

use crate::{Settings, letters};
use lag::cause::{Database, NodeSeen, Session};
use runtime::Fault;
use sink::DatabaseFault;
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
     WHERE datname = current_database() AND application_name IN ('intake-sink', 'intake-enrich', $1)";

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
    /// What each node that holds events had published, since when, and by which manifest.
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
        let sessions = match self
            .within(async |conn| Ok(sessions(conn).await?), &register)
            .await
        {
            Ok(sessions) => sessions.into_iter().map(Session::from).collect(),
            Err(reason) => return (Database::Unreachable(reason), Vec::new()),
        };
        // A server that tells its sessions answers: a table that can't be read is locked, which they tell.
        let nodes = self.within(async |conn| Ok(nodes(conn).await?), &register).await;
        let nodes = nodes.unwrap_or_default();
        (
            Database::Sessions(sessions),
            nodes.into_iter().map(|node| self.seen(node)).collect(),
        )
    }

    /// The dead letters that nobody decided about; none while the register doesn't answer.
    pub(crate) async fn letters(&mut self) -> Vec<letters::Waiting> {
        let Ok(register) = self.settings.register() else {
            return Vec::new();
        };
        let asked = self
            .within(async |conn| letters::waiting(conn).await, &register)
            .await;
        asked.unwrap_or_default()
    }

    /// What `work` finds within our patience, over the connection that is kept; after a failure over another.
    async fn within<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, DatabaseFault>,
        register: &sink::Register,
    ) -> Result<T, String> {
        let kept = self.conn.take();
        let asked = async {
            let mut conn = match kept {
                Some(conn) => conn,
                None => register.open().await?,
            };
            Ok::<_, DatabaseFault>((work(&mut conn).await?, conn))
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok((found, conn))) => {
                self.conn = Some(conn);
                Ok(found)
            }
            Ok(Err(fault)) => Err(Fault::from(fault).to_string()),
            Err(_) => Err(format!("no answer in {PATIENCE:?}")),
        }
    }

    fn seen(&mut self, node: NodeRow) -> NodeSeen {
        let now = tokio::time::Instant::now();
        let first = self
            .published
            .entry(node.node_id.clone())
            .or_insert((node.published, now, node.counter));
        if node.pending <= 0 || node.published < first.0 {
            *first = (node.published, now, node.counter);
        }
        let pending_seconds = if node.counter > first.2 {
            (now - first.1).as_secs_f64()
        } else {
            0.0
        };
        let published = node.published - first.0;
        NodeSeen {
            node_id: node.node_id,
            province: node.province.unwrap_or_default(),
            silent_seconds: node.silent_seconds,
            pending: node.pending,
            pending_seconds,
            published,
        }
    }
}

async fn sessions(conn: &mut PgConnection) -> sqlx::Result<Vec<SessionRow>> {
    sqlx::query_as(SESSIONS).bind(sink::NO_ROOM).fetch_all(conn).await
}

async fn nodes(conn: &mut PgConnection) -> sqlx::Result<Vec<NodeRow>> {
    sqlx::query_as(NODES).fetch_all(conn).await
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            no_room: row.program == sink::NO_ROOM,
            program: row.program,
            waits_for: row.waits_for,
            seconds: row.seconds,
            transaction_seconds: row.transaction_seconds,
            blocked_by: row.blocked_by,
        }
    }
}
