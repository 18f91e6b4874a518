//! `intakectl doctor`: everything an operator could have wrong, each with its evidence and what to do.

mod disk;
mod finding;
mod groups;
mod kafka;
mod register;

use crate::Settings;
use clap::Args;
pub use finding::{Examined, Finding, State};
use runtime::Fault;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct Options {
    /// Hours after which a node without a manifest is called silent
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8760))]
    silent_after: u32,
}

/// Looks at everything. A server that doesn't answer is a finding, not a fault.
///
/// # Errors
/// Fatal when the settings themselves are wrong.
pub async fn run(settings: &Settings, options: &Options) -> Result<Examined, Fault> {
    let cluster = settings.cluster()?;
    let mut findings = kafka::examine(settings, &cluster).await;
    let reached = findings
        .iter()
        .all(|finding| finding.check != kafka::REACHED || finding.is_ok());
    if reached {
        findings.extend(groups::examine(settings, &cluster));
    }
    findings.extend(register::examine(settings, options.silent_after, reached.then_some(&cluster)).await);
    findings.extend(disk::examine(settings));
    Ok(Examined { findings })
}

/// The first few, and how many more there are.
fn finding_list(wrong: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = wrong[..wrong.len().min(SHOWN)].join("; ");
    if wrong.len() > SHOWN {
        text.push_str(&format!("; and {} more", wrong.len() - SHOWN));
    }
    text
}
