//! `intakectl rules diff`.

use crate::Report;
use crate::table::{Cell, Table};
use ::rules::{FIGURES, catalogue, severity_name};
use clap::Args;
use runtime::Fault;
use runtime::settings::ruleset;
use serde::Serialize;
use std::path::PathBuf;

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct Options {
    /// A ruleset's file
    a: PathBuf,
    /// Another one
    b: PathBuf,
}

/// What two rulesets do differently.
#[derive(Debug, Serialize)]
pub struct Difference {
    a: String,
    b: String,
    differences: Vec<Changed>,
}

#[derive(Debug, Serialize)]
struct Changed {
    /// A rule's code or a threshold's name.
    key: String,
    a: String,
    b: String,
}

/// Compares two rulesets' files.
///
/// # Errors
/// Fatal when a file can't be read or is wrong.
pub fn run(options: &Options) -> Result<Difference, Fault> {
    let (a, b) = (ruleset(Some(&options.a))?, ruleset(Some(&options.b))?);
    let weights = catalogue::all().map(|rule| {
        let [a, b] = [&a, &b].map(|ruleset| severity_name(ruleset.severity(rule)).to_owned());
        Changed {
            key: rule.code.to_owned(),
            a,
            b,
        }
    });
    let figures = FIGURES.iter().map(|figure| {
        let [a, b] = [&a, &b].map(|ruleset| (figure.get)(&ruleset.thresholds()).to_string());
        Changed {
            key: format!("threshold.{}", figure.name),
            a,
            b,
        }
    });
    Ok(Difference {
        a: a.name().to_owned(),
        b: b.name().to_owned(),
        differences: weights
            .chain(figures)
            .filter(|changed| changed.a != changed.b)
            .collect(),
    })
}

impl Report for Difference {
    fn table(&self) -> String {
        if self.differences.is_empty() {
            return format!("no difference: both are {}", self.a);
        }
        let mut table = Table::new(&["RULE OR THRESHOLD", "A", "B"]);
        for changed in &self.differences {
            table.row([
                Cell::text(&changed.key),
                Cell::text(&changed.a),
                Cell::text(&changed.b),
            ]);
        }
        format!("A is {}, B is {}\n\n{}", self.a, self.b, table.render())
    }
}
