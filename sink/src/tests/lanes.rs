//! Two lanes that write the same rows at the same time.

use super::{arrivals, records, register};
use crate::arrival::Content;
use crate::fault::DatabaseFault;
use crate::fixture::history::History;
use crate::register::application::{self, ApplicationRow};
use crate::register::{Register, Written};
use sqlx::Connection;

const ROUNDS: u64 = 10;

async fn write(register: &Register, rows: &[ApplicationRow<'_>]) -> Result<Written, DatabaseFault> {
    let mut conn = register.open_for_loading().await?;
    let mut written = Written::default();
    for _ in 0..ROUNDS {
        let mut transaction = conn.begin().await?;
        written += application::write(&mut transaction, rows).await?;
        transaction.commit().await?;
    }
    Ok(written)
}

/// A table gives rows back as they fit its pages, so the order they were copied in says nothing: here
/// it is the worst one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_applications_in_another_order_never_deadlock() {
    let (_database, register) = register().await;
    let arrivals = arrivals(&records(&History::new(8, 1_000_000).steps(2_000)));
    let rows = |sequence| {
        let row = arrivals.iter().filter_map(move |arrival| match &arrival.content {
            Content::Resident(change, heads) => Some(ApplicationRow {
                sequence,
                resident_id: None,
                state: &change.gained[0],
                head: &heads[0],
            }),
            _ => None,
        });
        row.collect::<Vec<_>>()
    };
    let (forwards, mut backwards) = (rows(1), rows(2));
    backwards.reverse();
    let (first, second) = tokio::join!(write(&register, &forwards), write(&register, &backwards));
    for written in [first, second] {
        let Written { changed, stale } = written.expect("no deadlock");
        assert_eq!(changed + stale, ROUNDS * forwards.len() as u64);
    }
}
