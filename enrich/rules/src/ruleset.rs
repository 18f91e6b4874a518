//! How much each rule weighs and what figures it compares with: the catalogue's word, unless a file
//! says otherwise.

use crate::figures::FIGURES;
use crate::{Reading, Rule, Thresholds, catalogue};
use schemas::{Finding, Severity};
use std::collections::BTreeMap;
use std::fmt;
use toml::{Table, Value};

/// Version of the rules in the code. Every output is stamped with it.
pub const RULESET: &str = "vn-1";

/// The weights and figures that rules are applied with. The default is the catalogue as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruleset {
    name: String,
    /// Only those that differ from the catalogue.
    severities: BTreeMap<&'static str, Severity>,
    thresholds: Thresholds,
}

/// What is wrong with one key of a ruleset's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongKey {
    /// The key, such as `severity."date.impossible"`.
    pub key: String,
    /// What is wrong, and what may stand there.
    pub problem: String,
}

/// Every key of a ruleset's file that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongKeys(pub Vec<WrongKey>);

impl fmt::Display for WrongKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&keys.join("; "))
    }
}

impl std::error::Error for WrongKeys {}

impl fmt::Display for WrongKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl Default for Ruleset {
    fn default() -> Self {
        Self {
            name: RULESET.to_owned(),
            severities: BTreeMap::new(),
            thresholds: Thresholds::default(),
        }
    }
}

impl Ruleset {
    /// Reads the text of a ruleset's file (TOML, as `enrich/rules/ruleset.toml` shows it).
    ///
    /// # Errors
    /// Every key that is wrong, so that a file is mended once.
    pub fn parse(text: &str) -> Result<Self, WrongKeys> {
        let file: Table = text
            .parse()
            .map_err(|fault: toml::de::Error| WrongKeys(vec![wrong("TOML", fault.to_string().trim_end())]))?;
        let mut ruleset = Self::default();
        let mut faults = Vec::new();
        for (section, value) in &file {
            match (section.as_str(), value) {
                ("severity", Value::Table(weights)) => ruleset.weigh(weights, &mut faults),
                ("threshold", Value::Table(figures)) => ruleset.measure(figures, &mut faults),
                ("severity" | "threshold", _) => faults.push(wrong(section, "must be a section")),
                _ => faults.push(wrong(
                    section,
                    "unknown: a file has the sections [severity] and [threshold]",
                )),
            }
        }
        if faults.is_empty() {
            Ok(ruleset.named())
        } else {
            Err(WrongKeys(faults))
        }
    }

    fn weigh(&mut self, weights: &Table, faults: &mut Vec<WrongKey>) {
        for (code, weight) in weights {
            let key = || format!("severity.\"{code}\"");
            let Some(rule) = catalogue::find(code) else {
                faults.push(wrong(
                    &key(),
                    "no rule has this code: `intakectl rules list` has them all",
                ));
                continue;
            };
            match weight.as_str().and_then(severity_named) {
                Some(severity) if severity == rule.severity => {}
                Some(_) if catalogue::history::ALL.contains(&rule) => faults.push(wrong(
                    &key(),
                    "can't be changed: match finds it, and the same log must give the same register",
                )),
                Some(severity) => {
                    self.severities.insert(rule.code, severity);
                }
                None => faults.push(wrong(&key(), "must be \"reject\", \"hold\" or \"note\"")),
            }
        }
    }

    fn measure(&mut self, figures: &Table, faults: &mut Vec<WrongKey>) {
        for (name, value) in figures {
            let key = format!("threshold.{name}");
            let Some(figure) = FIGURES.iter().find(|figure| figure.name == name) else {
                let known: Vec<&str> = FIGURES.iter().map(|figure| figure.name).collect();
                faults.push(wrong(&key, format!("unknown: one of {}", known.join(", "))));
                continue;
            };
            match value.as_integer().filter(|value| figure.range.contains(value)) {
                Some(value) => (figure.set)(&mut self.thresholds, value),
                None => faults.push(wrong(
                    &key,
                    format!(
                        "must be a whole number from {} to {}",
                        figure.range.start(),
                        figure.range.end()
                    ),
                )),
            }
        }
    }

    /// Names the ruleset by what is in it, so that two that differ can't have one name.
    fn named(mut self) -> Self {
        let mut text = String::new();
        for (code, severity) in &self.severities {
            text.push_str(&format!("{code}={};", severity_name(*severity)));
        }
        for figure in FIGURES {
            let (ours, shipped) = (
                (figure.get)(&self.thresholds),
                (figure.get)(&Thresholds::default()),
            );
            if ours != shipped {
                text.push_str(&format!("{}={ours};", figure.name));
            }
        }
        if !text.is_empty() {
            self.name = format!("{RULESET}+{:08x}", fnv_1a(&text));
        }
        self
    }

    /// The version that outputs are stamped with: that of the code, and, where a file changes something,
    /// a figure of what it changes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How much a finding of this rule weighs.
    pub fn severity(&self, rule: &Rule) -> Severity {
        if self.severities.is_empty() {
            return rule.severity;
        }
        self.severities.get(rule.code).copied().unwrap_or(rule.severity)
    }

    /// The figures that rules compare with.
    pub const fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// The heaviest of what was found about one value.
    pub fn heaviest(&self, reading: &Reading) -> Option<Severity> {
        reading.found.iter().map(|rule| self.severity(rule)).min()
    }

    /// Gives findings the weight that they have here instead of the catalogue's.
    pub fn reweigh(&self, findings: &mut [Finding]) {
        for finding in findings {
            if let Some(severity) = self.severities.get(finding.code.as_str()) {
                finding.severity = *severity;
            }
        }
    }
}

/// A severity's name in files and answers.
pub const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Reject => "reject",
        Severity::Hold => "hold",
        Severity::Note => "note",
    }
}

fn severity_named(name: &str) -> Option<Severity> {
    [Severity::Reject, Severity::Hold, Severity::Note]
        .into_iter()
        .find(|severity| severity_name(*severity) == name)
}

fn wrong(key: &str, problem: impl Into<String>) -> WrongKey {
    WrongKey {
        key: key.to_owned(),
        problem: problem.into(),
    }
}

/// Source: Fowler, Noll, Vo; draft-eastlake-fnv.
fn fnv_1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::date::INCOMPLETE;

    #[test]
    fn the_shipped_file_is_the_default_and_shows_every_figure() {
        let text = include_str!("../ruleset.toml");
        assert_eq!(Ruleset::parse(text), Ok(Ruleset::default()));
        for figure in FIGURES {
            assert!(text.contains(&format!("\n{} = ", figure.name)), "{}", figure.name);
        }
    }

    #[test]
    fn a_file_changes_weights_figures_and_the_name() {
        let ruleset = Ruleset::parse("[severity]\n\"date.incomplete\" = \"hold\"\n[threshold]\noldest = 120")
            .expect("fine");
        assert_eq!(ruleset.severity(&INCOMPLETE), Severity::Hold);
        assert_eq!(
            ruleset.heaviest(&Reading::uncertain(&INCOMPLETE)),
            Some(Severity::Hold)
        );
        let mut findings = [Finding::overall(INCOMPLETE.severity, INCOMPLETE.code)];
        ruleset.reweigh(&mut findings);
        assert_eq!(findings[0].severity, Severity::Hold);
        assert_eq!(ruleset.thresholds().oldest, 120);
        assert!(ruleset.name().starts_with("vn-1+"), "{}", ruleset.name());
        let same =
            Ruleset::parse("threshold.oldest = 120\nseverity.\"date.incomplete\" = \"hold\"").expect("fine");
        assert_eq!(same.name(), ruleset.name());
        assert_eq!(Ruleset::parse("").expect("fine").name(), RULESET);
    }

    #[test]
    fn every_wrong_key_is_named_with_its_remedy() {
        let text = "rules = 1\n[severity]\n\"date.x\" = \"hold\"\n\"date.impossible\" = \"maybe\"\n\"date.unreadable\" = 3\n\
                    \"history.stage-lower\" = \"hold\"\n\
                    [threshold]\noldest = -1\nyoungest = 3\ncard_age = \"14\"";
        let faults: Vec<String> = Ruleset::parse(text)
            .expect_err("wrong")
            .0
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(faults.len(), 8, "{faults:#?}");
        for (key, remedy) in [
            ("rules: ", "[severity] and [threshold]"),
            ("severity.\"date.x\": ", "intakectl rules list"),
            (
                "severity.\"date.impossible\": ",
                "\"reject\", \"hold\" or \"note\"",
            ),
            (
                "severity.\"date.unreadable\": ",
                "\"reject\", \"hold\" or \"note\"",
            ),
            ("severity.\"history.stage-lower\": ", "can't be changed"),
            ("threshold.oldest: ", "from 100 to 150"),
            ("threshold.youngest: ", "youngest_parent"),
            ("threshold.card_age: ", "whole number"),
        ] {
            assert!(
                faults
                    .iter()
                    .any(|fault| fault.starts_with(key) && fault.contains(remedy)),
                "{key} {faults:#?}"
            );
        }
        assert!(
            Ruleset::parse("a = = 1").expect_err("wrong").0[0]
                .to_string()
                .starts_with("TOML: ")
        );
    }
}
