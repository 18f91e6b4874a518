//! `intakectl node retire`.

use super::entry::{self, Decided};
use crate::Settings;
use crate::entry::Progress;
use clap::Args;
use runtime::{Fault, clock};
use schemas::NodeId;
use schemas::match_log::{LogBody, NodeRetired};

/// Options of `node retire`.
#[derive(Debug, Args)]
pub struct Options {
    /// The node's id
    #[arg(value_name = "NODE_ID")]
    node_id: NodeId,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    how: crate::entry::Execution,
}

/// Retires a node.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let node_id = options.node_id.clone();
    let before = entry::registered(&mut conn, &node_id).await?;
    let mut decided = Decided {
        by: crate::entry::session_user(&mut conn).await?,
        progress: Progress::default(),
        refused: None,
        decision: "retired: what it has not delivered is written off".to_owned(),
        node_id,
    };
    match &before {
        None => {
            decided.refused =
                Some("it isn't registered: see `intakectl node list`, or register it first".to_owned());
            return Ok(decided);
        }
        Some(before) if before.retired => {
            decided.progress.in_register = true;
            return Ok(decided);
        }
        Some(_) => {}
    }
    if options.how.execute {
        let retired = LogBody::NodeRetired(NodeRetired {
            entry_id: clock::new_event_id(),
            at: clock::now(),
            by: decided.by.clone(),
            node_id: decided.node_id.clone(),
            reason: options.reason.clone(),
        });
        decided.progress = entry::decide(
            settings,
            &options.how,
            &mut conn,
            &decided.node_id,
            retired,
            before.as_ref(),
        )
        .await?;
    }
    Ok(decided)
}
