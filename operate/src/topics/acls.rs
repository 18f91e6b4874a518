//! `intakectl topics acls`: the rights, for people and for kafka-acls.

use super::rights::{self, Kind, Right, Role};
use crate::table::{Cell, Table};
use crate::{Report, Settings};
use clap::{Args, ValueEnum};
use runtime::Fault;
use serde::Serialize;

/// Options of `topics acls`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only these roles
    #[arg(long, value_enum, value_name = "ROLE")]
    role: Vec<Role>,
    /// Only nodes of this province (slug)
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Print arguments of kafka-acls, a line for each call
    #[arg(long)]
    grant: bool,
    /// Who gets the rights, instead of a user named as the role; nodes: node-PROVINCE
    #[arg(long, requires = "grant", value_name = "NAME")]
    user: Option<String>,
}

/// The rights asked for.
#[derive(Debug, Serialize)]
pub struct Rights {
    rights: Vec<Right>,
    #[serde(skip)]
    lines: Option<String>,
}

/// Lists what roles need.
///
/// # Errors
/// Data when a province isn't configured or a name can't stand on a command line.
pub fn run(settings: &Settings, args: &Options) -> Result<Rights, Fault> {
    let roles = match args.role.as_slice() {
        [] => Role::value_variants(),
        named => named,
    };
    let slugs = match &args.province {
        Some(slug) => vec![settings.province(slug)?.slug.as_str()],
        None => rights::slugs(&settings.provinces),
    };
    if let Some(user) = &args.user {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
        if user.is_empty() || !user.chars().all(plain) {
            return Err(Fault::data(
                "--user: a user's name has letters, digits, '-', '_', '.' and '@' only",
            ));
        }
    }
    let found = rights::of(roles, &slugs, &settings.kafka.namespace()?);
    let lines = args.grant.then(|| lines(&found, args.user.as_deref()));
    Ok(Rights { rights: found, lines })
}

/// A call for each user and set of operations: each is a Java program of its own, which takes seconds to start.
fn lines(rights: &[Right], user: Option<&str>) -> String {
    let mut calls: Vec<(String, String)> = Vec::new();
    for right in rights {
        let named = match &right.province {
            Some(slug) => format!("node-{slug}"),
            None => name_of(right.role),
        };
        // Kafka has no empty prefix: everything is named by a star.
        let (name, prefixed) = if right.name.is_empty() {
            ("*", false)
        } else {
            (right.name.as_str(), right.prefixed)
        };
        let pattern = if prefixed {
            " --resource-pattern-type prefixed"
        } else {
            ""
        };
        let operations: String = right
            .operations
            .iter()
            .map(|o| format!(" --operation {o}"))
            .collect();
        let call = format!(
            "--add --allow-principal User:{}{pattern}{operations}",
            user.unwrap_or(&named)
        );
        let resource = match right.kind {
            Kind::Cluster => " --cluster".to_owned(),
            kind => format!(" --{} {name}", kind.name()),
        };
        match calls.iter_mut().find(|(known, _)| *known == call) {
            Some((_, resources)) => resources.push_str(&resource),
            None => calls.push((call, resource)),
        }
    }
    calls
        .iter()
        .map(|(call, resources)| format!("{call}{resources}\n"))
        .collect()
}

fn name_of(role: Role) -> String {
    let value = role.to_possible_value();
    value.map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl Report for Rights {
    fn table(&self) -> String {
        if let Some(lines) = &self.lines {
            return lines.clone();
        }
        let mut table = Table::new(&["ROLE", "PROVINCE", "ON", "NAME", "OPERATIONS", "FOR"]);
        for right in &self.rights {
            let star = if right.prefixed { "*" } else { "" };
            table.row([
                Cell::text(name_of(right.role)),
                Cell::text(right.province.as_deref().unwrap_or_default()),
                Cell::text(right.kind.name()),
                Cell::text(format!("{}{star}", right.name)),
                Cell::text(right.operations.join(", ")),
                Cell::text(right.purpose),
            ]);
        }
        table.render()
    }
}
