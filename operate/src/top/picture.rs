//! What is seen at one look.

use crate::Settings;
use crate::lag::Watcher;
use crate::lag::evidence::Register;
use lag::cause::NodeSeen;
use lag::{Cause, Evidence, PartitionLag, ProvinceLag, causes};
use schemas::Timestamp;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::block_in_place;

/// How long a look is remembered, for rates and trends.
const REMEMBERED: Duration = Duration::from_secs(120);

/// The pipeline at one look.
#[derive(Clone, Debug, Default)]
pub(super) struct Picture {
    /// When; none while nothing could be seen yet.
    pub(super) at: Option<Timestamp>,
    /// Why the last look failed; what is shown beside it is older.
    pub(super) trouble: Option<String>,
    pub(super) provinces: Vec<ProvinceLag>,
    pub(super) lags: Vec<PartitionLag>,
    pub(super) workers: Vec<Worker>,
    pub(super) nodes: Vec<NodeSeen>,
    pub(super) causes: Vec<Cause>,
}

/// A member of a consumer group; or a group without any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Worker {
    pub(super) group: String,
    /// What Kafka calls the group's state.
    pub(super) state: String,
    /// What its client calls itself; none in a group without members.
    pub(super) client_id: Option<String>,
    pub(super) host: String,
    pub(super) partitions: usize,
}

/// Looks again and again.
pub(super) struct Pictures {
    settings: Settings,
}

impl Pictures {
    pub(super) const fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Sends what it sees, every so often and when asked, until nobody listens.
    pub(super) async fn send(
        self,
        every: Duration,
        mut asked: mpsc::Receiver<()>,
        to: mpsc::Sender<Picture>,
    ) {
        let mut register = Register::of(&self.settings);
        let mut watcher: Option<Watcher<'_>> = None;
        let mut picture = Picture::default();
        loop {
            let looked = block_in_place(|| {
                let watcher = match &mut watcher {
                    Some(watcher) => watcher,
                    none => none.insert(Watcher::new(&self.settings, REMEMBERED)?),
                };
                watcher.look()
            });
            let (database, nodes) = register.ask().await;
            match (&watcher, looked) {
                (Some(watcher), Ok(())) => {
                    let lags = watcher.lags();
                    let evidence = Evidence {
                        window: watcher.window(),
                        lags: &lags,
                        province: None,
                        database: &database,
                        nodes: &nodes,
                    };
                    picture = Picture {
                        at: watcher.window().last().map(|look| look.at),
                        trouble: None,
                        causes: causes(&evidence),
                        provinces: watcher.by_province(&lags),
                        workers: workers(watcher),
                        lags,
                        nodes,
                    };
                }
                (_, looked) => {
                    picture.trouble = looked.err().map(|fault| fault.to_string());
                    picture.nodes = nodes;
                }
            }
            if to.send(picture.clone()).await.is_err() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                asked = asked.recv() => if asked.is_none() { return },
            }
        }
    }
}

fn workers(watcher: &Watcher<'_>) -> Vec<Worker> {
    let groups = watcher.window().last().into_iter().flat_map(|look| &look.groups);
    let of_group = |(name, group): (&String, &runtime::kafka::Group)| -> Vec<Worker> {
        let alone = Worker {
            group: name.clone(),
            state: group.state.clone(),
            ..Worker::default()
        };
        if group.members.is_empty() {
            return vec![alone];
        }
        let member = |member: &runtime::kafka::Member| Worker {
            client_id: Some(member.client_id.clone()),
            host: member.host.clone(),
            partitions: member.assigned.len(),
            ..alone.clone()
        };
        group.members.iter().map(member).collect()
    };
    groups.flat_map(of_group).collect()
}
