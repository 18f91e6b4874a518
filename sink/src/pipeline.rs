//! The sink as one sentence: records of the partitions we own go, in batches, into the register.

use crate::fetch::{CHUNK_RECORDS, Fetch, Outlet};
use crate::lane::Lane;
use crate::ownership::{Member, Ownership};
use crate::register::Register;
use crate::settings::Limits;
use runtime::health::Health;
use runtime::kafka::{Cluster, Consumer, ConsumerSpec};
use runtime::{Fault, Stop};
use schemas::provinces::Provinces;
use schemas::topics;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Names of the lanes, as they stand in logs, readiness and metrics.
const LANES: [&str; 12] = [
    "lane-0", "lane-1", "lane-2", "lane-3", "lane-4", "lane-5", "lane-6", "lane-7", "lane-8", "lane-9",
    "lane-10", "lane-11",
];

/// The parts of a running sink.
#[derive(Clone)]
pub struct Pipeline {
    /// Where records come from.
    pub cluster: Cluster,
    /// The provinces whose manifests are loaded.
    pub provinces: Provinces,
    /// Where rows go.
    pub register: Register,
    /// How batches are made.
    pub limits: Limits,
    /// After how long without a sign of life the group gives our partitions to another sink.
    pub session_timeout: Duration,
    /// How long the transactions at hand may take after a stop.
    pub grace: Duration,
    /// Where readiness is told.
    pub health: Health,
}

impl Pipeline {
    /// Loads until a stop is asked for.
    ///
    /// # Errors
    /// The first fault that waiting doesn't heal. Nothing is lost by it: the positions stand where
    /// the rows are.
    pub async fn run(self, stop: &Stop) -> Result<(), Fault> {
        let ends = Stop::manual();
        let asked = tokio::spawn(pass_on(stop.clone(), ends.clone()));
        let ownership = Ownership::new(self.register.clone(), self.cluster.clone(), Handle::current());
        let ended = self.run_parts(Arc::new(ownership?), &ends).await;
        asked.abort();
        ended
    }

    async fn run_parts(&self, ownership: Arc<Ownership>, stop: &Stop) -> Result<(), Fault> {
        let (outlets, mut lanes) = self.lanes(&ownership, stop);
        let fetch = Fetch {
            consumer: self.consumer(Member(Arc::clone(&ownership)))?,
            ownership: Arc::clone(&ownership),
            outlets,
            handle: Handle::current(),
            health: self.health.clone(),
            stop: stop.clone(),
        };
        let mut fetching = tokio::task::spawn_blocking(move || fetch.run());
        // Whichever part ends first, for whatever reason, ends the others.
        let first = tokio::select! {
            fetched = &mut fetching => Err(fetched),
            lane = lanes.join_next() => Ok(lane),
        };
        stop.request();
        let rest = async {
            let (mut verdict, fetched) = match first {
                Ok(lane) => (lane.map_or(Ok(()), ended), fetching.await),
                Err(fetched) => (Ok(()), fetched),
            };
            while let Some(lane) = lanes.join_next().await {
                verdict = verdict.and(ended(lane));
            }
            verdict.and(match fetched {
                Ok(Ok(consumer)) => last_word(consumer, ownership).await,
                Ok(Err(fault)) => Err(fault),
                Err(panic) => ended(Err(panic)),
            })
        };
        let late = || {
            Fault::transient(format!(
                "the transactions at hand were not finished within {:?}",
                self.grace
            ))
        };
        tokio::time::timeout(self.grace, rest)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    fn lanes(&self, ownership: &Arc<Ownership>, stop: &Stop) -> (Vec<Outlet>, JoinSet<Result<(), Fault>>) {
        let mut tasks = JoinSet::new();
        // Room for the next batch while one is being loaded.
        let room = self.limits.batch_rows.div_ceil(CHUNK_RECORDS) + 1;
        let open = |&name: &&'static str| {
            let (sender, inbox) = mpsc::channel(room);
            let shared = (self.limits, self.health.clone(), stop.clone());
            let lane = Lane::new(name, inbox, self.register.clone(), Arc::clone(ownership), shared);
            tasks.spawn(lane.run());
            Outlet::new(sender)
        };
        let outlets = LANES.iter().take(self.limits.lanes).map(open).collect();
        (outlets, tasks)
    }

    fn consumer(&self, member: Member) -> Result<Consumer<Member>, Fault> {
        let manifests = self
            .provinces
            .iter()
            .map(|province| topics::nodes(&province.slug));
        let spec = ConsumerSpec {
            group: topics::GROUP_SINK,
            topics: std::iter::once(topics::CHANGES.to_owned())
                .chain(manifests)
                .collect(),
            read_committed: true,
            session_timeout: self.session_timeout,
        };
        self.cluster.consumer(&spec, member)
    }
}

async fn pass_on(asked: Stop, ends: Stop) {
    asked.wait().await;
    ends.request();
}

/// Tells the group where we ended, and leaves it.
async fn last_word(consumer: Consumer<Member>, ownership: Arc<Ownership>) -> Result<(), Fault> {
    let leave = tokio::task::spawn_blocking(move || {
        let read_up_to = consumer.positions().unwrap_or_default();
        if let Err(fault) = consumer.commit_and_wait(&ownership.untold(read_up_to)) {
            tracing::warn!("the group was not told where we ended: {fault}");
        }
    });
    leave
        .await
        .map_err(|_| Fault::fatal("leaving the group panicked: see the log"))
}

/// How a task ended that was a part of the sink.
pub(crate) fn ended(part: Result<Result<(), Fault>, tokio::task::JoinError>) -> Result<(), Fault> {
    // A panic's text may quote anything: it stays in the panic's own output.
    part.unwrap_or_else(|_| Err(Fault::fatal("a part of the sink panicked: see the log")))
}
