//! A schema beside the register's, with the same tables, that a replay loads: by the same statements, and with its
//! position in the match log moved in the same transaction, so that a killed replay goes on where it was.

use crate::arrival::Arrival;
use crate::fault::DatabaseFault;
use crate::patience::within;
use crate::register::position::{self, Span};
use crate::register::{Batch, Loaded, Register, indexes, load};
use runtime::Fault;
use runtime::kafka::{Partition, Record};
use runtime::retry::Backoff;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a batch may take, and how long a database that is away is waited for.
const PATIENCE: Duration = Duration::from_secs(300);

impl Register {
    /// Makes the schema with the register's tables, where it isn't there yet. Its name is ours, not a person's text.
    ///
    /// # Errors
    /// As [`Register::migrate`]; fatal when this login may not make a schema.
    pub async fn make_shadow(&self, schema: &str) -> Result<Self, Fault> {
        let mut conn = self.open().await?;
        sqlx::query(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
            .execute(&mut conn)
            .await
            .map_err(DatabaseFault::from)?;
        let shadow = self.in_schema(schema);
        shadow.migrate().await?;
        Ok(shadow)
    }

    /// Spares this schema's tables the write-ahead log. What is in them is gone when the server crashes, the position with
    /// it, so a loader begins anew then.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn spare_the_log(&self) -> Result<(), Fault> {
        const LOADED: &str = "
            SELECT format('ALTER TABLE %I SET UNLOGGED', relname) FROM pg_class
             WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relpersistence = 'p'
               AND relname IN ('resident', 'resident_history', 'identity_number', 'application', 'moved_application',
                               'intake_event', 'event_outcome', 'held_event', 'match_edge', 'review', 'match_rules', 'node',
                               'node_ledger', 'dead_letter', 'dead_letter_decision', 'erased', 'erasure',
                               'source_position', 'sink_position')";
        let mut conn = self.open().await?;
        let statements: Vec<String> = sqlx::query_scalar(LOADED)
            .fetch_all(&mut conn)
            .await
            .map_err(DatabaseFault::from)?;
        for statement in statements {
            sqlx::query(&statement)
                .execute(&mut conn)
                .await
                .map_err(DatabaseFault::from)?;
        }
        Ok(())
    }

    /// Removes the schema with all that is in it.
    ///
    /// # Errors
    /// Those of the database. A schema that isn't there is no fault.
    pub async fn drop_shadow(&self, schema: &str) -> Result<(), Fault> {
        let mut conn = self.open().await?;
        sqlx::query(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))
            .execute(&mut conn)
            .await
            .map_err(DatabaseFault::from)?;
        Ok(())
    }
}

/// What match made of some entries of its log, read and ready to be loaded.
pub struct Changes(Vec<Arrival>);

impl Changes {
    /// Reads records as match writes them.
    pub fn of(records: Vec<Record>) -> Self {
        Self(records.into_iter().map(|record| Arrival::of(record, 0)).collect())
    }
}

/// The one that loads a shadow.
pub struct Loader {
    register: Register,
    conn: Option<PgConnection>,
    log: Partition,
    next: i64,
}

impl Loader {
    /// Takes up a shadow where it was left. `full_topic` and `cluster_id` say which log it is a shadow by.
    ///
    /// # Errors
    /// Fatal when the shadow was loaded from another log; transient when the database doesn't answer.
    pub async fn open(
        shadow: Register,
        log: Partition,
        (cluster_id, full_topic): (&str, String),
    ) -> Result<Self, Fault> {
        let mut conn = shadow.open_for_loading().await?;
        let partitions = std::slice::from_ref(&log);
        position::ensure(
            &mut conn,
            partitions,
            cluster_id,
            std::slice::from_ref(&full_topic),
        )
        .await?;
        let stored = position::read(&mut conn, partitions).await?.remove(&log);
        let stored = stored.ok_or_else(|| Fault::transient("the shadow's position is gone"))?;
        if (stored.cluster_id.as_str(), &stored.full_topic) != (cluster_id, &full_topic) {
            return Err(Fault::fatal(format!(
                "the shadow was loaded from {} of another cluster or namespace: discard the replay and plan it anew",
                stored.full_topic
            )));
        }
        Ok(Self {
            register: shadow,
            conn: Some(conn),
            log,
            next: stored.next_offset,
        })
    }

    /// The first offset of the log that isn't loaded.
    pub const fn next(&self) -> i64 {
        self.next
    }

    /// Sets secondary indexes aside, which costs less than filling them row by row. A shadow with rows whose indexes were
    /// built already keeps them: there is little left to load.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_indexes_aside(&mut self) -> Result<(), Fault> {
        indexes::set_aside(self.connected().await?).await?;
        Ok(())
    }

    /// Builds what was set aside.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn put_indexes_back(&mut self) -> Result<(), Fault> {
        Ok(indexes::put_back(self.connected().await?).await?)
    }

    /// Loads changes that entries before `next` have made, and moves the position there. A database that is away is
    /// waited for.
    ///
    /// # Errors
    /// Fatal when somebody else loads the same shadow; what the database says when it says so for five minutes.
    pub async fn load(&mut self, Changes(arrivals): Changes, next: i64) -> Result<(), Fault> {
        let sequence = arrivals.iter().filter_map(Arrival::sequence).max().unwrap_or(0);
        let span = Span {
            expected: self.next,
            next,
            sequence,
        };
        let batch = Batch {
            arrivals,
            spans: BTreeMap::from([(self.log.clone(), span)]),
        };
        let (mut backoff, until) = (Backoff::default(), Instant::now() + PATIENCE);
        loop {
            let fault: Fault = match self.attempt(&batch).await {
                Ok(true) => {
                    self.next = next;
                    return Ok(());
                }
                Ok(false) => {
                    return Err(Fault::fatal(
                        "another process loads this shadow: let it end, or stop it, and run this again",
                    ));
                }
                Err(fault) => fault.into(),
            };
            self.conn = None;
            if !fault.remedy().heals() || Instant::now() >= until {
                return Err(fault);
            }
            tracing::warn!("the shadow can't be loaded, trying again: {fault}");
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }

    /// False when the position stands neither where we left it nor where we go.
    async fn attempt(&mut self, batch: &Batch) -> Result<bool, DatabaseFault> {
        let (log, span) = (self.log.clone(), batch.spans[&self.log]);
        let conn = self.connected().await?;
        match within(PATIENCE, load(conn, batch)).await? {
            Loaded::Committed(_) => Ok(true),
            // A commit whose answer was lost has moved it.
            Loaded::Superseded => {
                let stored = position::read(conn, std::slice::from_ref(&log)).await?;
                Ok(stored
                    .get(&log)
                    .is_some_and(|stored| stored.next_offset == span.next))
            }
        }
    }

    async fn connected(&mut self) -> Result<&mut PgConnection, DatabaseFault> {
        if self.conn.is_none() {
            self.conn = Some(self.register.open_for_loading().await?);
        }
        Ok(self.conn.as_mut().expect("opened above"))
    }
}
