//! Three brokers of Apache Kafka, each of them a controller too, from the local stack's jars.

use super::run;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;
use tests::java::java;
use tests::{Process, free_address, until};

const COUNT: usize = 3;
const PATIENCE: Duration = Duration::from_secs(90);

/// A cluster in which one broker may be missing.
pub struct Brokers(Vec<Process>);

impl Brokers {
    /// Formats and starts all of them, and waits until each takes connections.
    pub fn start(folder: &Path) -> Self {
        let members: Vec<(SocketAddr, SocketAddr)> =
            (0..COUNT).map(|_| (free_address(), free_address())).collect();
        let voters: Vec<String> = members
            .iter()
            .enumerate()
            .map(|(n, (_, controller))| format!("{}@{controller}", n + 1))
            .collect();
        let cluster =
            run(java(256, "log4j2-tools.yaml").args(["kafka.tools.StorageTool", "random-uuid"])).stdout;
        let cluster = String::from_utf8_lossy(&cluster).trim().to_owned();
        let broker = |(n, (address, controller)): (usize, &(SocketAddr, SocketAddr))| {
            let settings = folder.join(format!("broker-{}.properties", n + 1));
            let data = folder.join(format!("broker-{}", n + 1));
            let text = properties(n + 1, &voters.join(","), *address, *controller, &data);
            fs::write(&settings, text).expect("the broker's settings are written");
            run(java(256, "log4j2-tools.yaml")
                .args(["kafka.tools.StorageTool", "format", "-t", &cluster, "-c"])
                .arg(&settings));
            let mut command = java(768, "log4j2-broker.yaml");
            command
                .arg(format!(
                    "-Dintake.log={}",
                    folder.join(format!("broker-{}.log", n + 1)).display()
                ))
                .arg("kafka.Kafka")
                .arg(&settings);
            Process::of(&format!("broker-{}.out", n + 1), command, folder, *address)
        };
        let mut brokers = Self(members.iter().enumerate().map(broker).collect());
        brokers.0.iter_mut().for_each(Process::start);
        for broker in &brokers.0 {
            until(&format!("{} takes connections", broker.name), PATIENCE, || {
                TcpStream::connect(broker.address).ok()
            });
        }
        brokers
    }

    /// Their addresses, as a client wants them.
    pub fn addresses(&self) -> String {
        let addresses: Vec<String> = self.0.iter().map(|broker| broker.address.to_string()).collect();
        addresses.join(",")
    }

    /// One of them, by a number that may be any.
    pub fn one(&mut self, which: usize) -> &mut Process {
        &mut self.0[which % COUNT]
    }

    /// Starts again whatever isn't running, and waits until each takes connections.
    pub fn all_up(&mut self) {
        for broker in &mut self.0 {
            broker.tend();
            if !broker.is_running() {
                broker.start();
            }
            until(&format!("{} takes connections", broker.name), PATIENCE, || {
                TcpStream::connect(broker.address).ok()
            });
        }
    }
}

fn properties(id: usize, voters: &str, address: SocketAddr, controller: SocketAddr, data: &Path) -> String {
    format!(
        "process.roles=broker,controller
node.id={id}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{address},CONTROLLER://{controller}
advertised.listeners=PLAINTEXT://{address}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={}
auto.create.topics.enable=false
default.replication.factor=3
min.insync.replicas=2
unclean.leader.election.enable=false
offsets.topic.replication.factor=3
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
transaction.abort.timed.out.transaction.cleanup.interval.ms=2000
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=1000
message.max.bytes=4194304
replica.fetch.max.bytes=4194304
log.segment.delete.delay.ms=5000
",
        data.display()
    )
}
