//! Chaos: everything is killed, frozen, cut off and restarted at random under load, on three brokers and a
//! PostgreSQL of the run's own; afterwards nothing is lost, nothing doubled, the books balance, and a quiet
//! rebuild from the same match log says the same.

mod fault;
mod servers;

pub use fault::Fault;

use loadgen::Generator;
use servers::Servers;
use std::fmt;
use std::time::Duration;
use tests::{Ground, Load, PROVINCES, Pipeline, Sent, Settled, Shape};

/// Steps of match between two faults, at least.
const PROGRESS: i64 = 100;
const PATIENCE: Duration = Duration::from_secs(120);
/// Parts of the load that are sent at the same time, at most.
const UNDER_WAY: usize = 3;
/// What a slow machine gets through in a second while nothing is wrong.
const SLOWEST: usize = 500;

/// What a run does.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Lines that are sent to the nodes.
    pub lines: usize,
    /// How often something goes wrong.
    pub faults: usize,
    /// Of the load and of the faults.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How often something went wrong.
    pub faults: usize,
    /// Events that nodes had acknowledged.
    pub accepted: usize,
    /// How they are settled.
    pub settled: Settled,
    /// Why the books don't balance.
    pub problems: Vec<String>,
    /// Rows in which a quiet rebuild differs.
    pub differences: Option<String>,
}

impl Verdict {
    /// Whether all is as it must be.
    pub fn is_good(&self) -> bool {
        self.settled == Settled::default() && self.problems.is_empty() && self.differences.is_none()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settled { lost, doubled, .. } = self.settled;
        let digest = if self.differences.is_none() {
            "equal"
        } else {
            "different"
        };
        write!(
            f,
            "chaos: faults={} lost={lost} doubled={doubled} digest={digest}",
            self.faults
        )
    }
}

/// Runs a plan; `tell` hears how far it is.
pub fn run(plan: Plan, tell: impl Fn(&str)) -> Verdict {
    let mut servers = Servers::start();
    let ground = Ground::on(servers.stack(), PROVINCES);
    // Errors are what this is about; a panic or a person's value still is none that may be logged.
    ground.gate.borrow_mut().announce(r#""level":"ERROR""#);
    let mut pipeline = Pipeline::start(&ground, Shape::TWO);
    pipeline.register_nodes();
    tell("three brokers, PostgreSQL, three nodes and two of each worker run");

    let sent = under_fire(plan, &mut servers, &ground, &mut pipeline, &tell);
    servers.brokers.all_up();
    tell("every line is answered; the rest must come through");
    let patience = PATIENCE + Duration::from_secs((sent.events.len() / SLOWEST) as u64);
    let books = pipeline.drain(sent.events.len(), patience);
    pipeline.outcomes(PATIENCE);
    let settled = ground.site.compare(&sent.events);
    tell("all is settled; a quiet rebuild follows");
    let differences = ground.rebuild().differences();
    pipeline
        .processes()
        .for_each(|process| process.ended_by_itself.clear());
    pipeline.stop();
    Verdict {
        faults: plan.faults,
        accepted: sent.events.len(),
        settled,
        problems: books.problems,
        differences,
    }
}

/// Sends the load in as many parts as there are faults, and strikes while each is on its way.
fn under_fire(
    plan: Plan,
    servers: &mut Servers,
    ground: &Ground,
    pipeline: &mut Pipeline<'_>,
    tell: &impl Fn(&str),
) -> Sent {
    let mut generator = Generator::evenly(plan.seed, ground.provinces.iter()).expect("provinces of ours");
    let sender = pipeline.sender();
    std::thread::scope(|scope| {
        let (mut all, mut sending) = (Sent::default(), std::collections::VecDeque::new());
        let mut answered = |part: std::thread::ScopedJoinHandle<'_, Sent>| {
            all.add(part.join().expect("every line is answered"));
        };
        for n in 0..plan.faults {
            let lines = plan.lines * (n + 1) / plan.faults - plan.lines * n / plan.faults;
            let part = Load::next(ground, &mut generator, lines);
            let (sender, before) = (sender.clone(), ground.site.last_step());
            sending.push_back(scope.spawn(move || sender.send(&part)));
            pipeline.until("the load moves on", PATIENCE, |_| {
                (ground.site.last_step() >= before + PROGRESS.min(lines as i64 / 2)).then_some(())
            });
            let fault = Fault::of(plan.seed, n as u64);
            tell(&format!("{} of {}: {fault:?}", n + 1, plan.faults));
            fault.strike(servers, ground, pipeline);
            servers.brokers.all_up();
            pipeline
                .processes()
                .for_each(|process| process.ended_by_itself.clear());
            if sending.len() > UNDER_WAY {
                sending.pop_front().into_iter().for_each(&mut answered);
            }
        }
        sending.into_iter().for_each(answered);
        all
    })
}
