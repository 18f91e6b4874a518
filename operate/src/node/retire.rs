//! `intakectl node retire`.

use super::entry::{self, Decided};
use crate::Settings;
use clap::Args;
use runtime::{Fault, clock};
use schemas::NodeId;
use schemas::match_log::{LogBody, NodeRetired};
use std::time::Duration;

/// Options of `node retire`.
#[derive(Debug, Args)]
pub struct Options {
    /// The node's id
    #[arg(value_name = "NODE_ID")]
    node_id: NodeId,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
    /// How long to wait until the register shows it
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
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
        by: entry::session_user(&mut conn).await?,
        executed: false,
        refused: None,
        decision: "retired: what it has not delivered is written off".to_owned(),
        logged_at_offset: None,
        in_register: false,
        node_id,
    };
    match &before {
        None => {
            decided.refused =
                Some("it isn't registered: see `intakectl node list`, or register it first".to_owned());
            return Ok(decided);
        }
        Some(before) if before.retired => {
            decided.in_register = true;
            return Ok(decided);
        }
        Some(_) => {}
    }
    if options.execute {
        let retired = LogBody::NodeRetired(NodeRetired {
            entry_id: clock::new_event_id(),
            at: clock::now(),
            by: decided.by.clone(),
            node_id: decided.node_id.clone(),
            reason: options.reason.clone(),
        });
        let wait = Duration::from_secs(options.wait);
        let (offset, shown) = entry::decide(
            settings,
            &mut conn,
            &decided.node_id,
            retired,
            before.as_ref(),
            wait,
        )
        .await?;
        (decided.executed, decided.logged_at_offset, decided.in_register) = (true, Some(offset), shown);
    }
    Ok(decided)
}
