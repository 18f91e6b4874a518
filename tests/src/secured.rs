//! A broker that asks for user and password and grants only what an access rule grants, with the settings
//! that `deploy/local/stack start --secure` gives one.

use crate::java::{java, root};
use crate::process::{Process, free_address};
use crate::{Stack, until};
use runtime::settings::KafkaSettings;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

/// A running broker. It ends when it is dropped, and its data goes.
pub struct SecuredBroker {
    /// Where users log in.
    pub secure: SocketAddr,
    open: SocketAddr,
    _broker: Process,
    _folder: tempfile::TempDir,
}

impl SecuredBroker {
    /// Formats and starts it, and waits until it takes connections.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let [open, secure, controller] = [free_address(), free_address(), free_address()];
        let settings = folder.path().join("server.properties");
        let text: String = ["server.properties.in", "secure.properties.in"]
            .map(|name| {
                let template = root().join("deploy/local").join(name);
                fs::read_to_string(template).expect("the stack's settings")
            })
            .concat()
            .replace("@PORT@", &open.port().to_string())
            .replace("@SECURE_PORT@", &secure.port().to_string())
            .replace("@CONTROLLER_PORT@", &controller.port().to_string())
            .replace("@DATA@", &folder.path().join("data").to_string_lossy());
        fs::write(&settings, text).expect("the broker's settings are written");
        let id = run(&["kafka.tools.StorageTool", "random-uuid"]).stdout;
        let id = String::from_utf8_lossy(&id).trim().to_owned();
        let file = settings.to_string_lossy();
        run(&["kafka.tools.StorageTool", "format", "-t", &id, "-c", &file]);
        let mut broker = broker(folder.path(), &settings, open);
        broker.start();
        for address in [open, secure] {
            until("the broker takes connections", PATIENCE, || {
                TcpStream::connect(address).ok()
            });
        }
        Self {
            secure,
            open,
            _broker: broker,
            _folder: folder,
        }
    }

    /// The local stack's database server with this broker, as one who may do everything.
    pub fn stack(&self) -> Stack {
        Stack::find().with_kafka(KafkaSettings {
            brokers: self.open.to_string(),
            ..KafkaSettings::default()
        })
    }

    /// Makes a user.
    pub fn user(&self, name: &str, password: &str) {
        let login = format!("SCRAM-SHA-512=[iterations=4096,password={password}]");
        self.alter(name, &["--add-config", &login]);
    }

    /// Lets a user write so many bytes a second, or as many as it can.
    pub fn quota(&self, name: &str, bytes: Option<u32>) {
        match bytes {
            Some(bytes) => self.alter(name, &["--add-config", &format!("producer_byte_rate={bytes}")]),
            None => self.alter(name, &["--delete-config", "producer_byte_rate"]),
        }
    }

    fn alter(&self, user: &str, change: &[&str]) {
        let brokers = self.open.to_string();
        let mut call = vec!["kafka.admin.ConfigCommand", "--bootstrap-server", &brokers];
        call.extend(["--alter", "--entity-type", "users", "--entity-name", user]);
        call.extend(change);
        run(&call);
    }

    /// Calls kafka-acls with these arguments.
    pub fn access(&self, arguments: &str) {
        let brokers = self.open.to_string();
        let mut call = vec![
            "org.apache.kafka.tools.AclCommand",
            "--bootstrap-server",
            &brokers,
        ];
        call.extend(arguments.split_whitespace());
        run(&call);
    }
}

fn broker(folder: &Path, settings: &Path, address: SocketAddr) -> Process {
    let mut command = java(512, "log4j2-broker.yaml");
    command
        .arg(format!("-Dintake.log={}", folder.join("broker.log").display()))
        .arg("kafka.Kafka")
        .arg(settings);
    Process::of("broker.out", command, folder, address)
}

/// Runs a tool to its end; panics with what it printed when it fails.
fn run(arguments: &[&str]) -> Output {
    let output = java(256, "log4j2-tools.yaml")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("java runs");
    assert!(output.status.success(), "{}: {output:?}", arguments[0]);
    output
}
