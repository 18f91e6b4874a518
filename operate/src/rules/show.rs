//! `intakectl rules show`.

use crate::Report;
use ::rules::{Rule, catalogue, severity_name};
use clap::Args;
use runtime::Fault;
use serde::Serialize;

/// Options of `show`.
#[derive(Debug, Args)]
pub struct Options {
    /// Reason code, such as `date.impossible`
    code: String,
}

/// One rule.
#[derive(Debug, Serialize)]
pub struct Shown {
    code: &'static str,
    severity: &'static str,
    vi: &'static str,
    en: &'static str,
    source: &'static str,
}

/// Shows a rule of the catalogue.
///
/// # Errors
/// Data when no rule has this code.
pub fn run(options: &Options) -> Result<Shown, Fault> {
    let Some(Rule {
        code,
        severity,
        vi,
        en,
        source,
    }) = catalogue::find(&options.code)
    else {
        return Err(Fault::data(format!(
            "no rule has the code {:?}: `intakectl rules list` has them all",
            options.code
        )));
    };
    Ok(Shown {
        code,
        severity: severity_name(*severity),
        vi,
        en,
        source,
    })
}

impl Report for Shown {
    fn table(&self) -> String {
        let Self {
            code,
            severity,
            vi,
            en,
            source,
        } = self;
        format!("{code} ({severity})\n\n{vi}\n{en}\n\nSource: {source}")
    }
}
