//! `dead_letter_decision`: what was decided about dead letters.

use super::moment;
use super::table::Written;
use crate::fault::DatabaseFault;
use schemas::change::{EventKind, EventSettled, LetterDecision};
use schemas::finding::OutcomeKind;
use sqlx::PgConnection;

/// A decision, and whether the step carried it out.
pub(crate) struct DecisionRow<'a> {
    pub sequence: i64,
    pub carried_out: bool,
    pub decision: &'a LetterDecision,
}

impl<'a> DecisionRow<'a> {
    /// The decision that a step carried out or refused, if it did.
    pub fn of(step: &'a EventSettled) -> Option<Self> {
        let decision = step.letter.as_ref()?;
        // One that made an event readable is told by what became of the event, which may well be a refusal.
        let carried_out = match step.kind {
            EventKind::DeadLetterDecided => step.outcome == OutcomeKind::Recorded,
            _ => !matches!(step.outcome, OutcomeKind::Undecodable | OutcomeKind::Conflict),
        };
        Some(Self {
            sequence: step.sequence,
            carried_out,
            decision,
        })
    }
}

const INSERT: &str = "
    INSERT INTO dead_letter_decision
           (sequence, entry_id, topic, partition, record_offset, remedy, carried_out, decided_by, reason, decided_at)
    VALUES ($1, $2, $3, $4, $5, $6::letter_remedy, $7, $8, $9, $10::timestamptz)
    ON CONFLICT DO NOTHING";

/// Writes decisions, sorted by step: there is hardly ever one.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[DecisionRow<'_>],
) -> Result<Written, DatabaseFault> {
    let mut written = Written::default();
    for row in rows {
        let LetterDecision {
            entry_id,
            position,
            remedy,
            by,
            reason,
            at,
        } = row.decision;
        let changed = sqlx::query(INSERT)
            .bind(row.sequence)
            .bind(entry_id)
            .bind(&position.topic)
            .bind(position.partition)
            .bind(position.offset)
            .bind(remedy.name())
            .bind(row.carried_out)
            .bind(by)
            .bind(reason)
            .bind(moment(*at))
            .execute(&mut *conn)
            .await?
            .rows_affected();
        written.changed += changed;
        written.stale += 1 - changed;
    }
    Ok(written)
}
