//! One connection and the partitions that are its own: gathers batches and loads them, one after the
//! other.

use crate::arrival::Arrival;
use crate::fault::DatabaseFault;
use crate::measure;
use crate::ownership::{Ownership, Tenure};
use crate::patience::{self, within};
use crate::register::position::{self, Span};
use crate::register::{Batch, Loaded, Register, load};
use crate::settings::Limits;
use runtime::health::Health;
use runtime::kafka::Partition;
use runtime::pace::Pace;
use runtime::retry::Backoff;
use runtime::{Fault, Stop};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

/// What a sink calls a session while its batch finds no room on the database's disk.
pub const NO_ROOM: &str = "intake-sink: no room";

pub(crate) struct Lane {
    pub name: &'static str,
    pub register: Register,
    pub inbox: Receiver<Vec<Arrival>>,
    pub ownership: Arc<Ownership>,
    pub limits: Limits,
    pub health: Health,
    pub stop: Stop,
    pace: Pace,
    connection: Option<PgConnection>,
    /// A session named [`NO_ROOM`] for as long as the server has none: the lag tools see only sessions of it.
    no_room: Option<PgConnection>,
    /// Where each partition of ours is to go on, within one tenure.
    next: HashMap<Partition, (u64, i64)>,
}

impl Lane {
    pub(crate) fn new(
        name: &'static str,
        inbox: Receiver<Vec<Arrival>>,
        register: Register,
        ownership: Arc<Ownership>,
        (limits, health, stop): (Limits, Health, Stop),
    ) -> Self {
        Self {
            name,
            register,
            inbox,
            ownership,
            limits,
            health,
            stop,
            pace: Pace::new(limits.batch_age),
            connection: None,
            no_room: None,
            next: HashMap::new(),
        }
    }

    /// Loads what comes until a stop is asked for or nothing can come any more. The transaction at
    /// hand is finished first.
    pub(crate) async fn run(mut self) -> Result<(), Fault> {
        while let Some(arrivals) = self.gather().await {
            self.settle(arrivals).await?;
        }
        Ok(())
    }

    /// The next records to load together: until there are enough of them, or the first has waited
    /// long enough, which is longer the more there were last time.
    async fn gather(&mut self) -> Option<Vec<Arrival>> {
        let mut arrivals = tokio::select! {
            biased;
            () = self.stop.wait() => return None,
            chunk = self.inbox.recv() => chunk?,
        };
        let started = tokio::time::Instant::now();
        let mut bytes: usize = arrivals.iter().map(Arrival::bytes).sum();
        while arrivals.len() < self.limits.batch_rows && bytes < self.limits.batch_bytes {
            let patience = self.pace.patience(arrivals.len(), started.elapsed());
            match timeout(patience, self.inbox.recv()).await {
                Ok(Some(chunk)) => {
                    bytes += chunk.iter().map(Arrival::bytes).sum::<usize>();
                    arrivals.extend(chunk);
                }
                Ok(None) | Err(_) => break,
            }
        }
        self.pace.took(arrivals.len());
        Some(arrivals)
    }

    /// Loads records, whatever it takes, unless they stop being ours.
    async fn settle(&mut self, mut arrivals: Vec<Arrival>) -> Result<(), Fault> {
        let mut backoff = Backoff::default();
        loop {
            let Some(batch) = self.batch(arrivals) else {
                return Ok(());
            };
            let started = Instant::now();
            let fault = match self.try_load(&batch).await {
                Ok(Loaded::Committed(tally)) => {
                    self.moved(&batch.spans);
                    self.no_room = None;
                    measure::batch_loaded(self.name, &batch, &tally, started.elapsed());
                    self.health.ready(self.name);
                    return Ok(());
                }
                Ok(Loaded::Superseded) => self.reread(&batch.spans).await.err(),
                Err(fault) => {
                    self.tell_of_room(&fault).await;
                    Some(fault.into())
                }
            };
            if let Some(fault) = fault {
                self.connection = None;
                if !fault.remedy().heals() {
                    return Err(fault);
                }
                measure::load_failed(self.name, &fault);
                self.health.not_ready(self.name, fault.to_string());
            }
            if !backoff.pause(&self.stop).await {
                return Ok(()); // not loaded, and not lost: the position still stands before it
            }
            arrivals = batch.arrivals;
        }
    }

    /// That it can't be told is no other trouble than the one at hand.
    async fn tell_of_room(&mut self, fault: &DatabaseFault) {
        if !fault.is_no_room() {
            self.no_room = None;
        } else if self.no_room.is_none() {
            let told = within(patience::QUESTION, self.register.open_as(NO_ROOM)).await;
            self.no_room = told.ok();
        }
    }

    /// What of `arrivals` is still ours and not loaded yet, with the positions it moves.
    fn batch(&self, arrivals: Vec<Arrival>) -> Option<Batch> {
        let mut spans: BTreeMap<Partition, Span> = BTreeMap::new();
        let mut tenures: HashMap<Partition, Option<Tenure>> = HashMap::new();
        let mut kept = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let partition = &arrival.record.partition;
            if !tenures.contains_key(partition) {
                tenures.insert(partition.clone(), self.ownership.tenure(partition));
            }
            let Some(tenure) = tenures[partition].filter(|tenure| tenure.number == arrival.tenure) else {
                continue;
            };
            let expected = match self.next.get(partition) {
                Some(&(number, next)) if number == tenure.number => next,
                _ => tenure.start,
            };
            if arrival.record.offset < expected {
                continue;
            }
            let next = arrival.record.offset + 1;
            let sequence = arrival.sequence().unwrap_or(0);
            match spans.get_mut(partition) {
                Some(span) => {
                    span.next = next;
                    span.sequence = span.sequence.max(sequence);
                }
                None => {
                    spans.insert(
                        partition.clone(),
                        Span {
                            expected,
                            next,
                            sequence,
                        },
                    );
                }
            }
            kept.push(arrival);
        }
        (!kept.is_empty()).then_some(Batch {
            arrivals: kept,
            spans,
        })
    }

    async fn try_load(&mut self, batch: &Batch) -> Result<Loaded, DatabaseFault> {
        let limit = self.limits.load_timeout;
        let conn = self.connected().await?;
        within(limit, load(conn, batch)).await
    }

    async fn connected(&mut self) -> Result<&mut PgConnection, DatabaseFault> {
        if self.connection.is_none() {
            self.connection = Some(within(patience::QUESTION, self.register.open_for_loading()).await?);
        }
        Ok(self.connection.as_mut().expect("opened above"))
    }

    fn moved(&mut self, spans: &BTreeMap<Partition, Span>) {
        for (partition, span) in spans {
            self.go_on(partition, span.next);
        }
    }

    fn go_on(&mut self, partition: &Partition, next: i64) {
        if let Some(tenure) = self.ownership.tenure(partition) {
            self.next.insert(partition.clone(), (tenure.number, next));
            self.ownership.loaded(partition, tenure.number, next);
        }
    }

    /// Takes the positions as they are now, after another owner moved one of them, or a commit of
    /// ours went through whose answer was lost.
    async fn reread(&mut self, spans: &BTreeMap<Partition, Span>) -> Result<(), Fault> {
        let partitions: Vec<Partition> = spans.keys().cloned().collect();
        let conn = self.connected().await?;
        let stored = within(patience::QUESTION, position::read(conn, &partitions)).await?;
        for (partition, span) in spans {
            let expected = span.expected;
            match stored.get(partition).map(|stored| stored.next_offset) {
                Some(now) if now == expected => {}
                Some(now) if now > expected => {
                    measure::superseded(partition, expected, now);
                    self.go_on(partition, now);
                }
                Some(now) => {
                    return Err(Fault::fatal(format!(
                        "the register's position of {partition} went back from {expected} to {now}: the database was \
                         restored to an earlier moment; start again to go on from there"
                    )));
                }
                None => {
                    return Err(Fault::fatal(format!(
                        "the register's position of {partition} is gone: another database, or one made anew; start \
                         again to go on from what it says"
                    )));
                }
            }
        }
        Ok(())
    }
}
