//! Waiting between tries: exponential, jittered, bounded.

use crate::health::Health;
use crate::{Fault, Stop};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::time::Duration;

/// Delays between tries: 100 ms doubling to 5 s, each jittered, without end. Whoever uses it holds a
/// deadline or a [`Stop`].
#[derive(Debug)]
pub struct Backoff {
    delays: backon::ExponentialBackoff,
}

const LONGEST: Duration = Duration::from_secs(5);

impl Default for Backoff {
    fn default() -> Self {
        Self {
            delays: Self::builder().build(),
        }
    }
}

impl Backoff {
    fn builder() -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(LONGEST)
            .with_jitter()
            .without_max_times()
    }

    /// The next delay.
    pub fn next_delay(&mut self) -> Duration {
        self.delays.next().unwrap_or(LONGEST)
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        self.delays = Self::builder().build();
    }

    /// Waits for the next delay; false when a stop was asked for meanwhile.
    pub async fn pause(&mut self, stop: &Stop) -> bool {
        tokio::select! {
            () = tokio::time::sleep(self.next_delay()) => true,
            () = stop.wait() => false,
        }
    }

    /// Waits for the next delay on a thread of its own; false when a stop was asked for meanwhile.
    pub fn pause_blocking(&mut self, stop: &Stop) -> bool {
        const STEP: Duration = Duration::from_millis(50);
        let until = std::time::Instant::now() + self.next_delay();
        while !stop.requested() && std::time::Instant::now() < until {
            std::thread::sleep(STEP);
        }
        !stop.requested()
    }
}

/// Tries to start until it works; none when a stop was asked for meanwhile. What isn't ready yet (a
/// broker that elects, a topic that was only just made) is no reason to end.
///
/// # Errors
/// The first fault that waiting doesn't help against.
pub fn until_ready<T>(
    stop: &Stop,
    health: &Health,
    mut start: impl FnMut() -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut backoff = Backoff::default();
    loop {
        match start() {
            Ok(started) => {
                health.ready("start");
                return Ok(Some(started));
            }
            Err(fault) if fault.remedy().heals() => {
                tracing::warn!(remedy = fault.remedy().name(), "can't start yet: {fault}");
                health.not_ready("start", fault.to_string());
                if !backoff.pause_blocking(stop) {
                    return Ok(None);
                }
            }
            Err(fault) => return Err(fault),
        }
    }
}
