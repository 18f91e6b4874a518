//! A running node: its threads and tasks, how they start and how they end.

use crate::acceptance::Intake;
use crate::folder::{Folder, Hold};
use crate::housekeeping;
use crate::http::{self, Api};
use crate::key::NodeKey;
use crate::publisher::{Link, Publisher, centre};
use crate::settings::Settings;
use crate::spool::Spool;
use runtime::health::{self, Health};
use runtime::kafka::Cluster;
use runtime::telemetry::Metrics;
use runtime::{Fault, Stop};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The threads that talk to the broker.
pub struct Connection {
    stop: Stop,
    publisher: JoinHandle<Result<(), Fault>>,
    follower: JoinHandle<()>,
}

impl Connection {
    /// Starts publishing and following outcomes.
    ///
    /// # Errors
    /// Fatal when the key can't be read or a thread not be started.
    pub fn start(
        folder: &Folder,
        settings: &Settings,
        spool: &Arc<Spool>,
        link: &Link,
    ) -> Result<Self, Fault> {
        let refused = |e: std::io::Error| Fault::fatal(format!("can't start a thread: {e}"));
        let (cluster, stop) = (Cluster::new(&settings.kafka)?, Stop::manual());
        let publisher = Publisher {
            spool: Arc::clone(spool),
            cluster: cluster.clone(),
            key: NodeKey::read(&folder.key_file())?,
            province: settings.province.clone(),
            settings: settings.publishing.clone(),
            link: link.clone(),
        };
        let publisher_stop = stop.clone();
        let publisher = std::thread::Builder::new()
            .name("publisher".to_owned())
            .spawn(move || publisher.run(&publisher_stop))
            .map_err(refused)?;
        let (spool, province) = (Arc::clone(spool), settings.province.clone());
        let (link, follower_stop) = (link.clone(), stop.clone());
        let follower = std::thread::Builder::new()
            .name("outcomes".to_owned())
            .spawn(move || centre::follow(&cluster, &spool, &province, &link, &follower_stop))
            .map_err(refused)?;
        Ok(Self {
            stop,
            publisher,
            follower,
        })
    }

    /// Whether publishing has ended, which it does by itself only for a fault.
    pub fn has_ended(&self) -> bool {
        self.publisher.is_finished()
    }

    /// Publishes what the grace allows, then ends. A thread that waits for a broker which does not
    /// answer is left behind: everything it had is on the disk.
    ///
    /// # Errors
    /// Why publishing ended before it was asked to.
    pub async fn end(self, grace: Duration) -> Result<(), Fault> {
        self.stop.request();
        let until = Instant::now() + grace + Duration::from_secs(3);
        let both_ended = || self.publisher.is_finished() && self.follower.is_finished();
        while !both_ended() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if !self.publisher.is_finished() {
            tracing::warn!(
                "the broker did not answer in time; what is pending is published at the next start"
            );
            return Ok(());
        }
        self.publisher
            .join()
            .unwrap_or_else(|_| Err(Fault::fatal("the publisher panicked: please report it")))
    }
}

/// Runs a node until `stop`: HTTP API, publisher, outcomes, housekeeping.
///
/// # Errors
/// What kept it from starting, or made it end.
pub async fn run(folder: &Folder, settings: &Settings, metrics: Metrics, stop: Stop) -> Result<(), Fault> {
    let held = folder.hold_alone()?;
    let spool = Arc::new(folder.open_spool(&held, settings)?);
    let (link, health) = (Link::default(), Health::default());
    let (intake, writer) = Intake::start(Arc::clone(&spool), stop.clone())?;
    let connection = Connection::start(folder, settings, &spool, &link)?;
    let api = Api {
        spool: Arc::clone(&spool),
        intake,
        province: settings.province.clone(),
        link: link.clone(),
        folder: folder.path().to_owned(),
    };
    let router = http::router(api).merge(health::router(health.clone(), metrics));
    let (address, mut served) = health::serve(settings.listen, router, stop.clone()).await?;
    announce(&held, address, settings, &spool)?;
    health.ready("spool");
    let housekeeper = tokio::spawn(housekeeping::keep_house(
        Arc::clone(&spool),
        link,
        health,
        stop.clone(),
    ));

    let a_part_ended = || connection.has_ended() || served.is_finished() || writer.is_finished();
    let mut verdict = until_stopped(&stop, a_part_ended).await;
    stop.request();
    tracing::info!("stopping: nothing new is accepted, what is queued is finished");
    let grace = settings.publishing.grace;
    match tokio::time::timeout(grace.max(Duration::from_secs(1)), &mut served).await {
        Ok(Ok(ended)) => verdict = verdict.and(ended),
        Ok(Err(_)) => verdict = verdict.and(Err(Fault::fatal("the HTTP server panicked: please report it"))),
        Err(_) => {
            tracing::warn!("a client kept its connection open past the grace of {grace:?}");
            served.abort();
        }
    }
    finish_queue(&writer, grace).await;
    // The publisher's own fault says more than that it ended.
    connection.end(grace).await?;
    if housekeeper.await.is_err() {
        verdict = verdict.and(Err(Fault::fatal("the housekeeping panicked: please report it")));
    }
    tracing::info!("stopped");
    verdict
}

/// Waits until a stop is asked for.
///
/// # Errors
/// Fatal when a part of the node ended before that.
async fn until_stopped(stop: &Stop, a_part_ended: impl Fn() -> bool) -> Result<(), Fault> {
    while !stop.requested() {
        // A stop ends the parts, too: so it is looked for after them.
        if a_part_ended() && !stop.requested() {
            return Err(Fault::fatal(
                "a part of the node ended by itself: please report it",
            ));
        }
        tokio::select! {
            () = stop.wait() => {}
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    }
    Ok(())
}

fn announce(held: &Hold, address: SocketAddr, settings: &Settings, spool: &Spool) -> Result<(), Fault> {
    held.announce(address)?;
    let head = spool.head();
    tracing::info!(
        node_id = %settings.node_id,
        province = %settings.province,
        captured = head.captured,
        "node {} accepts applications on http://{address}",
        settings.node_id
    );
    Ok(())
}

async fn finish_queue(writer: &JoinHandle<()>, grace: Duration) {
    let until = Instant::now() + grace;
    while !writer.is_finished() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn parts_that_end_on_a_stop_did_not_end_by_themselves() {
        let stop = Stop::manual();
        let ends_with_the_stop = || {
            stop.request();
            true
        };
        assert!(until_stopped(&stop, ends_with_the_stop).await.is_ok());
        assert!(until_stopped(&Stop::manual(), || true).await.is_err());
    }
}
