//! What every command runs with: flags over a named context, or over the environment, a file and the local stack.

use clap::Args;
use runtime::Fault;
use runtime::kafka::Cluster;
use runtime::settings::KafkaSettings;
use schemas::provinces::{Province, Provinces};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sink::Register;
use sqlx::PgConnection;
use std::path::PathBuf;

use crate::Output;
use crate::context::Contexts;

/// Options that every command takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// Form of the answer
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        global = true,
        help_heading = "Global options"
    )]
    pub output: Output,
    /// Settings file (TOML: [kafka], [database], [review], provinces); the workers' files do as well
    #[arg(
        long,
        value_name = "FILE",
        env = "INTAKE_CONFIG",
        global = true,
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// Work on a place of the contexts file, instead of a settings file, variables and the local stack
    #[arg(
        long,
        value_name = "NAME",
        env = "INTAKE_CONTEXT",
        global = true,
        help_heading = "Global options"
    )]
    pub context: Option<String>,
    /// The contexts file [default: ~/.config/intakectl/contexts.toml]
    #[arg(
        long,
        value_name = "FILE",
        env = "INTAKE_CONTEXTS",
        global = true,
        help_heading = "Global options"
    )]
    pub contexts: Option<PathBuf>,
    /// A property of librdkafka, over all other settings; again for more. Secrets are refused
    #[arg(
        short = 'X',
        value_name = "PROP=VALUE",
        value_parser = property,
        global = true,
        help_heading = "Global options"
    )]
    pub property: Vec<(String, String)>,
    /// Kafka's bootstrap servers, host:port separated by commas
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub brokers: Option<String>,
    /// Prefix of topics and groups
    #[arg(long, global = true, help_heading = "Global options")]
    pub namespace: Option<String>,
    /// The register: postgres://user@host:port/database [variable: INTAKE_DATABASE__URL]
    #[arg(long, value_name = "URL", global = true, help_heading = "Global options")]
    pub database_url: Option<SecretString>,
    /// File with the list of provinces, instead of the 21 of the campaign
    #[arg(
        long,
        value_name = "FILE",
        env = "INTAKE_PROVINCES",
        global = true,
        help_heading = "Global options"
    )]
    pub provinces: Option<PathBuf>,
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("a property is written PROP=VALUE, as in -X socket.timeout.ms=5000".to_owned()),
    }
}

/// A settings file has sections for the workers too: what isn't ours is left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    kafka: KafkaSettings,
    database: DatabaseSection,
    provinces: Option<PathBuf>,
    review: ReviewSection,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DatabaseSection {
    pub(crate) url: Option<SecretString>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReviewSection {
    second_person: bool,
}

/// Where the pipeline is. Nothing is connected before it is used.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How to reach Kafka.
    pub kafka: KafkaSettings,
    /// The provinces.
    pub provinces: Provinces,
    /// Whether a review's decision waits for the approval of somebody else.
    pub second_person: bool,
    /// The context they come from.
    pub context: Option<String>,
    database_url: Option<SecretString>,
}

impl Settings {
    /// Flags over a context; or flags over the environment, over the file, over the local stack.
    ///
    /// # Errors
    /// Fatal when a file can't be read or a value is wrong; data when there is no such context; the text names it.
    pub fn load(options: &Options) -> Result<Self, Fault> {
        let contexts = Contexts::read(options.contexts.as_deref())?;
        let context = Self::context(options, &contexts)?;
        let file = match &context {
            Some(name) => {
                let place = contexts.find(name)?;
                File {
                    kafka: place.kafka(name)?,
                    database: place.database(name)?,
                    provinces: place.provinces.clone(),
                    review: place.review.clone(),
                }
            }
            None => runtime::settings::load(options.config.as_deref())?,
        };
        let mut kafka = file.kafka;
        if let Some(brokers) = &options.brokers {
            kafka.brokers.clone_from(brokers);
        }
        if let Some(namespace) = &options.namespace {
            kafka.namespace.clone_from(namespace);
        }
        kafka.properties.extend(options.property.iter().cloned());
        let provinces = options.provinces.as_ref().or(file.provinces.as_ref());
        Ok(Self {
            kafka,
            provinces: runtime::settings::provinces(provinces.map(PathBuf::as_path))?,
            second_person: file.review.second_person,
            context,
            database_url: options.database_url.clone().or(file.database.url),
        })
    }

    /// The context that these options choose: the one they name, else the default when nothing else names a place.
    ///
    /// # Errors
    /// Data when there is no context of the name.
    pub(crate) fn context(options: &Options, contexts: &Contexts) -> Result<Option<String>, Fault> {
        if let Some(name) = &options.context {
            contexts.find(name)?;
            return Ok(Some(name.clone()));
        }
        let placed = options.config.is_some()
            || std::env::vars_os().any(|(key, _)| {
                let key = key.to_string_lossy();
                key.starts_with("INTAKE_KAFKA__") || key.starts_with("INTAKE_DATABASE__")
            });
        Ok(contexts.default.clone().filter(|_| !placed))
    }

    /// The register's host, port and database; never its user's password.
    pub(crate) fn register_shown(&self) -> Option<String> {
        let url = self.database_url.as_ref()?.expose_secret();
        let (_, rest) = url.split_once("://").unwrap_or(("", url));
        let rest = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        Some(rest.split('?').next().unwrap_or(rest).to_owned())
    }

    /// The Kafka cluster.
    ///
    /// # Errors
    /// Fatal when a setting is wrong.
    pub fn cluster(&self) -> Result<Cluster, Fault> {
        Cluster::new(&self.kafka)
    }

    /// The province with this slug.
    ///
    /// # Errors
    /// Data when it isn't in the list.
    pub fn province(&self, slug: &str) -> Result<&Province, Fault> {
        self.provinces.by_slug(slug).ok_or_else(|| {
            let known: Vec<&str> = self
                .provinces
                .iter()
                .map(|province| province.slug.as_str())
                .collect();
            Fault::data(format!(
                "no province {slug:?} is configured: one of {}",
                known.join(", ")
            ))
        })
    }

    /// The register, whatever version its schema has.
    ///
    /// # Errors
    /// Fatal when no database is named or its URL can't be understood.
    pub fn register(&self) -> Result<Register, Fault> {
        match &self.database_url {
            Some(url) => Register::new(url),
            None => Err(Fault::fatal(
                "no database is named: give --database-url, set INTAKE_DATABASE__URL, put `url` in section \
                 [database] of a settings file, or start the local stack with deploy/local/stack start",
            )),
        }
    }

    /// A connection to the register, once its schema is this version's.
    ///
    /// # Errors
    /// As [`Self::register`]; transient when it can't be reached; fatal when the schema is another
    /// version's.
    pub async fn open_register(&self) -> Result<PgConnection, Fault> {
        let register = self.register()?;
        register.check().await?;
        Ok(register.open().await?)
    }
}
