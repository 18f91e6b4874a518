//! What goes wrong, chosen at random from a seed.

use crate::servers::Servers;
use ::tests::{Ground, Pipeline, Process, within};
use schemas::Sha256;
use std::time::Duration;

/// Steps of match by which something must have moved on meanwhile, unless nothing is left to do.
const PROGRESS: i64 = 200;
/// How long a fault lasts at most.
const LONGEST: Duration = Duration::from_secs(15);

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL of a node or a worker, which is started again at once.
    Kill(usize),
    /// SIGKILL, and once more while it starts.
    KillTwice(usize),
    /// SIGSTOP of a node or a worker for longer than its group waits, then SIGCONT: a stale owner.
    Freeze(usize),
    /// SIGKILL of a broker, which is started again after the others have gone on.
    Broker(usize),
    /// PostgreSQL crashes and recovers.
    Database,
    /// Every connection to the register breaks.
    Connections,
}

impl Fault {
    /// The `n`th fault of a run; the same seed gives the same.
    pub fn of(seed: u64, n: u64) -> Self {
        let random = Sha256::of(&[seed.to_be_bytes(), n.to_be_bytes()].concat()).0;
        let which = usize::from(random[1]);
        match random[0] % 20 {
            0..=7 => Self::Kill(which),
            8..=10 => Self::KillTwice(which),
            11..=13 => Self::Freeze(which),
            14..=16 => Self::Broker(which),
            17 | 18 => Self::Database,
            _ => Self::Connections,
        }
    }

    /// Makes it happen, and lets it last as long as it does.
    pub fn strike(self, servers: &mut Servers, ground: &Ground, pipeline: &mut Pipeline<'_>) {
        match self {
            Self::Kill(which) => kill(one(pipeline, which)),
            Self::KillTwice(which) => {
                kill(one(pipeline, which));
                within(LONGEST, || one(pipeline, which).is_alive().then_some(()));
                kill(one(pipeline, which));
            }
            Self::Freeze(which) => {
                one(pipeline, which).freeze();
                moves_on(ground);
                one(pipeline, which).thaw();
            }
            Self::Broker(which) => {
                servers.brokers.one(which).kill();
                moves_on(ground);
            }
            Self::Database => servers.postgres.crash_and_start(),
            Self::Connections => {
                ground.site.database.break_connections();
            }
        }
    }
}

fn one<'p>(pipeline: &'p mut Pipeline<'_>, which: usize) -> &'p mut Process {
    let count = pipeline.processes().count();
    pipeline.processes().nth(which % count).expect("counted above")
}

fn kill(process: &mut Process) {
    process.tend(); // it may have ended by itself just now
    process.kill();
    process.start();
}

/// Waits until the others have gone on without the missing one, as far as they can.
fn moves_on(ground: &Ground) {
    let before = ground.site.last_step();
    within(LONGEST, || {
        (ground.site.last_step() >= before + PROGRESS).then_some(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_faults_and_a_hundred_hold_every_kind() {
        let faults: Vec<Fault> = (0..100).map(|n| Fault::of(1, n)).collect();
        assert!((0..100).map(|n| Fault::of(1, n)).eq(faults.iter().copied()));
        let kinds: std::collections::HashSet<_> = faults.iter().map(std::mem::discriminant).collect();
        assert_eq!(kinds.len(), 6);
    }
}
