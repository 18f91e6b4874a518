//! Watches a contender load, at little cost to it and to the servers.

use crate::register::Register;
use ::tests::{Process, within};
use anyhow::Result;
use bench::cost::{Servers, with_children};
use runtime::clock;
use std::time::{Duration, Instant};

/// Longer than any load takes that makes sense here.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Between two looks.
const LOOK_MS: i64 = 250;
/// Connections report what they wrote once a second: after two without news it is worth counting.
const NO_NEWS: Duration = Duration::from_millis(2500);

/// Processor time of contender, broker and PostgreSQL at a moment, in milliseconds since 1970.
pub struct Sample {
    at: i64,
    taken: [Duration; 3],
}

/// How far a load is.
pub struct Watch<'a> {
    register: &'a mut Register,
    servers: Servers,
    later: bool,
    wanted: i64,
    written: Progress,
    counted: Progress,
    pub samples: Vec<Sample>,
}

impl<'a> Watch<'a> {
    /// Of so many rows in their first, or in a later state.
    pub fn start(register: &'a mut Register, later: bool, wanted: i64) -> Result<Self> {
        Ok(Self {
            servers: Servers::find()?,
            written: Progress::new(register.written()?),
            counted: Progress::new(0),
            samples: Vec::new(),
            register,
            later,
            wanted,
        })
    }

    /// Rows that are there.
    pub const fn loaded(&self) -> i64 {
        self.counted.value
    }

    /// Waits until all rows are there, or no other came for so long.
    pub fn until_quiet(&mut self, process: &Process, quiet: Duration) -> Result<()> {
        let over = within(PATIENCE, || self.is_over(process, quiet).transpose());
        over.unwrap_or(Ok(()))
    }

    fn is_over(&mut self, process: &Process, quiet: Duration) -> Result<Option<()>> {
        let now = clock::now().0;
        if self.samples.last().is_some_and(|last| now - last.at < LOOK_MS) {
            return Ok(None);
        }
        self.samples.push(Sample::take(now, process, &self.servers));
        self.written.is(self.register.written()?);
        if self.written.unchanged_for() < NO_NEWS {
            return Ok(None);
        }
        self.written = Progress::new(self.written.value);
        self.counted.is(self.register.count(self.later)?);
        let over = self.counted.value >= self.wanted || self.counted.unchanged_for() > quiet;
        Ok(over.then_some(()))
    }
}

/// A number, and since when it has been that.
struct Progress {
    value: i64,
    since: Instant,
}

impl Progress {
    fn new(value: i64) -> Self {
        Self {
            value,
            since: Instant::now(),
        }
    }

    fn is(&mut self, value: i64) {
        if value != self.value {
            *self = Self::new(value);
        }
    }

    fn unchanged_for(&self) -> Duration {
        self.since.elapsed()
    }
}

impl Sample {
    fn take(at: i64, process: &Process, servers: &Servers) -> Self {
        let [(_, broker), (_, postgres)] = servers.taken();
        Self {
            at,
            taken: [with_children(process.pid()), broker, postgres],
        }
    }
}

/// What each took between two moments, by the samples around them.
pub fn spent(samples: &[Sample], from: i64, to: i64) -> [Duration; 3] {
    let before = samples
        .iter()
        .rfind(|sample| sample.at <= from)
        .or(samples.first());
    let after = samples.iter().find(|sample| sample.at >= to).or(samples.last());
    let (Some(before), Some(after)) = (before, after) else {
        return [Duration::ZERO; 3];
    };
    std::array::from_fn(|who| after.taken[who].saturating_sub(before.taken[who]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_between_two_moments_is_read_from_the_samples_around_them() {
        let sample = |at: i64| Sample {
            at,
            taken: [1, 10, 100].map(|each| Duration::from_millis(each * at as u64)),
        };
        let samples = [0, 5, 10, 15].map(sample);
        assert_eq!(spent(&samples, 6, 9), [5, 50, 500].map(Duration::from_millis));
        assert_eq!(spent(&samples, 0, 99), [15, 150, 1500].map(Duration::from_millis));
        assert_eq!(spent(&[], 0, 99), [Duration::ZERO; 3]);
    }
}
