//! The books, as `intakectl reconcile` has them.

use crate::place::Place;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::process::Stdio;

/// The books of all provinces.
#[derive(Debug, Deserialize)]
pub struct Books {
    /// Every event is accounted for.
    pub balanced: bool,
    /// Nothing is on its way any more.
    pub settled: bool,
    /// All provinces together.
    pub totals: Numbers,
    /// One for each province.
    pub provinces: Vec<Province>,
    /// What is wrong, in words.
    pub problems: Vec<String>,
}

/// The books of one province.
#[derive(Debug, Deserialize)]
pub struct Province {
    /// Its slug.
    pub province: String,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// Numbers of events.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Numbers {
    pub captured: i64,
    pub received: i64,
    pub loaded: i64,
    pub rejected: i64,
    pub held: i64,
    pub missing: i64,
}

/// Exit code of books that don't balance.
const DONT_BALANCE: i32 = 5;

impl Books {
    /// Asks for the books, all rows counted.
    pub fn reconcile(place: &Place) -> anyhow::Result<Self> {
        let mut reconcile = place.program("intakectl");
        reconcile
            .args(["reconcile", "-o", "json"])
            .stderr(Stdio::inherit());
        let output = reconcile.output().context("can't run intakectl reconcile")?;
        match output.status.code() {
            Some(0 | DONT_BALANCE) => serde_json::from_slice(&output.stdout).context("intakectl reconcile"),
            _ => bail!(
                "intakectl reconcile ended with {}; the lines above say why",
                output.status
            ),
        }
    }
}
