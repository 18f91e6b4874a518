//! Which held events a command is about.

use super::row::{HELD, Held};
use crate::Settings;
use clap::Args;
use runtime::Fault;
use schemas::NodeId;
use sink::DatabaseFault;
use sqlx::PgConnection;
use uuid::Uuid;

/// Which; without any of these all that wait.
#[derive(Debug, Default, Args)]
pub struct Which {
    /// Only those held by this reason code
    #[arg(long, value_name = "CODE")]
    pub(super) reason_code: Option<String>,
    /// Only those of this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Only those of this node
    #[arg(long, value_name = "NODE_ID")]
    node: Option<NodeId>,
    /// Only those that have waited for more than so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(0..=36_500))]
    older_than: Option<i32>,
    /// How many at most, the oldest first
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    pub(super) limit: i64,
    #[arg(skip)]
    application: Option<Uuid>,
}

impl Which {
    /// What waits of one application.
    pub(super) fn of(application: Uuid) -> Self {
        Self {
            application: Some(application),
            limit: 1_000,
            ..Self::default()
        }
    }

    /// Reads them, the oldest first.
    ///
    /// # Errors
    /// Data when no such province is configured; transient when the database doesn't answer.
    pub(super) async fn read(
        &self,
        settings: &Settings,
        conn: &mut PgConnection,
    ) -> Result<Vec<Held>, Fault> {
        if let Some(slug) = &self.province {
            settings.province(slug)?;
        }
        let held = sqlx::query_as(HELD)
            .bind(&self.reason_code)
            .bind(&self.province)
            .bind(self.node.as_ref().map(NodeId::as_str))
            .bind(self.application)
            .bind(self.older_than)
            .bind(self.limit)
            .fetch_all(conn)
            .await;
        Ok(held.map_err(DatabaseFault::from)?)
    }
}
