//! `intakectl dead-letters redrive`.

use super::decide::{self, Chosen, Decided, How};
use super::filter::Filter;
use super::letter::{Letter, Original, attempts};
use crate::Settings;
use ::rules::Ruleset;
use clap::Args;
use runtime::Fault;
use schemas::match_log::{Content, Decoded, Reapplied, Remedy, Reread, SourcePosition, SourceRecord};
use schemas::{IntakeEvent, Timestamp, topics};
use sqlx::PgConnection;
use std::path::PathBuf;

/// Options of `dead-letters redrive`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Filter,
    /// What was sent as often as this is left where it is
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i64).range(1..=100))]
    attempts: i64,
    /// Rules to read with, instead of those compiled in
    #[arg(long, value_name = "FILE")]
    ruleset: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Sends them, or says which it would.
///
/// # Errors
/// Fatal when the ruleset can't be used; transient when Kafka or the database doesn't answer, or when the register
/// doesn't show it in time.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let ruleset = runtime::settings::ruleset(options.ruleset.as_deref())?;
    let mut conn = settings.open_register().await?;
    let mut chosen = Vec::new();
    for letter in options.which.read(settings, &mut conn, false).await? {
        chosen.push(choose(&mut conn, letter, options.attempts, &ruleset).await?);
    }
    decide::run(settings, &options.how, "dead-letter.redrive", &mut conn, chosen).await
}

async fn choose(
    conn: &mut PgConnection,
    letter: Letter,
    limit: i64,
    ruleset: &Ruleset,
) -> Result<Chosen, Fault> {
    let original = letter.original(conn).await?;
    let value = &original.value;
    let attempt = attempts(conn, value).await?;
    let remedy = if letter.settled {
        Err("it is settled already".to_owned())
    } else if value.is_empty() {
        Err("it has no bytes: they were erased, or never were any".to_owned())
    } else if attempt >= limit {
        Err(format!(
            "it was sent {attempt} times already: mend what is wrong, then raise --attempts"
        ))
    } else {
        remedy(&letter, original, ruleset)
    };
    Ok(Chosen {
        letter,
        remedy,
        attempt,
    })
}

fn remedy(letter: &Letter, original: Original, ruleset: &Ruleset) -> Result<Remedy, String> {
    match (letter.stage.as_str(), letter.topic.as_str()) {
        ("sink", topics::CHANGES) => Ok(Remedy::Reapplied(Reapplied {
            key: letter.key().map(<[u8]>::to_vec),
            value: original.value,
            headers: original.headers,
        })),
        ("normalise", topic) if topics::province_of(topic).is_some() => reread(letter, original, ruleset),
        ("match", topic) if topics::province_of(topic).is_some() => {
            Err("another event has its place in its series, so it can only be discarded".to_owned())
        }
        (_, topics::MATCH_LOG) => {
            Err("it is no entry of the match log, so it can only be discarded".to_owned())
        }
        _ => Err("its node's next manifest says the same: discard it".to_owned()),
    }
}

/// What normalise makes of it now.
fn reread(letter: &Letter, original: Original, ruleset: &Ruleset) -> Result<Remedy, String> {
    let Original { value, headers } = original;
    let read = IntakeEvent::from_record(&value)
        .map_err(|why| format!("it still can't be read ({}): {why}", why.code()))?;
    let appended_at = letter
        .appended_at
        .map(|at| Timestamp(at.timestamp_millis()))
        .ok_or("the register has no event of its step: load what is behind first")?;
    let arrival = validate::Arrival {
        key: letter.key(),
        appended_at,
    };
    let validate::Examined { changes, findings } = validate::event(&read, arrival, ruleset);
    let record = SourceRecord {
        source: SourcePosition {
            topic: letter.topic.clone(),
            partition: letter.partition,
            offset: letter.record_offset,
        },
        expected_offset: letter.record_offset,
        appended_at,
        ruleset: ruleset.name().to_owned(),
        headers: SourceRecord::kept(headers, value.len()),
        content: Content::Decoded(Decoded {
            event: value,
            changes,
            findings,
        }),
    };
    Ok(Remedy::Reread(Reread { record }))
}
