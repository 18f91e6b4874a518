//! What a test stands on: a namespace, a database, three provinces and a folder of its own.

use crate::log_gate::LogGate;
use crate::process;
use crate::rebuild::{self, Rebuild};
use crate::site::{self, Site};
use crate::small_disk;
use crate::stack::{Stack, Turn};
use runtime::kafka::Cluster;
use runtime::settings::KafkaSettings;
use schemas::provinces::Provinces;
use schemas::topics;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tokio::runtime::Runtime;

/// Three provinces; the largest has two partitions, so that order across them is nobody's promise.
pub const PROVINCES: &str = "home = 'dien-bien'
[[province]]
code = '11'
slug = 'dien-bien'
name = 'Điện Biên'
[[province]]
code = '12'
slug = 'lai-chau'
name = 'Lai Châu'
[[province]]
code = '01'
slug = 'ha-noi'
name = 'Hà Nội'
partitions = 2
";

/// Begins the name of every namespace of a test.
const PREFIX: &str = "e2e-";

/// A test's own ground. Dropped, it passes the logs of all its processes through the gate, and removes
/// everything it made; the logs of a failed test are kept, and their ends printed.
pub struct Ground {
    /// Its topics and database.
    pub site: Site,
    /// Its provinces.
    pub provinces: Provinces,
    /// Settings, logs and the nodes' folders.
    pub folder: PathBuf,
    /// What its processes may log.
    pub gate: RefCell<LogGate>,
    pub(crate) stack: Stack,
    pub(crate) runtime: Rc<Runtime>,
    _turn: Turn,
}

impl Ground {
    /// Waits for its turn, clears away what a crashed run left, and makes a new ground.
    #[allow(clippy::new_without_default)] // it waits, and makes things on servers
    pub fn new() -> Self {
        Self::of(PROVINCES)
    }

    /// The same with the provinces of this text, in the form of a provinces file.
    pub fn of(text: &str) -> Self {
        Self::on(Stack::find(), text)
    }

    /// The same on other servers than the local stack's.
    pub fn on(stack: Stack, text: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = Rc::new(runtime.expect("a runtime"));
        let turn = Turn::take(&stack, &runtime);
        let provinces = Provinces::parse(text).expect("the provinces are right");
        sweep(&stack, &runtime);
        let namespace = format!("{PREFIX}{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
        let folder = stack.folder().join(&namespace);
        fs::create_dir_all(folder.join("logs")).expect("a folder is made");
        fs::write(folder.join("provinces.toml"), text).expect("the provinces are written");
        let site = Site::create(&stack, &runtime, &namespace, &provinces, &folder);
        Self {
            site,
            provinces,
            folder,
            gate: RefCell::default(),
            stack,
            runtime,
            _turn: turn,
        }
    }

    /// The register again, from the same match log, by one matcher and one sink that nobody disturbs.
    pub fn rebuild(&self) -> Rebuild<'_> {
        Rebuild::start(self)
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Where its matchers keep snapshots.
    pub fn snapshots(&self) -> PathBuf {
        self.folder.join("snapshots")
    }

    fn keep_logs(&self) {
        let kept = self
            .stack
            .folder()
            .join(format!("failed-{}", self.site.namespace));
        match fs::rename(self.logs(), &kept) {
            Ok(()) => eprintln!("the logs are kept in {}", kept.display()),
            Err(fault) => eprintln!("the logs are lost: {fault}"),
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let gate = self.gate.borrow();
        let found = if std::thread::panicking() {
            None
        } else {
            gate.complaint(&self.logs())
        };
        if std::thread::panicking() || found.is_some() {
            gate.print_ends(&self.logs());
            self.keep_logs();
        }
        if let Err(fault) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} is left behind: {fault}", self.folder.display());
        }
        if let Some(complaint) = found {
            panic!("{complaint}");
        }
    }
}

/// Ends and removes what earlier turns left: whoever has the turn is alone.
fn sweep(stack: &Stack, runtime: &Rc<Runtime>) {
    process::end_leftovers(&stack.folder());
    let left = "SELECT datname::text FROM pg_database WHERE datname LIKE 'e2e\\_%'";
    let databases: Vec<String> = runtime.block_on(async {
        let mut server = stack.connect("postgres").await;
        sqlx::query_scalar(left)
            .fetch_all(&mut server)
            .await
            .expect("databases are listed")
    });
    for database in databases {
        let namespace = database.replace('_', "-");
        let folder = stack.folder().join(namespace.trim_end_matches(rebuild::SUFFIX));
        let written =
            fs::read_to_string(folder.join("provinces.toml")).unwrap_or_else(|_| PROVINCES.to_owned());
        let provinces = Provinces::parse(&written).expect("the provinces of an earlier test are right");
        let names: Vec<String> = topics::all(&provinces)
            .into_iter()
            .map(|spec| spec.name)
            .collect();
        let kafka = KafkaSettings {
            namespace,
            ..stack.kafka.clone()
        };
        let cluster = Cluster::new(&kafka).expect("the stack's Kafka settings are right");
        site::delete_topics(&cluster, &names, runtime);
        runtime.block_on(stack.administer(format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")));
    }
    runtime.block_on(small_disk::sweep(stack));
    clear(&stack.folder());
}

/// Removes the folders of ended tests, and kept logs when there are many.
fn clear(folder: &Path) {
    const KEPT: usize = 20;
    let Ok(entries) = fs::read_dir(folder) else { return };
    let paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let named = |path: &Path, prefix: &str| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
    };
    let failed = paths.iter().filter(|path| named(path, "failed-")).count();
    for path in paths {
        if (named(&path, PREFIX) || failed > KEPT)
            && let Err(fault) = fs::remove_dir_all(&path)
        {
            eprintln!("{} is left behind: {fault}", path.display());
        }
    }
}
