//! A dead letter as the register has it, without its bytes.

use chrono::{DateTime, Utc};
use runtime::Fault;
use schemas::{Header, NodeId};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

/// A dead letter.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct Letter {
    pub(super) id: i64,
    /// Who refused it: `normalise`, `match` or `sink`.
    pub(super) stage: String,
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) record_offset: i64,
    /// Stable reason code.
    pub(super) reason: String,
    pub(super) sqlstate: Option<String>,
    pub(super) constraint_name: Option<String>,
    /// The step of match that it is about.
    pub(super) sequence: Option<i64>,
    pub(super) at: DateTime<Utc>,
    pub(super) bytes: i32,
    /// How often it was sent on its way again.
    pub(super) attempts: i32,
    pub(super) settled: bool,
    #[serde(skip)]
    key: Option<Vec<u8>>,
    #[serde(skip)]
    header_bytes: i32,
    #[serde(skip)]
    event_node: Option<String>,
    pub(super) province: Option<String>,
    pub(super) ruleset: Option<String>,
    /// When its source record was appended.
    pub(super) appended_at: Option<DateTime<Utc>>,
}

/// What a letter's record held.
pub(super) struct Original {
    pub(super) value: Vec<u8>,
    pub(super) headers: Vec<Header>,
}

/// The letters of a filter; see [`super::filter::Filter::read`] for what is bound.
pub(super) const LETTERS: &str = "
    SELECT d.id, d.stage::text AS stage, d.topic, d.partition, d.record_offset, d.reason, d.sqlstate, d.constraint_name,
           d.sequence, d.at, d.bytes, d.attempts, d.settled, d.key,
           (SELECT COALESCE(octet_length(x.headers::text), 0) FROM dead_letter x WHERE x.id = d.id) AS header_bytes,
           e.node_id AS event_node, e.ruleset, e.appended_at,
           COALESCE(e.province, substring(d.topic FROM '^intake\\.(?:applications|nodes)\\.(.+)$')) AS province
      FROM dead_letter_state d
      LEFT JOIN intake_event e ON e.sequence = d.sequence
     WHERE ($1 OR NOT d.settled)
       AND ($2::bigint[] IS NULL OR d.id = ANY ($2))
       AND ($3::text IS NULL OR d.stage::text = $3)
       AND ($4::text IS NULL OR d.reason = $4)
       AND ($5::text IS NULL OR d.topic = $5)
       AND ($6::text IS NULL OR e.province = $6 OR d.topic = ANY ($7::text[]))
       AND ($8::text IS NULL OR e.node_id = $8 OR d.key = convert_to($8, 'UTF8'))
     ORDER BY d.id
     LIMIT $9";

const ORIGINAL: &str = "SELECT value, headers::text FROM dead_letter WHERE id = $1";
/// A change that was loaded again and refused again has another position, but the same bytes.
const ATTEMPTS: &str = "
    SELECT count(*)
      FROM dead_letter_decision x
      JOIN dead_letter d USING (topic, partition, record_offset)
     WHERE x.remedy <> 'discarded' AND d.value = $1";

impl Letter {
    /// Its node, where it is known.
    pub(super) fn node(&self) -> Option<String> {
        let key = || {
            std::str::from_utf8(self.key.as_deref()?)
                .ok()
                .filter(|key| NodeId::parse(*key).is_ok())
                .map(str::to_owned)
        };
        self.event_node.clone().or_else(key)
    }

    /// Where its record stood.
    pub(super) fn position(&self) -> String {
        format!("{}[{}]@{}", self.topic, self.partition, self.record_offset)
    }

    /// Its record's key.
    pub(super) fn key(&self) -> Option<&[u8]> {
        self.key.as_deref()
    }

    /// What its record's own headers take at most.
    pub(super) fn header_bytes(&self) -> usize {
        usize::try_from(self.header_bytes).unwrap_or(0)
    }

    /// Its record's value and headers: bytes that may be a person's, never to be printed.
    ///
    /// # Errors
    /// As the database has it; fatal when the headers are none that the sink writes.
    pub(super) async fn original(&self, conn: &mut PgConnection) -> Result<Original, Fault> {
        let query = sqlx::query_as(ORIGINAL).bind(self.id).fetch_one(conn);
        let (value, headers): (_, Option<String>) = query.await.map_err(DatabaseFault::from)?;
        let headers = headers.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text));
        Ok(Original {
            value,
            headers: headers.map_err(|_| {
                Fault::fatal(format!(
                    "the headers of dead letter {} in the register are none that the sink writes: somebody changed them",
                    self.id
                ))
            })?,
        })
    }
}

/// How often a record with these bytes was sent on its way again, from whatever position.
pub(super) async fn attempts(conn: &mut PgConnection, value: &[u8]) -> Result<i64, DatabaseFault> {
    Ok(sqlx::query_scalar(ATTEMPTS).bind(value).fetch_one(conn).await?)
}
