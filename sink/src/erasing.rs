//! Nothing of an erased person is loaded again, in whatever order changes come.
//!
//! A resident's and an application's last state are guarded by their sequence like every other. What else was
//! written about a person lies in earlier states, held entries and dead letters, which come in partitions of
//! their own: before the erasure or, in a replay or when one partition is ahead, after it. What lies there
//! when the erasure is loaded is emptied in its transaction; what comes later is emptied before it is loaded.
//! So that nothing slips between the two, a transaction with an erasure runs while no other one loads.

use crate::arrival::{Arrival, Content};
use crate::fault::DatabaseFault;
use crate::register::erasure;
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use sqlx::PgConnection;
use std::borrow::Cow;
use std::collections::HashSet;
use uuid::Uuid;

/// The erased residents and applications that some arrivals are about.
#[derive(Debug, Default)]
pub(crate) struct Erased(HashSet<Uuid>);

/// Begins a transaction that loads these arrivals: takes its turn, and finds whom they are about.
pub(crate) async fn begin(conn: &mut PgConnection, arrivals: &[Arrival]) -> Result<Erased, DatabaseFault> {
    let mut erased: HashSet<Uuid> = arrivals.iter().flat_map(erased_by).collect();
    if erased.is_empty() {
        erasure::load_beside_others(&mut *conn).await?;
    } else {
        erasure::load_alone(&mut *conn).await?;
    }
    if erasure::is_anybody(&mut *conn).await? {
        let about: HashSet<Uuid> = arrivals.iter().flat_map(Arrival::about).collect();
        let about: Vec<Uuid> = about.into_iter().collect();
        erased.extend(erasure::among(conn, &about).await?);
    }
    Ok(Erased(erased))
}

/// Whose values are gone by an erasure that was carried out.
fn erased_by(arrival: &Arrival) -> impl Iterator<Item = Uuid> {
    let erasure = match &arrival.content {
        Content::Settled(change, _) if change.outcome == OutcomeKind::Recorded => change.erasure.as_ref(),
        _ => None,
    };
    let erasure = erasure.into_iter();
    erasure.flat_map(|erasure| [&[erasure.resident_id][..], &erasure.applications].concat())
}

impl Erased {
    /// The arrivals without the values of the erased.
    pub(crate) fn out_of<'a>(&self, arrivals: &'a [Arrival]) -> Cow<'a, [Arrival]> {
        if self.0.is_empty() {
            return Cow::Borrowed(arrivals);
        }
        arrivals.iter().map(|arrival| self.out_of_one(arrival)).collect()
    }

    fn out_of_one(&self, arrival: &Arrival) -> Arrival {
        let mut arrival = arrival.clone();
        if arrival.about().any(|id| self.0.contains(&id)) {
            // Bytes whose values can't be told from the rest are not kept at all.
            arrival.record.value = self.left_of(&arrival.record.value).unwrap_or_default();
            arrival = Arrival::of(arrival.record, arrival.tenure);
        }
        arrival
    }

    /// What is left of a change's bytes.
    fn left_of(&self, value: &[u8]) -> Option<Vec<u8>> {
        let mut change = Change::decode(value).ok()?;
        change.erase(&self.0).ok()?;
        change.encode().ok()
    }

    /// Ends a transaction: empties what the register held of them before.
    pub(crate) async fn out_of_register(&self, conn: &mut PgConnection) -> Result<(), DatabaseFault> {
        if self.0.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.0.iter().copied().collect();
        erasure::empty(&mut *conn, &ids).await?;
        for mut change in erasure::dead_changes(&mut *conn, &self.0).await? {
            if let Some(left) = self.left_of(&change.value) {
                change.value = left;
                erasure::replace(&mut *conn, &change).await?;
            }
        }
        Ok(())
    }
}
