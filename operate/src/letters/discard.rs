//! `intakectl dead-letters discard`.

use super::decide::{self, Chosen, Decided, How};
use super::filter::Filter;
use crate::Settings;
use clap::Args;
use runtime::Fault;
use schemas::match_log::{Discarded, Remedy};

/// Options of `dead-letters discard`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Filter,
    #[command(flatten)]
    how: How,
}

/// Gives them up, or says which it would.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer, or when the register doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let letters = options.which.read(settings, &mut conn, false).await?;
    let chosen = letters.into_iter().map(|letter| Chosen {
        remedy: if letter.settled {
            Err("it is settled already".to_owned())
        } else {
            Ok(Remedy::Discarded(Discarded {}))
        },
        attempt: 0,
        letter,
    });
    decide::run(
        settings,
        &options.how,
        "dead-letter.discard",
        &mut conn,
        chosen.collect(),
    )
    .await
}
