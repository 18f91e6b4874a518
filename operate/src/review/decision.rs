//! A decision about pairs of applications, and its way into the register.

use crate::entry::{self, Execution, Progress};
use crate::{Ended, Report, Settings};
use runtime::{Fault, clock};
use schemas::match_log::{ApplicationPair, Decision, LogBody, ResidentSeen, ReviewDecided};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::PgConnection;
use uuid::Uuid;

/// A decision, and what became of it.
#[derive(Debug, Serialize)]
pub struct Decided {
    #[serde(flatten)]
    pub(super) progress: Progress,
    /// Why nothing was decided, when a safety check or match says so.
    pub(super) refused: Option<String>,
    /// Where it waits for a second person.
    pub(super) proposal: Option<Uuid>,
    pub(super) decision: Decision,
    pub(super) pairs: Vec<ApplicationPair>,
    /// The states of their residents that it is based on.
    pub(super) based_on: Vec<ResidentSeen>,
    pub(super) reason: String,
    /// Who decided: the database's session user.
    pub(super) by: String,
    /// The register has it like that already.
    pub(super) already: bool,
}

impl Decided {
    /// A decision that is refused.
    pub(super) fn refuse(mut self, why: impl Into<String>) -> Self {
        self.refused = Some(why.into());
        self
    }

    fn body(&self, entry_id: Uuid) -> LogBody {
        LogBody::ReviewDecided(ReviewDecided {
            entry_id,
            at: clock::now(),
            by: self.by.clone(),
            reason: self.reason.clone(),
            decision: self.decision,
            pairs: self.pairs.clone(),
            based_on: self.based_on.clone(),
        })
    }

    /// Appends it to the match log under this id, and waits for what match makes of it; `step` was the highest
    /// that was loaded before.
    ///
    /// # Errors
    /// As [`entry::decide`].
    pub(super) async fn carry_out(
        mut self,
        settings: &Settings,
        execution: &Execution,
        conn: &mut PgConnection,
        entry_id: Uuid,
        step: i64,
    ) -> Result<Self, Fault> {
        let about = self
            .pairs
            .first()
            .map_or_else(String::new, |pair| pair.left.to_string());
        let body = self.body(entry_id);
        let pairs = &self.pairs;
        let ask = async || became(&mut *conn, step, entry_id, pairs).await;
        let (progress, code) = entry::decide(settings, execution, &about, body, ask).await?;
        self.progress = progress;
        self.refused = code.flatten().map(|code| self.refusal(&code));
        Ok(self)
    }

    /// What a reason code of match means to whoever decided.
    fn refusal(&self, code: &str) -> String {
        let why = match code {
            "review.stale" => "a resident of theirs changed after you looked".to_owned(),
            "review.unknown" => "match doesn't know these applications in these residents".to_owned(),
            "review.too-many-together" => {
                "more than a hundred applications would hang together: split what is wrong among them first"
                    .to_owned()
            }
            _ => "match could not carry it out".to_owned(),
        };
        format!("{why} ({code}); nothing was decided. {}", self.show_again())
    }

    /// What to do when something has changed.
    pub(super) fn show_again(&self) -> String {
        match self.pairs.as_slice() {
            [pair] => format!(
                "Show it again, `intakectl review show {} {}`, and decide again",
                pair.left, pair.right
            ),
            _ => "Look at the resident again, and decide again".to_owned(),
        }
    }
}

const LATEST: &str = "
    SELECT count(*) FROM review v
      JOIN UNNEST($1::uuid[], $2::uuid[]) AS pair (one, other)
        ON v.left_id = least(pair.one, pair.other) AND v.right_id = greatest(pair.one, pair.other)
     WHERE v.sequence >= $3";

/// What became of an entry: a reason code when match refused it; the outer none while nothing is shown. The rows of
/// the pairs come in other partitions than that of the entry.
async fn became(
    conn: &mut PgConnection,
    step: i64,
    entry_id: Uuid,
    pairs: &[ApplicationPair],
) -> Result<Option<Option<String>>, DatabaseFault> {
    let Some((sequence, code)) = entry::settled(&mut *conn, step, entry_id).await? else {
        return Ok(None);
    };
    if code.is_some() {
        return Ok(Some(code));
    }
    let (left, right): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().map(|pair| (pair.left, pair.right)).unzip();
    let loaded: i64 = sqlx::query_scalar(LATEST)
        .bind(left)
        .bind(right)
        .bind(sequence)
        .fetch_one(conn)
        .await?;
    Ok((loaded == pairs.len() as i64).then_some(None))
}

impl Report for Decided {
    fn table(&self) -> String {
        if let Some(why) = &self.refused {
            return format!("refused: {why}");
        }
        let word = match self.decision {
            Decision::Same => "one person",
            Decision::Different => "two people",
        };
        let pairs: Vec<String> = self
            .pairs
            .iter()
            .map(|pair| format!("{} and {}: {word}", pair.left, pair.right))
            .collect();
        let based_on: Vec<String> = self
            .based_on
            .iter()
            .map(|seen| format!("resident {} at step {}", seen.resident_id, seen.sequence))
            .collect();
        let end = match (self.already, self.proposal, self.progress.told()) {
            (true, _, _) => "the register has it like that already".to_owned(),
            (_, _, Some(told)) => told,
            (_, Some(id), None) => format!(
                "proposed, nothing is decided yet: somebody else must run `intakectl review approve {id} --execute`"
            ),
            (_, None, None) => "dry run: nothing was done; do it with --execute".to_owned(),
        };
        format!(
            "{} (by {}: {})\nbased on {}\n{end}",
            pairs.join("\n"),
            self.by,
            self.reason,
            based_on.join(" and ")
        )
    }

    fn ended(&self) -> Ended {
        if self.refused.is_some() {
            Ended::Refused
        } else {
            Ended::Fine
        }
    }
}
