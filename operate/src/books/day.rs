//! The books of one day: what the broker appended on it, by the events' own rows, and how it ended.

use super::gather::{Snapshot, by_province};
use super::ledger::DeadEvent;
use super::numbers::{Beside, Numbers};
use super::passed::Passed;
use super::report::{Books, EpochNumbers, NodeBooks, ProvinceBooks};
use super::rows::{self, DeadLetters};
use super::scope::Scope;
use super::verdict::sum;
use crate::period::{Day, Period};
use runtime::Fault;
use schemas::finding::OutcomeKind;
use schemas::{Epoch, NodeId, Timestamp};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The day of some books.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DayOfBooks {
    /// The calendar day.
    pub date: Day,
    /// Its zone.
    pub zone: &'static str,
    /// Its first moment, and the first after it.
    #[serde(flatten)]
    pub period: Period,
    /// It had passed when the books were read.
    pub over: bool,
}

impl DayOfBooks {
    pub(super) fn new(date: Day, now: Timestamp) -> Self {
        let period = date.period();
        Self {
            date,
            zone: "Asia/Ho_Chi_Minh",
            period,
            over: Timestamp::from(period.to) <= now,
        }
    }

    fn has(&self, at: Timestamp) -> bool {
        (Timestamp::from(self.period.from)..Timestamp::from(self.period.to)).contains(&at)
    }
}

/// What came of one series on a day, with what became of it since.
#[derive(Clone, Debug, FromRow)]
pub(super) struct DayRow {
    province: String,
    node_id: String,
    epoch: Uuid,
    loaded: i64,
    rejected: i64,
    held: i64,
    copies: i64,
    conflicts: i64,
}

impl DayRow {
    pub(super) fn is_of(&self, node: &NodeId) -> bool {
        self.node_id == node.as_str()
    }
}

const ROWS: &str = "
    SELECT COALESCE(province, '') AS province, node_id, epoch,
           count(*) FILTER (WHERE outcome = 'loaded') AS loaded,
           count(*) FILTER (WHERE outcome = 'rejected') AS rejected,
           count(*) FILTER (WHERE outcome = 'held') AS held,
           count(*) FILTER (WHERE outcome = 'copy') AS copies,
           count(*) FILTER (WHERE outcome = 'conflict') AS conflicts
      FROM event_outcome_current
     WHERE appended_at >= $1 AND appended_at < $2 AND node_id IS NOT NULL AND epoch IS NOT NULL
     GROUP BY province, node_id, epoch";

/// What came on a day, by series.
pub(super) async fn rows(conn: &mut PgConnection, day: &DayOfBooks) -> Result<Vec<DayRow>, DatabaseFault> {
    let Period { from, to } = day.period;
    Ok(sqlx::query_as(ROWS).bind(from).bind(to).fetch_all(conn).await?)
}

const UNDECODABLE: &str = "
    SELECT d.stage::text AS stage, d.topic, d.reason, count(*) AS count
      FROM intake_event AS e
      JOIN dead_letter_state AS d ON d.sequence = e.sequence AND d.stage = 'normalise' AND NOT d.settled
     WHERE e.appended_at >= $1 AND e.appended_at < $2 AND e.outcome = 'undecodable'
     GROUP BY d.stage, d.topic, d.reason
     ORDER BY d.stage, d.topic, d.reason";

/// Records of a day that are no events.
pub(super) async fn undecodable(
    conn: &mut PgConnection,
    day: &DayOfBooks,
) -> Result<Vec<DeadLetters>, DatabaseFault> {
    let Period { from, to } = day.period;
    Ok(sqlx::query_as(UNDECODABLE)
        .bind(from)
        .bind(to)
        .fetch_all(conn)
        .await?)
}

type Series = BTreeMap<Epoch, (Numbers, Beside)>;

/// The books of a day: of every node that is known, whether it delivered or not.
pub(super) fn books(
    snapshot: &Snapshot,
    day: &DayOfBooks,
    rows: &[DayRow],
    passed: &Passed,
    scope: &Scope<'_>,
) -> Result<Books, Fault> {
    let of_provinces = by_province(series(snapshot, day, rows)?, scope);
    let books = of_provinces
        .into_iter()
        .map(|(slug, nodes)| province(snapshot, slug, nodes))
        .collect();
    Ok(sum(snapshot, passed, books, Vec::new()))
}

fn series(
    snapshot: &Snapshot,
    day: &DayOfBooks,
    rows: &[DayRow],
) -> Result<BTreeMap<(String, NodeId), Series>, Fault> {
    let mut series: BTreeMap<(String, NodeId), Series> = BTreeMap::new();
    for node in &snapshot.nodes {
        if let Some(slug) = &node.province {
            let node = rows::node_id(&node.node_id)?;
            series.entry((slug.clone(), node)).or_default();
        }
    }
    for (slug, ledger) in &snapshot.ledgers {
        series.entry((slug.clone(), ledger.node_id.clone())).or_default();
    }
    let nothing = (Numbers::OF_A_DAY, Beside::OF_A_DAY);
    for row in rows {
        let of_node = (row.province.clone(), rows::node_id(&row.node_id)?);
        let epochs = series.entry(of_node).or_default();
        let (numbers, beside) = epochs.entry(row.epoch).or_insert(nothing);
        numbers.received += row.loaded + row.rejected + row.held;
        numbers.loaded += row.loaded;
        numbers.rejected += row.rejected;
        numbers.held += row.held;
        beside.copies += row.copies;
        beside.conflicts += row.conflicts;
    }
    for dead in snapshot
        .dead_events
        .iter()
        .filter(|dead| is_received(snapshot, day, dead))
    {
        let of_node = (dead.province.clone(), dead.node_id.clone());
        let (numbers, _) = series
            .entry(of_node)
            .or_default()
            .entry(dead.epoch)
            .or_insert(nothing);
        numbers.received += 1;
        numbers.dead_lettered += 1;
    }
    Ok(series)
}

/// Whether a dead letter is an event of the day that is not loaded otherwise.
fn is_received(snapshot: &Snapshot, day: &DayOfBooks, dead: &DeadEvent) -> bool {
    let placed = matches!(
        dead.outcome,
        OutcomeKind::Loaded | OutcomeKind::Rejected | OutcomeKind::Held
    );
    let loaded = snapshot.ledgers.iter().any(|(_, ledger)| {
        ledger.node_id == dead.node_id
            && ledger.epoch == dead.epoch
            && ledger.received.contains(dead.node_sequence)
    });
    placed && day.has(dead.appended_at) && !loaded
}

fn province(snapshot: &Snapshot, slug: String, nodes: Vec<(NodeId, Series)>) -> ProvinceBooks {
    let mut province = ProvinceBooks::empty(slug, Numbers::OF_A_DAY, Beside::OF_A_DAY);
    for (node_id, series) in nodes {
        let registered = snapshot
            .nodes
            .iter()
            .find(|node| node.node_id == node_id.as_str());
        let manifest = snapshot
            .manifests
            .iter()
            .find(|row| row.node_id == node_id.as_str() && row.province == province.province);
        let mut node = NodeBooks {
            numbers: Numbers::OF_A_DAY,
            beside: Beside::OF_A_DAY,
            ..NodeBooks::empty(&node_id, registered, manifest)
        };
        for (epoch, (numbers, beside)) in series {
            node.numbers.add(&numbers);
            node.beside.add(&beside);
            node.epochs.push(EpochNumbers { epoch, numbers });
        }
        province.numbers.add(&node.numbers);
        province.beside.add(&node.beside);
        province.nodes.push(node);
    }
    province
}
