//! Which dead letters a command is about.

use super::letter::{LETTERS, Letter};
use crate::Settings;
use clap::{Args, ValueEnum};
use runtime::Fault;
use schemas::{NodeId, topics};
use sink::DatabaseFault;
use sqlx::PgConnection;

/// Which dead letters; without any of these all that nobody decided about yet.
#[derive(Debug, Default, Args)]
pub struct Filter {
    /// Only these, by id
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<i64>,
    /// Only those refused by this stage
    #[arg(long, value_enum)]
    stage: Option<Stage>,
    /// Only those with this reason code
    #[arg(long, value_name = "CODE")]
    reason_code: Option<String>,
    /// Only those of this topic, without the namespace
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Only those of this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Only those of this node
    #[arg(long, value_name = "NODE_ID")]
    node: Option<NodeId>,
    /// How many at most, the oldest first
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stage {
    /// It could not be read
    Normalise,
    /// Match must not apply it
    Match,
    /// The database refused it
    Sink,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Normalise => "normalise",
            Self::Match => "match",
            Self::Sink => "sink",
        }
    }
}

impl Filter {
    /// The one with this id.
    pub(super) fn one(id: i64) -> Self {
        Self {
            ids: vec![id],
            limit: 1,
            ..Self::default()
        }
    }

    /// Reads them without their bytes, the oldest first; `settled` includes those that were decided.
    ///
    /// # Errors
    /// Data when no such province is configured; transient when the database doesn't answer.
    pub(super) async fn read(
        &self,
        settings: &Settings,
        conn: &mut PgConnection,
        settled: bool,
    ) -> Result<Vec<Letter>, Fault> {
        if let Some(slug) = &self.province {
            settings.province(slug)?;
        }
        let topics = self
            .province
            .as_deref()
            .map(|slug| [topics::applications(slug), topics::nodes(slug)].to_vec());
        let ids = (!self.ids.is_empty()).then_some(&self.ids);
        let letters = sqlx::query_as(LETTERS)
            .bind(settled || ids.is_some())
            .bind(ids)
            .bind(self.stage.map(Stage::name))
            .bind(&self.reason_code)
            .bind(&self.topic)
            .bind(&self.province)
            .bind(topics)
            .bind(self.node.as_ref().map(NodeId::as_str))
            .bind(self.limit)
            .fetch_all(conn)
            .await;
        Ok(letters.map_err(DatabaseFault::from)?)
    }
}
