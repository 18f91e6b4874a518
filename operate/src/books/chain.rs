//! Where a series' chain of hashes forks or breaks: events under a sequence that was taken, and events that
//! name another predecessor than the one that came.

use super::evidence::Part;
use super::ledger::Ledger;
use futures_util::TryStreamExt;
use schemas::codec::Event;
use schemas::match_log::{Content, MatchLogEntry};
use schemas::{Epoch, IntakeEvent, Sha256};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::fmt;
use uuid::Uuid;

/// Places named at most.
const MOST: i64 = 1000;

/// An event's place in its series.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct Place {
    /// The node.
    pub node_id: String,
    /// The series.
    pub epoch: Uuid,
    /// The place there.
    pub sequence: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node_id,
            epoch,
            sequence,
        } = self;
        write!(f, "{node_id} epoch {epoch} sequence {sequence}")
    }
}

/// Match keeps the bytes of a conflicting event among the dead letters.
const FORKS: &str = "
    SELECT DISTINCT e.node_id, e.epoch, e.node_sequence AS sequence
      FROM dead_letter AS d
      JOIN intake_event AS e ON e.sequence = d.sequence
     WHERE d.stage = 'match' AND e.outcome = 'conflict'
       AND ($1::timestamptz IS NULL OR (e.appended_at >= $1 AND e.appended_at < $2::timestamptz))
       AND ($3::text[] IS NULL OR e.node_id = ANY ($3))
     ORDER BY 1, 2, 3
     LIMIT $4";

/// The places for which two different events came.
pub(super) async fn forks(conn: &mut PgConnection, part: &Part) -> Result<Vec<Place>, DatabaseFault> {
    let query = sqlx::query_as(FORKS)
        .bind(part.period.map(|period| period.from))
        .bind(part.period.map(|period| period.to))
        .bind(&part.nodes)
        .bind(MOST);
    Ok(query.fetch_all(conn).await?)
}

/// An event, with what its register still has of its bytes.
#[derive(FromRow)]
struct Link {
    node_sequence: i64,
    hash: Vec<u8>,
    open_link: Option<Vec<u8>>,
    event: Option<Vec<u8>>,
    entry: Option<Vec<u8>>,
}

const LINKS: &str = "
    SELECT e.node_sequence, e.hash, e.open_link, a.event, h.entry
      FROM intake_event AS e
      LEFT JOIN application AS a ON a.application_id = e.application_id AND a.event_id = e.event_id
                                AND sha256(a.event) = e.hash
      LEFT JOIN held_event AS h ON h.event_sequence = e.sequence
     WHERE e.node_id = $1 AND e.epoch = $2 AND e.outcome IN ('loaded', 'rejected', 'held')
       AND e.node_sequence IS NOT NULL AND e.hash IS NOT NULL
     ORDER BY e.node_sequence";

/// The events that name another predecessor, in the series that have any: those whose bytes the register
/// keeps, or that came before their predecessor. Of others it has no more than the ledger's count.
pub(super) async fn broken(
    conn: &mut PgConnection,
    ledgers: &[(String, Ledger)],
    part: &Part,
) -> Result<Vec<Place>, DatabaseFault> {
    let mut places = Vec::new();
    let broken = |ledger: &&Ledger| ledger.beside.broken_links > Some(0) && part.has(ledger.node_id.as_str());
    for ledger in ledgers.iter().map(|(_, ledger)| ledger).filter(broken) {
        let mut links = sqlx::query_as(LINKS)
            .bind(ledger.node_id.as_str())
            .bind(ledger.epoch)
            .fetch(&mut *conn);
        let mut before = (0, Sha256::ZERO.0.to_vec());
        while let Some(link) = links.try_next().await? {
            if breaks(&link, &before, ledger.epoch) && (places.len() as i64) < MOST {
                places.push(Place {
                    node_id: ledger.node_id.to_string(),
                    epoch: ledger.epoch,
                    sequence: link.node_sequence,
                });
            }
            before = (link.node_sequence, link.hash);
        }
    }
    Ok(places)
}

/// Whether an event names another predecessor than the one that is there.
fn breaks(link: &Link, (sequence, hash): &(i64, Vec<u8>), epoch: Epoch) -> bool {
    let follows = sequence + 1 == link.node_sequence;
    follows && previous(link, epoch).is_some_and(|named| named != *hash)
}

/// What an event names as its predecessor, where that is still known.
fn previous(link: &Link, epoch: Epoch) -> Option<Vec<u8>> {
    if let Some(open) = &link.open_link {
        return Some(open.clone());
    }
    let event = match (&link.event, &link.entry) {
        (Some(event), _) => IntakeEvent::decode(event).ok()?,
        (None, Some(entry)) => match MatchLogEntry::decode(entry).ok()?.source_record()?.content {
            Content::Decoded(decoded) => IntakeEvent::decode(&decoded.event).ok()?,
            Content::Undecodable(_) => return None,
        },
        (None, None) => return None,
    };
    let own = event.epoch == epoch && event.sequence == link.node_sequence;
    own.then(|| event.previous_hash.0.to_vec())
}
