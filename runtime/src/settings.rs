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
    /// User name for SASL/SCRAM-SHA-512; none: no authentication.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// Certificate authorities to trust for TLS; none: no TLS.
    pub ca_file: Option<PathBuf>,
    /// Any other librdkafka property, as it is. Applied last.
    pub properties: BTreeMap<String, String>,
}

impl Default for KafkaSettings {
    fn default() -> Self {
        Self {
            brokers: "127.0.0.1:19092".to_owned(),
            namespace: String::new(),
            username: None,
            password: None,
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
    let loaded = builder
        .add_source(source(environment))
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
        ];
        let settings: Sample = read(stack, Some(file.path()), environment.into_iter()).expect("loads");
        assert_eq!(settings.kafka.username.as_deref(), Some("stack"));
        assert_eq!(settings.kafka.brokers, "file:1");
        assert_eq!(settings.kafka.namespace, "environment");
    }
}
