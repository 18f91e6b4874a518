//! `intakectl rules list`.

use crate::Report;
use crate::table::{Cell, Table};
use ::rules::{FIGURES, catalogue, severity_name};
use clap::Args;
use runtime::Fault;
use runtime::settings::ruleset;
use serde::Serialize;
use std::path::PathBuf;

/// Options of `list`.
#[derive(Debug, Args)]
pub struct Options {
    /// A ruleset's file instead of the shipped ruleset
    #[arg(long, value_name = "FILE")]
    ruleset: Option<PathBuf>,
}

/// Every rule and figure of a ruleset.
#[derive(Debug, Serialize)]
pub struct Rules {
    ruleset: String,
    rules: Vec<Listed>,
    thresholds: Vec<Threshold>,
}

#[derive(Debug, Serialize)]
struct Listed {
    code: &'static str,
    severity: &'static str,
    en: &'static str,
    vi: &'static str,
    source: &'static str,
}

#[derive(Debug, Serialize)]
struct Threshold {
    name: &'static str,
    value: i64,
}

/// Lists the rules of a ruleset.
///
/// # Errors
/// Fatal when its file can't be read or is wrong.
pub fn run(options: &Options) -> Result<Rules, Fault> {
    let ruleset = ruleset(options.ruleset.as_deref())?;
    let listed = |rule: &'static ::rules::Rule| Listed {
        code: rule.code,
        severity: severity_name(ruleset.severity(rule)),
        en: rule.en,
        vi: rule.vi,
        source: rule.source,
    };
    let threshold = |figure: &'static ::rules::Figure| Threshold {
        name: figure.name,
        value: (figure.get)(&ruleset.thresholds()),
    };
    Ok(Rules {
        ruleset: ruleset.name().to_owned(),
        rules: catalogue::all().map(listed).collect(),
        thresholds: FIGURES.iter().map(threshold).collect(),
    })
}

impl Report for Rules {
    fn table(&self) -> String {
        let mut rules = Table::new(&["CODE", "WEIGHT", "MEANING"]);
        for rule in &self.rules {
            rules.row([
                Cell::text(rule.code),
                Cell::text(rule.severity),
                Cell::text(rule.en),
            ]);
        }
        let mut figures = Table::new(&["THRESHOLD", "VALUE"]);
        for threshold in &self.thresholds {
            figures.row([Cell::text(threshold.name), Cell::number(threshold.value)]);
        }
        format!(
            "ruleset {}\n\n{}\n\n{}",
            self.ruleset,
            rules.render().trim_end(),
            figures.render()
        )
    }
}
