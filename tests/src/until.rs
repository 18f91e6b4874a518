//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Asks until there is an answer; panics with `what` when there is none in `patience`.
#[track_caller]
pub fn until<T>(what: &str, patience: Duration, condition: impl FnMut() -> Option<T>) -> T {
    within(patience, condition).unwrap_or_else(|| panic!("not in {patience:?}: {what}"))
}

/// Asks until there is an answer, at most for `patience`.
pub fn within<T>(patience: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    const STEP: Duration = Duration::from_millis(25);
    let deadline = Instant::now() + patience;
    loop {
        let answer = condition();
        if answer.is_some() || Instant::now() >= deadline {
            return answer;
        }
        std::thread::sleep(STEP);
    }
}
