//! `outcome`: what became of an application.

use super::access::{self, Access};
use super::server::Server;
use super::{Output, json, print};
use crate::acceptance::Identity;
use crate::dossier::{Dossier, Entry};
use crate::folder::Folder;
use crate::spool::{Spool, SpoolFault};
use runtime::Fault;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

/// Show what became of an application or an event: receipts and outcomes
///
/// Exits 1 when this node knows neither.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The node's folder
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
    /// An application's id or dossier code, or an event's id
    #[arg(value_name = "APPLICATION_ID|EVENT_ID")]
    id: String,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

/// Prints receipts and outcomes.
///
/// # Errors
/// When they can't be read.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    let folder = Folder::at(&options.dir);
    let settings = folder.settings()?;
    let found = match access::to(&folder)? {
        Access::Held(held) => in_spool(&folder.open_spool(&held, &settings)?, &options.id)?,
        Access::Served(server) => at_server(&server, &options.id)?,
    };
    let Some(dossier) = found else {
        eprintln!("this node has no receipt for that application or event");
        return Ok(ExitCode::FAILURE);
    };
    match options.output {
        Output::Json => print(&json(&dossier)?)?,
        Output::Table => print(&table(&dossier)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn in_spool(spool: &Spool, id: &str) -> Result<Option<Dossier>, SpoolFault> {
    if let Ok(event_id) = Uuid::try_parse(id)
        && let Some(entry) = spool.event_entry(event_id)?
    {
        return Ok(Some(of_one(entry)));
    }
    spool.dossier(&Identity::of(spool.node_id()), id)
}

fn at_server(server: &Server, id: &str) -> Result<Option<Dossier>, Fault> {
    if let Ok(event_id) = Uuid::try_parse(id)
        && let Some(entry) = server.get(&format!("/v1/events/{event_id}"))?
    {
        return Ok(Some(of_one(entry)));
    }
    server.get(&format!("/v1/applications/{}", percent_encoded(id)))
}

fn of_one(entry: Entry) -> Dossier {
    Dossier {
        application_id: entry.receipt.application_id,
        entries: vec![entry],
    }
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn table(dossier: &Dossier) -> Result<String, Fault> {
    let mut text = format!("application {}", dossier.application_id);
    for Entry { receipt, outcome } in &dossier.entries {
        let kind = match receipt.revision {
            Some(revision) => format!("revision {revision}"),
            None => json(&receipt.kind)?.trim_matches('"').to_owned(),
        };
        text.push_str(&format!(
            "\n  {kind:<13} accepted {}  event {}",
            receipt.accepted_at, receipt.event_id
        ));
        let Some(outcome) = outcome else {
            text.push_str("\n                waiting");
            continue;
        };
        text.push_str(&format!(
            "\n                {} {}",
            outcome.outcome.name(),
            outcome.settled_at
        ));
        if let Some(resident) = outcome.resident_id {
            text.push_str(&format!("  resident {resident}"));
        }
        for finding in &outcome.findings {
            let field = finding
                .field
                .map(|field| format!(" ({field})"))
                .unwrap_or_default();
            text.push_str(&format!("\n                  {}{field}", finding.code));
        }
    }
    Ok(text)
}
