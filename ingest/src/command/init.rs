//! `init`: a new node's folder.

use super::print;
use crate::folder::Folder;
use crate::key::NodeKey;
use crate::settings::{Settings, unknown_province};
use crate::spool::Spool;
use runtime::Fault;
use schemas::NodeId;
use schemas::topics::Namespace;
use std::fmt::Write;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a new node's folder: settings, key and spool
///
/// Prints the node's public key and the command that registers it with the centre. Nothing that is
/// there already is overwritten.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
    /// The node's name: 3 to 63 characters of a-z, 0-9 and '-', such as dien-bien-01
    #[arg(long, value_name = "ID")]
    node_id: NodeId,
    /// Slug of the node's province, such as dien-bien
    #[arg(long, value_name = "SLUG")]
    province: String,
    /// Kafka's bootstrap servers, host:port separated by commas
    #[arg(long, value_name = "BROKERS")]
    brokers: Option<String>,
    /// Prefix of topic names
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Option<Namespace>,
    /// Where the HTTP API listens; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8710")]
    listen: SocketAddr,
    /// File with the list of provinces, when it is not the default of 21
    #[arg(long, value_name = "FILE")]
    provinces: Option<PathBuf>,
}

/// Makes the folder.
///
/// # Errors
/// Fatal when it exists or can't be made.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    let provinces = runtime::settings::provinces(options.provinces.as_deref())?;
    if let Some(wrong) = unknown_province(&provinces, &options.province) {
        return Err(Fault::fatal(wrong));
    }
    let folder = Folder::at(&options.dir);
    let file = folder.settings_file();
    for taken in [&file, &folder.key_file(), &folder.spool()] {
        if taken.exists() {
            return Err(Fault::fatal(format!(
                "{} is there already: nothing was changed",
                taken.display()
            )));
        }
    }
    // The spool will hold what people wrote: nobody else on this machine may look.
    make(folder.path(), |path| {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
    })?;
    make(&file, |path| {
        std::fs::write(path, settings_text(options)).and_then(|()| std::fs::File::open(path)?.sync_all())
    })?;
    let settings = Settings::load(&file)?;
    let key = NodeKey::create(&folder.key_file())?;
    drop(Spool::create(&folder.spool(), settings.node_id, settings.spool)?);
    print(&format!(
        "made {}\npublic key {}\nregister it with: intakectl node add {} --province {} --public-key {} --execute",
        folder.path().display(),
        key.public_hex(),
        options.node_id,
        options.province,
        key.public_hex(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn make(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), Fault> {
    how(path).map_err(|e| Fault::fatal(format!("can't make {}: {e}", path.display())))
}

fn settings_text(options: &Options) -> String {
    let mut text = String::new();
    let mut set = |key: &str, value: Option<&str>, default: &str| {
        // Writing to a String can't fail.
        let _written = match value {
            Some(value) => writeln!(text, "{key} = {}", toml_text(value)),
            None => writeln!(text, "# {key} = {}", toml_text(default)),
        };
    };
    set("node_id", Some(options.node_id.as_str()), "");
    set("province", Some(&options.province), "");
    set("listen", Some(&options.listen.to_string()), "");
    let provinces = options.provinces.as_ref().map(|path| path.display().to_string());
    set("provinces", provinces.as_deref(), "provinces.toml");
    text.push_str(SECTIONS);
    text.push_str("\n[kafka]\n");
    let mut set = |key: &str, value: Option<String>, default: &str| {
        let _written = match value {
            Some(value) => writeln!(text, "{key} = {}", toml_text(&value)),
            None => writeln!(text, "# {key} = {}", toml_text(default)),
        };
    };
    set("brokers", options.brokers.clone(), "127.0.0.1:19092");
    set(
        "namespace",
        options.namespace.as_ref().map(ToString::to_string),
        "",
    );
    text.push_str(KAFKA_REST);
    text
}

/// A TOML basic string; JSON's escapes are valid there.
fn toml_text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

const SECTIONS: &str = "
[spool]
# Bytes that events and receipts may take; when full, submissions are refused with 507.
# max_bytes = 2147483648
# Bytes of the disk that are left free for others.
# min_free_bytes = 268435456
# Days that published events are kept. Their receipts are kept for ever.
# keep_days = 30

[publisher]
# Events on their way to the broker at once.
# in_flight = 2000
# Seconds that a stop waits for acknowledgements.
# grace_seconds = 10

[manifest]
# Seconds between signed reports to the centre while something changes.
# interval_seconds = 5
";

const KAFKA_REST: &str = "# username = \"\"
# password_file = \"password\"   # or the variable INTAKE_KAFKA__PASSWORD
# ca_file = \"ca.pem\"
";
