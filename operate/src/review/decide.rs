//! `intakectl review decide`.

use super::decision::Decided;
use super::pending::{Pending, Seen};
use crate::Settings;
use crate::entry::Execution;
use clap::{Args, ValueEnum};
use runtime::Fault;
use schemas::match_log::{ApplicationPair, Decision};
use uuid::Uuid;

/// Options of `review decide`.
#[derive(Debug, Args)]
pub struct Options {
    /// An application
    #[arg(value_name = "LEFT")]
    left: Uuid,
    /// Another one
    #[arg(value_name = "RIGHT")]
    right: Uuid,
    /// What they are
    #[arg(value_enum)]
    decision: Word,
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// The state of a resident that you looked at; once for each resident of the two
    #[arg(long, value_name = "RESIDENT@STEP")]
    based_on: Vec<Seen>,
    #[command(flatten)]
    how: Execution,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    /// One person
    Same,
    /// Two people
    Different,
}

impl From<Word> for Decision {
    fn from(word: Word) -> Self {
        match word {
            Word::Same => Self::Same,
            Word::Different => Self::Different,
        }
    }
}

/// Decides a pair, or says what that would do.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer, or when the register doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let mut conn = settings.open_register().await?;
    let pair = ApplicationPair {
        left: options.left,
        right: options.right,
    };
    let decision = options.decision.into();
    let pending = Pending::read(
        &mut conn,
        decision,
        vec![pair],
        &options.reason,
        &options.based_on,
    )
    .await?;
    pending.make(settings, &options.how, &mut conn).await
}
