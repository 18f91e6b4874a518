//! Decisions about many dead letters, and their way into the match log.

use super::letter::Letter;
use crate::entry::{Execution, append_all};
use crate::show::unmask::reason;
use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report, Settings, audit, tell};
use clap::Args;
use runtime::{Fault, clock};
use schemas::codec::Event;
use schemas::match_log::{DeadLetterDecided, LogBody, MatchLogEntry, Remedy, SourcePosition};
use schemas::topics::MATCH_LOG;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use uuid::Uuid;

/// Why, and how fast.
#[derive(Debug, Args)]
pub struct How {
    /// Why, without personal details: it stays in the register
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// How many a second at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    #[command(flatten)]
    execution: Execution,
}

/// A dead letter, and what is to become of it; else why nothing can.
pub(super) struct Chosen {
    pub(super) letter: Letter,
    pub(super) remedy: Result<Remedy, String>,
    /// Which time it is: two people who send the same letter at once send it once.
    pub(super) attempt: i64,
}

/// What was decided.
#[derive(Debug, Serialize)]
pub struct Decided {
    executed: bool,
    /// The register shows all that was decided.
    in_register: bool,
    /// Who decided: the database's session user.
    by: String,
    reason: String,
    letters: Vec<DecidedLetter>,
}

#[derive(Debug, Serialize)]
struct DecidedLetter {
    id: i64,
    position: String,
    /// `discarded`, `reread` or `reapplied`.
    remedy: Option<&'static str>,
    /// Why nothing was decided.
    refused: Option<String>,
    /// The entry's offset in the match log.
    logged_at_offset: Option<i64>,
    #[serde(skip)]
    entry_id: Uuid,
}

/// Decides, or says what would be decided. `action` is what the audit calls it.
///
/// # Errors
/// Fatal when this login may not add to the audit; transient when Kafka or the database doesn't answer, or when the register doesn't show it in time.
pub(super) async fn run(
    settings: &Settings,
    how: &How,
    action: &str,
    conn: &mut PgConnection,
    chosen: Vec<Chosen>,
) -> Result<Decided, Fault> {
    let mut decided = Decided {
        executed: false,
        in_register: false,
        by: crate::entry::session_user(conn).await?,
        reason: how.reason.clone(),
        letters: chosen.iter().map(DecidedLetter::of).collect(),
    };
    if !how.execution.execute || chosen.iter().all(|one| one.remedy.is_err()) {
        return Ok(decided);
    }
    let (places, entries): (Vec<usize>, Vec<_>) = entries(&decided, chosen)?.into_iter().unzip();
    let about: Vec<String> = places
        .iter()
        .map(|&at| decided.letters[at].position.clone())
        .collect();
    let result = format!("{} entries of the match log", entries.len());
    audit::record(conn, action, &about, &decided.reason, &result).await?;
    let cluster = settings.cluster()?;
    let offsets = block_in_place(|| append_all(&cluster, MATCH_LOG, &entries, how.rate))?;
    decided.executed = true;
    for (&at, offset) in places.iter().zip(&offsets) {
        decided.letters[at].logged_at_offset = *offset;
    }
    let lost = offsets.iter().filter(|offset| offset.is_none()).count();
    if lost > 0 {
        return Err(Fault::transient(format!(
            "the broker did not acknowledge {lost} of {} entries: look with `intakectl dead-letters list`, then run this again",
            entries.len()
        )));
    }
    let ids: Vec<Uuid> = places.iter().map(|&at| decided.letters[at].entry_id).collect();
    decided.in_register = shown(conn, &ids, Duration::from_secs(how.execution.wait)).await?;
    Ok(decided)
}

/// Where it stands among the letters, its key and bytes.
type Entry = (usize, (Vec<u8>, Vec<u8>));

fn entries(decided: &Decided, chosen: Vec<Chosen>) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::new();
    for (at, one) in chosen.into_iter().enumerate() {
        let Ok(remedy) = one.remedy else { continue };
        let body = LogBody::DeadLetterDecided(DeadLetterDecided {
            entry_id: decided.letters[at].entry_id,
            at: clock::now(),
            by: decided.by.clone(),
            reason: decided.reason.clone(),
            letter: SourcePosition {
                topic: one.letter.topic.clone(),
                partition: one.letter.partition,
                offset: one.letter.record_offset,
            },
            remedy,
        });
        let bytes = MatchLogEntry { body }
            .encode()
            .map_err(|e| Fault::fatal(e.to_string()))?;
        entries.push((at, (one.letter.position().into_bytes(), bytes)));
    }
    Ok(entries)
}

const SHOWN: &str = "SELECT count(*) FROM dead_letter_decision WHERE entry_id = ANY ($1)";

/// Whether the register shows all these decisions within `wait`.
async fn shown(conn: &mut PgConnection, ids: &[Uuid], wait: Duration) -> Result<bool, Fault> {
    if wait.is_zero() {
        return Ok(false);
    }
    tell("the entries are in the match log; waiting for the register");
    let deadline = Instant::now() + wait;
    loop {
        let count: i64 = sqlx::query_scalar(SHOWN)
            .bind(ids)
            .fetch_one(&mut *conn)
            .await
            .map_err(DatabaseFault::from)?;
        if count == ids.len() as i64 {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Err(Fault::transient(format!(
                "all {} entries are in the match log, but the register shows only {count} after {wait:?}: it will show \
                 the rest when match and the sink come to them, see `intakectl lag`; don't repeat it",
                ids.len()
            )));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

impl DecidedLetter {
    fn of(chosen: &Chosen) -> Self {
        let letter = &chosen.letter;
        let remedy = chosen.remedy.as_ref().ok().map(|remedy| match remedy {
            Remedy::Discarded(_) => "discarded",
            Remedy::Reread(_) => "reread",
            Remedy::Reapplied(_) => "reapplied",
        });
        let name = format!(
            "{} {} {}",
            letter.position(),
            remedy.unwrap_or_default(),
            chosen.attempt
        );
        Self {
            id: letter.id,
            position: letter.position(),
            remedy,
            refused: chosen.remedy.as_ref().err().cloned(),
            logged_at_offset: None,
            entry_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
        }
    }
}

impl Report for Decided {
    fn table(&self) -> String {
        if self.letters.is_empty() {
            return "no dead letter is meant by this".to_owned();
        }
        let mut table = Table::new(&["ID", "POSITION", "RESULT"]);
        for letter in &self.letters {
            let (result, tone) = match (&letter.refused, letter.remedy) {
                (Some(why), _) => (format!("left as it is: {why}"), Tone::Notice),
                (None, Some(remedy)) if self.executed => (remedy.to_owned(), Tone::Good),
                (None, remedy) => (format!("would be {}", remedy.unwrap_or_default()), Tone::Plain),
            };
            table.row([
                Cell::number(letter.id),
                Cell::text(&letter.position),
                Cell::text(result).toned(tone),
            ]);
        }
        let meant = self
            .letters
            .iter()
            .filter(|letter| letter.refused.is_none())
            .count();
        let left = self.letters.len() - meant;
        let end = match (self.executed, self.in_register) {
            (true, true) => "the register shows it",
            (true, false) => "the match log has it; the register will show it",
            (false, _) if meant > 0 => "dry run: nothing was done; do it with --execute",
            (false, _) => "nothing was done",
        };
        let decided = if self.executed {
            "decided"
        } else {
            "would be decided"
        };
        format!(
            "{}\n{meant} {decided}, {left} left as they are (by {}: {})\n{end}",
            table.render(),
            self.by,
            self.reason
        )
    }

    fn ended(&self) -> Ended {
        let none = !self.letters.is_empty() && self.letters.iter().all(|letter| letter.refused.is_some());
        if none { Ended::Refused } else { Ended::Fine }
    }
}
