//! Orderly shutdown: a token that is handed in, never a global.

use crate::Fault;
use tokio_util::sync::CancellationToken;

/// Says when to stop. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Requested by whoever holds a clone.
    pub fn manual() -> Self {
        Self::default()
    }

    /// Requested by SIGTERM or SIGINT; a second signal ends the process at once. Must be called
    /// inside a tokio runtime.
    ///
    /// # Errors
    /// Fatal when the signals can't be registered.
    pub fn on_signals() -> Result<Self, Fault> {
        use tokio::signal::unix::{SignalKind, signal};
        let register =
            |kind| signal(kind).map_err(|e| Fault::fatal(format!("can't listen for signals: {e}")));
        let (mut term, mut interrupt) = (
            register(SignalKind::terminate())?,
            register(SignalKind::interrupt())?,
        );
        let stop = Self::default();
        let requested = stop.clone();
        tokio::spawn(async move {
            for second in [false, true] {
                tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
                if second {
                    std::process::exit(130);
                }
                requested.request();
            }
        });
        Ok(stop)
    }

    /// Asks everyone to stop.
    pub fn request(&self) {
        self.0.cancel();
    }

    /// Whether a stop was asked for.
    pub fn requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Returns once a stop was asked for. Cancel safe.
    pub async fn wait(&self) {
        self.0.cancelled().await;
    }
}
