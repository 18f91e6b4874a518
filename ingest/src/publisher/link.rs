//! Whether the broker can be reached, as the node's threads last saw it.

use std::sync::{Arc, Mutex, PoisonError};

/// Shared by the threads that talk to the broker and by whoever asks about them.
#[derive(Clone, Debug)]
pub struct Link(Arc<Mutex<State>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Online,
    Offline(String),
    Refused(String),
}

impl Default for Link {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State::Offline(
            "not connected yet".to_owned(),
        ))))
    }
}

impl Link {
    /// The broker answered.
    pub fn online(&self) {
        self.put(State::Online);
    }

    /// The broker took a manifest, which doesn't say that it takes events: a refusal of those stands.
    pub fn reached(&self) {
        if !self.is_refused() {
            self.online();
        }
    }

    /// The broker can't be reached: everything but publishing and outcomes goes on.
    pub fn offline(&self, why: impl Into<String>) {
        self.put(State::Offline(why.into()));
    }

    /// The broker answers, and refuses this node: a person must help.
    pub fn refused(&self, why: impl Into<String>) {
        self.put(State::Refused(why.into()));
    }

    fn put(&self, next: State) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == next {
            return;
        }
        match &next {
            State::Online => tracing::info!("the broker is reached"),
            State::Offline(why) => {
                tracing::warn!("the broker is not reached, the node keeps accepting: {why}")
            }
            State::Refused(why) => {
                tracing::error!("the broker refuses this node, which keeps accepting: {why}")
            }
        }
        *state = next;
    }

    /// Whether the broker answered last.
    pub fn is_online(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) == State::Online
    }

    /// Whether the broker refused an event last.
    pub fn is_refused(&self) -> bool {
        matches!(
            *self.0.lock().unwrap_or_else(PoisonError::into_inner),
            State::Refused(_)
        )
    }

    /// Its name, and why it is not online.
    pub fn describe(&self) -> (&'static str, Option<String>) {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Online => ("online", None),
            State::Offline(why) => ("offline", Some(why.clone())),
            State::Refused(why) => ("refused", Some(why.clone())),
        }
    }
}
