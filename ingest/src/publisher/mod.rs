//! Publishing: every event in sequence, each marked only after the broker has acknowledged it.

pub mod centre;
mod link;
mod manifest;
mod session;
mod window;

pub use link::Link;

use crate::key::NodeKey;
use crate::settings::Publishing;
use crate::spool::Spool;
use manifest::Schedule;
use metrics::counter;
use runtime::kafka::Cluster;
use runtime::retry::Backoff;
use runtime::{Fault, Remedy, Stop};
use session::{Ended, Session};
use std::sync::Arc;
use window::Window;

/// The node's publisher. Blocking: its own thread.
pub struct Publisher {
    /// What to publish.
    pub spool: Arc<Spool>,
    /// Where to.
    pub cluster: Cluster,
    /// Signs manifests.
    pub key: NodeKey,
    /// Slug of the node's province.
    pub province: String,
    /// How.
    pub settings: Publishing,
    /// Told whether the broker answers.
    pub link: Link,
}

impl Publisher {
    /// Publishes until a stop is asked for, then as long as the grace allows.
    ///
    /// # Errors
    /// Fatal when the spool is damaged; whatever the broker does is waited for.
    pub fn run(self, stop: &Stop) -> Result<(), Fault> {
        let mut backoff = Backoff::default();
        if !self.agree(stop, &mut backoff) {
            return Ok(());
        }
        let mut schedule = Schedule::every(self.settings.manifest_interval);
        let mut window = self.window();
        loop {
            let pause = match Session::open(&self, window.again(0), &mut schedule) {
                Ok(session) => match session.run(stop) {
                    Ok(Ended::Stopped) => return Ok(()),
                    Ok(Ended::Again { window: again, pause }) => {
                        window = again;
                        pause
                    }
                    Err(fault) => {
                        let fault = Fault::from(fault);
                        if fault.remedy() == Remedy::Fatal {
                            return Err(fault);
                        }
                        tracing::error!("publishing waits for the spool: {fault}");
                        window = self.window();
                        true
                    }
                },
                Err(fault) => {
                    self.link.offline(fault.to_string());
                    true
                }
            };
            if !pause {
                backoff.reset();
            } else if !backoff.pause_blocking(stop) {
                return Ok(());
            }
        }
    }

    /// Nothing is published before the centre was asked. False when a stop came first.
    fn agree(&self, stop: &Stop, backoff: &mut Backoff) -> bool {
        loop {
            match centre::agree(&self.cluster, &self.spool, &self.province) {
                Ok(()) => {
                    self.link.online();
                    backoff.reset();
                    return true;
                }
                Err(fault) => {
                    counter!("intake_node_connect_failures_total").increment(1);
                    self.link.offline(fault.to_string());
                }
            }
            if !backoff.pause_blocking(stop) {
                return false;
            }
        }
    }

    fn window(&self) -> Window {
        let generation = self.spool.head().generation();
        Window::after(self.spool.published().sequence_in(generation))
    }
}
