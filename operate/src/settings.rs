//! What every command runs with: flags over the environment, over a file, over the local stack.

use clap::Args;
use runtime::Fault;
use runtime::kafka::Cluster;
use runtime::settings::KafkaSettings;
use schemas::provinces::{Province, Provinces};
use secrecy::SecretString;
use serde::Deserialize;
use sink::Register;
use sqlx::PgConnection;
use std::path::PathBuf;

use crate::Output;

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
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
    /// Kafka's bootstrap servers, host:port separated by commas
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub brokers: Option<String>,
    /// Prefix of topics and groups
    #[arg(long, global = true, help_heading = "Global options")]
    pub namespace: Option<String>,
    /// The register: postgres://user@host:port/database
    #[arg(
        long,
        value_name = "URL",
        env = "INTAKE_DATABASE__URL",
        hide_env_values = true,
        global = true,
        help_heading = "Global options"
    )]
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

/// A settings file has sections for the workers too: what isn't ours is left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    kafka: KafkaSettings,
    database: DatabaseSection,
    provinces: Option<PathBuf>,
    review: ReviewSection,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DatabaseSection {
    url: Option<SecretString>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ReviewSection {
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
    database_url: Option<SecretString>,
}

impl Settings {
    /// Flags over the environment, over the file, over the local stack.
    ///
    /// # Errors
    /// Fatal when a file can't be read or a value is wrong; the text names it.
    pub fn load(options: &Options) -> Result<Self, Fault> {
        let file: File = runtime::settings::load(options.config.as_deref())?;
        let mut kafka = file.kafka;
        if let Some(brokers) = &options.brokers {
            kafka.brokers.clone_from(brokers);
        }
        if let Some(namespace) = &options.namespace {
            kafka.namespace.clone_from(namespace);
        }
        let provinces = options.provinces.as_ref().or(file.provinces.as_ref());
        Ok(Self {
            kafka,
            provinces: runtime::settings::provinces(provinces.map(PathBuf::as_path))?,
            second_person: file.review.second_person,
            database_url: options.database_url.clone().or(file.database.url),
        })
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
