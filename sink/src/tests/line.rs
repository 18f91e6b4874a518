//! A line to the server that can be cut, or go dead.

use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes on to a server what comes to a port of its own, until it is cut.
pub(super) struct Line {
    address: SocketAddr,
    database: SecretString,
    passing: JoinSet<()>,
    dead: watch::Sender<bool>,
}

impl Line {
    pub(super) async fn to(database: SecretString) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut line = Self {
            address: listener.local_addr().expect("an address"),
            database,
            passing: JoinSet::new(),
            dead: watch::Sender::new(false),
        };
        line.pass_on(listener);
        line
    }

    /// The database's URL by way of this line.
    pub(super) fn url(&self) -> SecretString {
        let [user, _, name] = parts(&self.database);
        format!("{user}@{}/{name}", self.address).into()
    }

    /// Breaks every connection, and refuses new ones.
    pub(super) async fn cut(&mut self) {
        self.passing.shutdown().await;
    }

    /// Passes on nothing more, and tells nobody.
    pub(super) fn die(&mut self) {
        self.dead.send_replace(true);
    }

    /// Passes on again, at the same address.
    pub(super) async fn mend(&mut self) {
        self.passing.shutdown().await;
        self.dead.send_replace(false);
        let listener = TcpListener::bind(self.address)
            .await
            .expect("the port is still free");
        self.pass_on(listener);
    }

    fn pass_on(&mut self, listener: TcpListener) {
        let [_, server, _] = parts(&self.database).map(str::to_owned);
        let dead = self.dead.subscribe();
        self.passing.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(pipe(client, server.clone(), dead.clone()));
            }
        });
    }
}

/// What stands before, in and behind `@host:port/` of a URL.
fn parts(url: &SecretString) -> [&str; 3] {
    let (user, rest) = url.expose_secret().rsplit_once('@').expect("a URL with a user");
    let (server, name) = rest.split_once('/').expect("a URL with a database");
    [user, server, name]
}

async fn pipe(mut client: TcpStream, server: String, mut dead: watch::Receiver<bool>) {
    if let Ok(mut server) = TcpStream::connect(server).await {
        let died = async { dead.wait_for(|dead| *dead).await.is_ok() };
        let dead = tokio::select! {
            biased;
            died = died => died,
            // Either side may end it at any time.
            _ended = tokio::io::copy_bidirectional(&mut client, &mut server) => false,
        };
        if dead {
            std::future::pending::<()>().await;
        }
    }
}
