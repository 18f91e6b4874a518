//! `intakectl context list`.

use super::Contexts;
use crate::table::{Cell, Table};
use crate::{Options, Report, Settings};
use runtime::Fault;
use serde::Serialize;
use std::path::PathBuf;

/// The contexts of a file.
#[derive(Debug, Serialize)]
pub struct Listed {
    file: PathBuf,
    contexts: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    default: bool,
    in_use: bool,
    brokers: String,
    namespace: String,
    about: Option<String>,
}

/// Lists them. Nothing is connected to, and no secret is fetched.
///
/// # Errors
/// Fatal when the file can't be read.
pub fn run(options: &Options) -> Result<Listed, Fault> {
    let contexts = Contexts::read(options.contexts.as_deref())?;
    let used = Settings::context(options, &contexts)?;
    let row = |(name, context): (&String, &super::file::Context)| Row {
        default: contexts.default.as_ref() == Some(name),
        in_use: used.as_ref() == Some(name),
        name: name.clone(),
        brokers: context.kafka.brokers.clone(),
        namespace: context.kafka.namespace.clone(),
        about: context.about.clone(),
    };
    Ok(Listed {
        file: contexts.path().to_owned(),
        contexts: contexts.contexts.iter().map(row).collect(),
    })
}

impl Report for Listed {
    fn table(&self) -> String {
        if self.contexts.is_empty() {
            return format!(
                "{} has no contexts; its form: intakectl context --help",
                self.file.display()
            );
        }
        let mut table = Table::new(&["CONTEXT", "DEFAULT", "IN USE", "BROKERS", "NAMESPACE", "ABOUT"]);
        let mark = |set: bool| Cell::text(if set { "yes" } else { "" });
        for row in &self.contexts {
            table.row([
                Cell::text(&row.name),
                mark(row.default),
                mark(row.in_use),
                Cell::text(&row.brokers),
                Cell::text(&row.namespace),
                Cell::text(row.about.as_deref().unwrap_or_default()),
            ]);
        }
        table.render()
    }
}
