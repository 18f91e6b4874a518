//! Settings: a TOML file under environment variables, checked at start.
//!
//! `INTAKE_KAFKA__BROKERS=…` sets `brokers` in section `[kafka]`: two underscores nest. Below both
//! lies the local stack, when one was started in this folder or one above it (`.local/stack.env`), so
//! that nothing need be set to work with it.

use crate::Fault;
use config::{Config, Environment, File, FileFormat};
use rules::Ruleset;
use schemas::provinces::Provinces;
use schemas::topics::Namespace;
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// How to reach Kafka.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KafkaSettings {
    /// Bootstrap servers, `host:port` separated by commas.
    pub brokers: String,
    /// Prefix of topics, groups and transactional ids; empty for none.
    pub namespace: String,
    /// User name for SASL; none: no authentication.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// File that holds the password alone, instead of `password`.
    pub password_file: Option<PathBuf>,
    /// How user and password are proven.
    pub mechanism: Mechanism,
    /// Certificate authorities to trust for TLS; none: no TLS.
    pub ca_file: Option<PathBuf>,
    /// Any other librdkafka property, as it is. Applied last. Secrets are refused here: properties can be
    /// given on a command line, which everybody on the machine can read.
    pub properties: BTreeMap<String, String>,
}

/// How a user proves the password to the broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Mechanism {
    /// Salted challenge and response (RFC 5802, with SHA-256 by RFC 7677): the password never travels.
    ScramSha256,
    /// The same with SHA-512.
    #[default]
    ScramSha512,
    /// The password itself (RFC 4616): over TLS only.
    Plain,
}

impl TryFrom<String> for Mechanism {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let all = [Self::ScramSha512, Self::ScramSha256, Self::Plain];
        all.into_iter()
            .find(|mechanism| mechanism.name() == name)
            .ok_or_else(|| {
                let known = all.map(Self::name).join(", ");
                format!("kafka.mechanism is {name:?}, and must be one of {known}")
            })
    }
}

impl Mechanism {
    /// Its registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::Plain => "PLAIN",
        }
    }
}

/// Properties that hold secrets.
const SECRET: [&str; 6] = [
    "sasl.password",
    "sasl.oauthbearer.client.secret",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.password",
    "sasl.oauthbearer.config",
];

impl Default for KafkaSettings {
    fn default() -> Self {
        Self {
            brokers: "127.0.0.1:19092".to_owned(),
            namespace: String::new(),
            username: None,
            password: None,
            password_file: None,
            mechanism: Mechanism::default(),
            ca_file: None,
            properties: BTreeMap::new(),
        }
    }
}

impl KafkaSettings {
    /// The checked namespace.
    ///
    /// # Errors
    /// Fatal when it breaks the rule, which the text states.
    pub fn namespace(&self) -> Result<Namespace, Fault> {
        Namespace::parse(self.namespace.clone()).map_err(|e| Fault::fatal(format!("kafka.namespace: {e}")))
    }

    /// The password, from wherever it is; none when no user is named.
    ///
    /// # Errors
    /// Fatal when a user has no password, the file can't be read, a secret stands among the properties, or
    /// the password would travel in the clear.
    pub(crate) fn secret(&self) -> Result<Option<SecretString>, Fault> {
        if let Some(key) = SECRET.iter().find(|key| self.properties.contains_key(**key)) {
            return Err(Fault::fatal(format!(
                "kafka.properties: {key} is a secret and has no place among the properties: use kafka.password_file \
                 or the variable INTAKE_KAFKA__PASSWORD"
            )));
        }
        if self.username.is_none() {
            return Ok(None);
        }
        if self.mechanism == Mechanism::Plain && self.ca_file.is_none() {
            return Err(Fault::fatal(
                "kafka.mechanism: PLAIN sends the password itself, so it needs TLS: set kafka.ca_file, or use SCRAM-SHA-512",
            ));
        }
        match (&self.password, &self.password_file) {
            (Some(password), _) => Ok(Some(password.clone())),
            (None, Some(path)) => std::fs::read_to_string(path)
                .map(|text| Some(text.trim_end_matches(['\r', '\n']).into()))
                .map_err(|e| {
                    Fault::fatal(format!(
                        "can't read the password in {}: {e} (kafka.password_file)",
                        path.display()
                    ))
                }),
            (None, None) => Err(Fault::fatal(
                "kafka.username is set and no password is: set the variable INTAKE_KAFKA__PASSWORD, or kafka.password_file",
            )),
        }
    }
}

/// Reads settings: defaults in `T`, the local stack, the file, the environment; later ones win.
///
/// # Errors
/// Fatal when the file can't be read or a key or value is wrong; the text names it.
pub fn load<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, Fault> {
    read(local_stack(), file, std::env::vars())
}

fn read<T: DeserializeOwned>(
    stack: HashMap<String, String>,
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<T, Fault> {
    let mut builder = Config::builder().add_source(source(stack.into_iter()));
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Fault::fatal(format!("can't read the settings file {}: {e}", path.display())))?;
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }
    let environment: HashMap<String, String> = environment.collect();
    // As they are: read as a number, 007 would become 7.
    for (key, variable) in [("username", "USERNAME"), ("password", "PASSWORD")] {
        let text = environment
            .get(&format!("INTAKE_KAFKA__{variable}"))
            .filter(|text| !text.is_empty());
        builder = builder
            .set_override_option(format!("kafka.{key}"), text.cloned())
            .map_err(|e| Fault::fatal(format!("the settings are wrong: {e}")))?;
    }
    let loaded = builder
        .add_source(source(environment.into_iter()))
        .build()
        .and_then(Config::try_deserialize);
    loaded.map_err(|e| Fault::fatal(format!("the settings are wrong: {e}")))
}

/// Variables with a section; `INTAKE_KAFKA_PORT` and its like are for the local stack's scripts.
fn source(variables: impl Iterator<Item = (String, String)>) -> Environment {
    let ours = variables
        .filter(|(key, _)| key.starts_with("INTAKE_") && key.contains("__"))
        .collect();
    Environment::with_prefix("INTAKE")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true)
        .ignore_empty(true)
        .source(Some(ours))
}

/// The variables of the nearest local stack, from this folder upwards; none when there is no stack.
fn local_stack() -> HashMap<String, String> {
    let here = std::env::current_dir().unwrap_or_default();
    let text = here
        .ancestors()
        .find_map(|dir| std::fs::read_to_string(dir.join(".local/stack.env")).ok())
        .unwrap_or_default();
    let line = |line: &str| {
        let (key, value) = line.trim().split_once('=')?;
        Some((key.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// The provinces of this pipeline: the 21 of the campaign, or those of a file.
///
/// # Errors
/// Fatal when the file can't be read or is wrong; the text names everything that is.
pub fn provinces(file: Option<&Path>) -> Result<Provinces, Fault> {
    let Some(path) = file else {
        return Ok(Provinces::default_21());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|e| Fault::fatal(format!("can't read the provinces file {}: {e}", path.display())))?;
    Provinces::parse(&text).map_err(|e| Fault::fatal(format!("{}: {e}", path.display())))
}

/// The weights and thresholds of rules: those of a file as `enrich/rules/ruleset.toml`, or the shipped ones.
///
/// # Errors
/// Fatal when the file can't be read or has a wrong key; the text names file, key and remedy.
pub fn ruleset(file: Option<&Path>) -> Result<Ruleset, Fault> {
    let Some(path) = file else {
        return Ok(Ruleset::default());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|e| Fault::fatal(format!("can't read the ruleset {}: {e}", path.display())))?;
    Ruleset::parse(&text).map_err(|wrong| Fault::fatal(format!("{}: {wrong}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default)]
        kafka: KafkaSettings,
    }

    fn sample(text: &str) -> Result<Sample, Fault> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        let nothing = std::iter::empty();
        read(HashMap::new(), Some(file.path()), nothing)
    }

    #[test]
    fn a_file_sets_what_it_names() {
        let settings =
            sample("[kafka]\nnamespace = 't1'\nproperties = { 'linger.ms' = '7' }").expect("loads");
        assert_eq!(settings.kafka.namespace, "t1");
        assert_eq!(settings.kafka.properties["linger.ms"], "7");
    }

    #[test]
    fn a_wrong_key_is_named_and_a_secret_is_not() {
        let fault = sample("[kafka]\nbroker = 'x'\npassword = 'hunter2'")
            .expect_err("refused")
            .to_string();
        assert!(fault.contains("broker"), "{fault}");
        let settings = sample("[kafka]\npassword = 'hunter2'").expect("loads");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn a_password_is_read_from_its_file_and_never_stands_among_properties() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "hunter2\n").expect("written");
        let named = KafkaSettings {
            username: Some("node-dien-bien".to_owned()),
            ..KafkaSettings::default()
        };
        let missing = named.secret().expect_err("no password").to_string();
        assert!(missing.contains("INTAKE_KAFKA__PASSWORD"), "{missing}");
        let filed = KafkaSettings {
            password_file: Some(file.path().to_owned()),
            ..named.clone()
        };
        let read = filed.secret().expect("read").expect("a password");
        assert_eq!(read.expose_secret(), "hunter2");
        let clear = KafkaSettings {
            mechanism: Mechanism::Plain,
            ..filed.clone()
        };
        assert!(
            clear
                .secret()
                .expect_err("in the clear")
                .to_string()
                .contains("TLS")
        );
        let leaked = KafkaSettings {
            properties: BTreeMap::from([("sasl.password".to_owned(), "hunter2".to_owned())]),
            ..filed
        };
        let refused = leaked.secret().expect_err("refused").to_string();
        assert!(
            refused.contains("sasl.password") && !refused.contains("hunter2"),
            "{refused}"
        );
        let mistyped = sample("[kafka]\nmechanism = 'SCRAM'")
            .expect_err("refused")
            .to_string();
        assert!(mistyped.contains("SCRAM-SHA-512"), "{mistyped}");
    }

    #[test]
    fn the_file_wins_over_the_stack_and_the_environment_over_both() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "[kafka]\nbrokers = 'file:1'\nnamespace = 'file'").expect("written");
        let entry = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let stack = HashMap::from([
            entry("INTAKE_KAFKA__BROKERS", "stack:1"),
            entry("INTAKE_KAFKA__USERNAME", "stack"),
        ]);
        let environment = [
            entry("INTAKE_KAFKA__NAMESPACE", "environment"),
            entry("INTAKE_KAFKA_PORT", "9"),
            entry("INTAKE_KAFKA__PASSWORD", "007"),
        ];
        let settings: Sample = read(stack, Some(file.path()), environment.into_iter()).expect("loads");
        assert_eq!(settings.kafka.username.as_deref(), Some("stack"));
        assert_eq!(settings.kafka.brokers, "file:1");
        assert_eq!(settings.kafka.namespace, "environment");
        let password = settings.kafka.password.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!(password, Some("007"), "no number");
    }
}
