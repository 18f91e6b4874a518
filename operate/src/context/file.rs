//! The file of contexts: places a person works on, each under a name.

use crate::settings::{DatabaseSection, ReviewSection};
use runtime::Fault;
use runtime::settings::KafkaSettings;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// As written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Contexts {
    /// The one that is used when nothing else names a place.
    pub(crate) default: Option<String>,
    #[serde(rename = "context")]
    pub(crate) contexts: BTreeMap<String, Context>,
    #[serde(skip)]
    path: PathBuf,
}

/// A place: a Kafka cluster, a register, the provinces.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Context {
    /// What it is, for `context list`.
    pub(crate) about: Option<String>,
    pub(crate) kafka: Kafka,
    pub(crate) database: Database,
    pub(crate) provinces: Option<PathBuf>,
    pub(crate) review: ReviewSection,
}

/// As [`KafkaSettings`], and where the password is. It never stands in this file, which people copy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Kafka {
    pub(crate) brokers: String,
    pub(crate) namespace: String,
    pub(crate) username: Option<String>,
    pub(crate) mechanism: runtime::settings::Mechanism,
    pub(crate) password_env: Option<String>,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) properties: BTreeMap<String, String>,
}

/// Where the register's URL is, which may hold a password.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    pub(crate) url_env: Option<String>,
    pub(crate) url_file: Option<PathBuf>,
}

impl Contexts {
    /// Reads a file; none at the usual place is no fault.
    ///
    /// # Errors
    /// Fatal when it can't be read or a key is wrong; the text names it.
    pub(crate) fn read(named: Option<&Path>) -> Result<Self, Fault> {
        let Some(path) = named.map(Path::to_owned).or_else(usual_place) else {
            return Ok(Self::default());
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => String::new(),
            Err(e) => {
                return Err(Fault::fatal(format!(
                    "can't read the contexts file {}: {e}",
                    path.display()
                )));
            }
        };
        let read: Self = toml::from_str(&text)
            // The error's own text quotes the line, which may hold what should not stand there.
            .map_err(|e| Fault::fatal(format!("the contexts file {}: {}", path.display(), e.message())))?;
        if let Some(default) = read
            .default
            .as_ref()
            .filter(|name| !read.contexts.contains_key(*name))
        {
            return Err(Fault::fatal(format!(
                "the contexts file {}: default = {default:?} is none of its contexts",
                path.display()
            )));
        }
        Ok(Self { path, ..read })
    }

    /// The file they come from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The context of this name.
    ///
    /// # Errors
    /// Data when there is none; the text lists those there are.
    pub(crate) fn find(&self, name: &str) -> Result<&Context, Fault> {
        self.contexts.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.contexts.keys().map(String::as_str).collect();
            let known = if known.is_empty() {
                "it has none yet; see `intakectl context --help` for its form".to_owned()
            } else {
                format!("it has {}", known.join(", "))
            };
            Fault::data(format!("no context {name:?} in {}: {known}", self.path.display()))
        })
    }
}

impl Context {
    /// The settings of this place, its secrets fetched from where they are.
    ///
    /// # Errors
    /// Fatal when a variable isn't set or a file can't be read; the text names it.
    pub(crate) fn kafka(&self, name: &str) -> Result<KafkaSettings, Fault> {
        let Kafka {
            brokers,
            namespace,
            username,
            mechanism,
            password_env,
            password_file,
            ca_file,
            properties,
        } = self.kafka.clone();
        if brokers.is_empty() {
            return Err(Fault::fatal(format!(
                "context {name:?}: kafka.brokers is missing"
            )));
        }
        let password = password_env
            .map(|variable| of_variable(name, "kafka.password_env", &variable))
            .transpose()?;
        Ok(KafkaSettings {
            brokers,
            namespace,
            username,
            password,
            password_file,
            mechanism,
            ca_file,
            properties,
        })
    }

    /// Its register; no URL when it names none.
    ///
    /// # Errors
    /// As [`Self::kafka`].
    pub(crate) fn database(&self, name: &str) -> Result<DatabaseSection, Fault> {
        let url = match (&self.database.url_env, &self.database.url_file) {
            (Some(variable), _) => Some(of_variable(name, "database.url_env", variable)?),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path).map_err(|e| {
                    Fault::fatal(format!(
                        "context {name:?}: can't read database.url_file {}: {e}",
                        path.display()
                    ))
                })?;
                Some(SecretString::from(text.trim()))
            }
            (None, None) => None,
        };
        Ok(DatabaseSection { url })
    }
}

fn of_variable(context: &str, key: &str, variable: &str) -> Result<SecretString, Fault> {
    std::env::var(variable).map(SecretString::from).map_err(|_| {
        Fault::fatal(format!(
            "context {context:?}: the variable {variable}, which {key} names, is not set"
        ))
    })
}

/// `$XDG_CONFIG_HOME/intakectl/contexts.toml`, or below `~/.config`.
fn usual_place() -> Option<PathBuf> {
    let folder = |variable: &str| {
        std::env::var_os(variable)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    };
    let config = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(config.join("intakectl/contexts.toml"))
}
