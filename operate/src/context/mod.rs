//! `intakectl context`: the places a person works on, kept under names in a file.

mod file;
pub mod list;
pub mod show;

pub(crate) use file::Contexts;

use clap::Subcommand;

/// Commands about contexts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The contexts of the file, and which of them is the default
    List,
    /// Where commands go with these options: cluster, namespace, user, register; no secret is shown
    Show,
}

/// The form of the file, for `--help`.
pub const FORM: &str = "\
The contexts file is ~/.config/intakectl/contexts.toml, or what --contexts names:

  default = \"test\"                     # optional

  [context.prod]
  about = \"the campaign\"
  provinces = \"/etc/intake/provinces.toml\"
  [context.prod.kafka]
  brokers = \"kafka-1:9093,kafka-2:9093\"
  namespace = \"\"
  username = \"operator\"
  password_file = \"/run/secrets/kafka\"  # or password_env = \"PROD_KAFKA_PASSWORD\"
  ca_file = \"/etc/intake/ca.pem\"
  [context.prod.database]
  url_file = \"/run/secrets/register\"    # or url_env = \"PROD_REGISTER\"

A context that --context or INTAKE_CONTEXT names is the whole place: settings file, variables and the local stack
are left aside, and only flags change it. The default is taken when neither --config nor a variable
INTAKE_KAFKA__… or INTAKE_DATABASE__… names a place.";
