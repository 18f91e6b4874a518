//! The whole path on a test's ground: nodes, normalise, match, sink.

use crate::load::{Load, Sent};
use crate::node::Status;
use crate::process::Process;
use crate::{Books, Ground, Node, Sender, Worker, until};
use std::time::Duration;

/// How long a process may take to be ready.
const READY: Duration = Duration::from_secs(30);

/// How many of each worker.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Normalise workers.
    pub normalise: usize,
    /// Matchers; one leads.
    pub matching: usize,
    /// Sinks.
    pub sink: usize,
    /// Whether there is a node in each province.
    pub nodes: bool,
}

impl Shape {
    /// A node in each province and one of each worker.
    pub const ONE: Self = Self {
        normalise: 1,
        matching: 1,
        sink: 1,
        nodes: true,
    };
    /// One of each worker, and no node.
    pub const WORKERS: Self = Self {
        nodes: false,
        ..Self::ONE
    };
    /// Two of each worker.
    pub const TWO: Self = Self {
        normalise: 2,
        matching: 2,
        sink: 2,
        nodes: true,
    };
}

/// Running programs on a ground.
pub struct Pipeline<'a> {
    ground: &'a Ground,
    /// A node in each province.
    pub nodes: Vec<Node>,
    /// The workers, by kind.
    pub workers: Vec<(Worker, Process)>,
}

impl<'a> Pipeline<'a> {
    /// Starts nodes and workers, and waits until one of each kind is ready.
    pub fn start(ground: &'a Ground, shape: Shape) -> Self {
        Self::start_with(ground, shape, |_, process| process)
    }

    /// The same, each program prepared before by what it is: `normalise`, `match`, `sink`, or a node's province.
    pub fn start_with(ground: &'a Ground, shape: Shape, prepare: impl Fn(&str, Process) -> Process) -> Self {
        let kinds = [
            (Worker::Normalise, shape.normalise),
            (Worker::Match, shape.matching),
            (Worker::Sink, shape.sink),
        ];
        let workers = kinds.into_iter().flat_map(|(worker, count)| {
            let prepare = &prepare;
            (1..=count).map(move |number| {
                let process = worker.on(ground, &ground.site, &format!("-{number}"));
                (worker, prepare(worker.name(), process))
            })
        });
        let provinces = ground.provinces.iter().filter(|_| shape.nodes);
        let nodes = provinces.map(|province| Node::init(ground, &province.slug).prepared(&prepare));
        let mut pipeline = Self {
            ground,
            nodes: nodes.collect(),
            workers: workers.collect(),
        };
        pipeline.processes().for_each(Process::start);
        pipeline.until("the pipeline is ready", READY, |pipeline| {
            pipeline.is_ready().then_some(())
        });
        pipeline
    }

    /// Its nodes' servers, then its workers.
    pub fn processes(&mut self) -> impl Iterator<Item = &mut Process> {
        let workers = self.workers.iter_mut().map(|(_, process)| process);
        self.nodes.iter_mut().map(|node| &mut node.server).chain(workers)
    }

    fn is_ready(&self) -> bool {
        let one_of = |kind| {
            self.workers
                .iter()
                .any(|(worker, process)| *worker == kind && process.is_ready())
        };
        let kinds = [Worker::Normalise, Worker::Match, Worker::Sink];
        let chosen = kinds
            .into_iter()
            .filter(|kind| self.workers.iter().any(|(worker, _)| worker == kind));
        chosen.into_iter().all(one_of) && self.nodes.iter().all(|node| node.server.is_ready())
    }

    /// Waits for a condition, and as a supervisor starts again what ends by itself meanwhile.
    #[track_caller]
    pub fn until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut condition: impl FnMut(&Self) -> Option<T>,
    ) -> T {
        until(what, patience, || {
            self.processes().for_each(Process::tend);
            condition(self)
        })
    }

    /// The worker of a kind, counted from 0.
    pub fn worker(&mut self, kind: Worker, at: usize) -> &mut Process {
        let of_kind = self.workers.iter_mut().filter(|(worker, _)| *worker == kind);
        of_kind
            .map(|(_, process)| process)
            .nth(at)
            .expect("there are as many workers")
    }

    /// Registers each node with its key, as an operator does.
    pub fn register_nodes(&self) {
        for node in &self.nodes {
            let added = self.ground.intakectl(&[
                "node",
                "add",
                &node.id,
                "--province",
                &node.province,
                "--public-key",
                &node.public_key,
                "--execute",
            ]);
            assert!(added.status.success(), "{added:?}");
        }
    }

    /// What sends to its nodes, also while they are killed.
    pub fn sender(&self) -> Sender {
        Sender {
            nodes: self
                .nodes
                .iter()
                .map(|node| (node.province.clone(), node.server.address))
                .collect(),
        }
    }

    /// Sends a load to the nodes, all of them at once.
    pub fn send(&self, load: &Load) -> Sent {
        self.sender().send(load)
    }

    /// Waits until `captured` events are settled and loaded and nothing is on its way; the books then.
    #[track_caller]
    pub fn drain(&mut self, captured: usize, patience: Duration) -> Books {
        let expected = captured as i64;
        let ground = self.ground;
        let mut seen = 0;
        self.until(&format!("all {expected} events are loaded"), patience, |_| {
            // Counting all rows is dear: not before there can be enough of them.
            if ground.site.last_step() >= expected {
                seen = ground.site.settled();
            }
            (seen >= expected).then_some(())
        });
        let mut last = None;
        self.until("the books are settled", patience, |_| {
            let books = ground.reconcile();
            let done = books.settled && books.totals.captured >= expected;
            last = Some(books);
            done.then_some(())
        });
        last.expect("the books were read")
    }

    /// Waits until every node has heard what became of all its events.
    #[track_caller]
    pub fn outcomes(&mut self, patience: Duration) -> Vec<Status> {
        self.until("the outcomes reach the nodes", patience, |pipeline| {
            let said: Option<Vec<Status>> = pipeline.nodes.iter().map(Node::status).collect();
            said.filter(|said| {
                said.iter()
                    .all(|status| status.outcomes.waiting == 0 && status.pending == 0)
            })
        })
    }

    /// Ends everything as an operator does; panics when a process ended by itself before, or doesn't end
    /// well now.
    pub fn stop(mut self) {
        const GRACE: Duration = Duration::from_secs(25);
        for process in self.processes() {
            let Process {
                name,
                ended_by_itself,
                ..
            } = process;
            assert!(
                ended_by_itself.is_empty(),
                "{name} ended by itself: {ended_by_itself:?}"
            );
        }
        for process in self.processes().filter(|process| process.is_running()) {
            let ended = process.terminate(GRACE);
            assert!(ended.success(), "{} ended with {ended}", process.name);
        }
    }
}
