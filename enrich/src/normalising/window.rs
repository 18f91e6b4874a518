//! How many records may be under way between normalise and the register.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a record may be under way: what a province that is not behind notices of one that is.
const DELAY: Duration = Duration::from_millis(500);
/// Less than this would leave the stages after us waiting for each other's batches.
const LEAST: i64 = 4_000;
/// Over which time the rate is taken.
const MEMORY: Duration = Duration::from_secs(2);

/// A window as wide as what the stages after us take in [`DELAY`] at the rate of the last seconds (Little's
/// law), so that the queue before them is as short on a slow machine as on a fast one.
pub struct Window {
    most: i64,
    /// When so many had been taken in all; the oldest first.
    taken: VecDeque<(Instant, i64)>,
}

impl Window {
    /// Never wider than `most`.
    pub const fn new(most: i64) -> Self {
        Self {
            most,
            taken: VecDeque::new(),
        }
    }

    /// The window now that so many have been taken in all.
    pub fn at(&mut self, now: Instant, taken: i64) -> i64 {
        self.taken.push_back((now, taken));
        while self.taken.len() > 2 && now - self.taken[1].0 >= MEMORY {
            self.taken.pop_front();
        }
        let (since, before) = self.taken[0];
        let passed = (now - since).as_secs_f64().max(MEMORY.as_secs_f64() / 4.0);
        let rate = (taken - before).max(0) as f64 / passed;
        ((rate * DELAY.as_secs_f64()) as i64).max(LEAST).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window after five seconds in which so many records a second were taken.
    fn settled(rate: f64, most: i64) -> i64 {
        let (mut window, start) = (Window::new(most), Instant::now());
        let at = |window: &mut Window, seconds: f64| {
            window.at(start + Duration::from_secs_f64(seconds), (rate * seconds) as i64)
        };
        let looks = (0..=100).map(|look| at(&mut window, f64::from(look) * 0.05));
        looks.last().expect("looks")
    }

    #[test]
    fn it_follows_what_is_taken_between_its_limits() {
        assert_eq!(settled(0.0, 20_000), LEAST);
        assert_eq!(settled(5_000.0, 20_000), LEAST);
        assert!((settled(20_000.0, 20_000) - 10_000).abs() < 50);
        assert_eq!(settled(100_000.0, 20_000), 20_000);
        assert_eq!(settled(100_000.0, 1_000), 1_000, "a narrower one is wished for");
    }

    #[test]
    fn a_burst_after_a_pause_does_not_count_as_a_rate() {
        let (mut window, start) = (Window::new(20_000), Instant::now());
        window.at(start, 0);
        assert_eq!(window.at(start + Duration::from_millis(1), 3_000), LEAST);
    }
}
