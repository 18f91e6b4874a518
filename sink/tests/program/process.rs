//! The real `intake-sink`, as a supervisor runs it.

use crate::fixture::database::Database;
use secrecy::ExposeSecret;
use sqlx::PgConnection;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A running `intake-sink`, ended with the test.
pub struct Process {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
    reading: Option<JoinHandle<()>>,
}

impl Process {
    /// Starts it for a database and a namespace, with these arguments.
    pub fn start(database: &Database, namespace: &str, args: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let mut child = Command::new(env!("CARGO_BIN_EXE_intake-sink"))
            .env("INTAKE_DATABASE__URL", database.url().expose_secret())
            .env("INTAKE_HEALTH__LISTEN", address.to_string())
            .env("INTAKE_KAFKA__NAMESPACE", namespace)
            .args(args)
            .stderr(Stdio::piped())
            .spawn()
            .expect("intake-sink starts");
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let kept = Arc::clone(&log);
        let reading = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *kept.lock().expect("no panic") += &format!("{line}\n");
            }
        });
        Self {
            child,
            address,
            log,
            reading: Some(reading),
        }
    }

    /// Waits until a path of its health port says so.
    pub async fn until(&self, path: &str, says: &str) {
        until(path, says, async || self.get(path).await.unwrap_or_default()).await;
    }

    /// Waits until its log says so.
    pub async fn until_log(&self, says: &str) {
        until("the log", says, async || {
            self.log.lock().expect("no panic").clone()
        })
        .await;
    }

    /// What a path answers, headers and all; none while nobody listens.
    async fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: sink\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        Some(answer)
    }

    /// Its exit code and its log, once it has ended by itself.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().expect("ended").code();
        let reading = self.reading.take().expect("once");
        reading.join().expect("no panic");
        (code, self.log.lock().expect("no panic").clone())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already, or ended now.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

async fn until(what: &str, says: &str, text: impl AsyncFn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let text = text().await;
        if text.contains(says) {
            return;
        }
        assert!(Instant::now() < deadline, "{what} never said {says:?}: {text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Lets at most so many connections into a database that are not there yet; -1 for any number.
pub async fn limit_connections(conn: &mut PgConnection, database: &Database, most: i32) {
    let statement = format!("ALTER DATABASE {} CONNECTION LIMIT {most}", database.name);
    let altered = sqlx::query(&statement).execute(conn).await;
    altered.expect("altered");
}
