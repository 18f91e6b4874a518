//! `intakectl review split`.

use super::decision::Decided;
use super::pending::{self, Pending, Seen};
use crate::Settings;
use crate::entry::Execution;
use clap::Args;
use runtime::Fault;
use schemas::match_log::{ApplicationPair, Decision};
use uuid::Uuid;

/// Options of `review split`.
#[derive(Debug, Args)]
pub struct Options {
    /// The application that is another person's
    #[arg(value_name = "APPLICATION")]
    application: Uuid,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// The state of its resident that you looked at
    #[arg(long, value_name = "RESIDENT@STEP")]
    based_on: Option<Seen>,
    #[command(flatten)]
    how: Execution,
}

/// Takes an application out of its resident, or says what that would do.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer, or when the register doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let left = options.application;
    let others = pending::others(&mut conn, left).await?;
    if others.is_empty() {
        return Err(Fault::data(format!(
            "application {left} is alone in its resident, or belongs to none: there is nothing to split; see \
             `intakectl application show {left}`"
        )));
    }
    let pairs = others
        .into_iter()
        .map(|right| ApplicationPair { left, right })
        .collect();
    let pinned: Vec<Seen> = options.based_on.into_iter().collect();
    let pending = Pending::read(&mut conn, Decision::Different, pairs, &options.reason, &pinned).await?;
    pending.make(settings, &options.how, &mut conn).await
}
