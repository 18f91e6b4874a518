//! How long a batch waits for company.

use std::time::Duration;

/// A batch as large as this waits for no more company, which would save nothing more; and the one after it
/// may wait as long as it takes to become as large.
const BUSY: usize = 1_000;

/// Hardly at all while little comes, so that a lone record is through at once; up to a limit under
/// load, where a batch's fixed costs (a commit, a marker in each partition) outweigh its records'. What
/// has come already needs no waiting for, and is taken whatever the age says.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    longest: Duration,
    last: usize,
}

impl Pace {
    /// Waits for `longest` at most.
    pub const fn new(longest: Duration) -> Self {
        Self { longest, last: 0 }
    }

    /// How long a batch of so many records, the first of which has `waited`, may wait for the next one.
    pub fn patience(&self, gathered: usize, waited: Duration) -> Duration {
        match gathered {
            0..BUSY => self.age().saturating_sub(waited),
            _ => Duration::ZERO,
        }
    }

    /// How long a batch may wait: in proportion to the last one's records.
    fn age(&self) -> Duration {
        self.longest.mul_f64(self.last.min(BUSY) as f64 / BUSY as f64)
    }

    /// How long a batch may go on at most, however much has come already.
    pub const fn longest(&self) -> Duration {
        self.longest
    }

    /// A batch had so many records.
    pub const fn took(&mut self, records: usize) {
        self.last = records;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes of successive batches when `rate` records come each second and a commit takes 20 ms.
    fn settled(rate: f64) -> f64 {
        const COMMIT: Duration = Duration::from_millis(20);
        let mut pace = Pace::new(Duration::from_millis(250));
        for _ in 0..100 {
            let meanwhile = rate * COMMIT.as_secs_f64();
            let waited = Duration::from_secs_f64((BUSY as f64 - meanwhile).max(0.0) / rate);
            let until = waited.min(pace.patience(0, Duration::ZERO));
            pace.took((meanwhile + rate * until.as_secs_f64()).round() as usize);
        }
        pace.last as f64
    }

    #[test]
    fn batches_stay_small_when_little_comes_and_grow_to_the_limit_under_load() {
        assert!(settled(100.0) <= 3.0);
        assert!(settled(1_000.0) <= 30.0);
        assert!((settled(10_000.0) - 1_000.0).abs() < 2.0);
        assert!(
            (settled(100_000.0) - 2_000.0).abs() < 2.0,
            "what came meanwhile is taken"
        );
    }
}
