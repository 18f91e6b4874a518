//! What the processes of a test may log: no value of a person, and no error that wasn't announced.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Lines at the end of each log that are printed when a test fails.
const END: usize = 5;
/// Warnings and errors before them that are printed too.
const LOUD: usize = 15;
/// Characters of a line that are printed.
const WIDTH: usize = 500;
/// Most findings named.
const MOST: usize = 20;

/// The gate that all logs of a test pass through at its end.
#[derive(Default)]
pub struct LogGate {
    personal: BTreeSet<String>,
    announced: Vec<String>,
}

impl LogGate {
    /// Values that must be in no log.
    pub fn forbid(&mut self, personal: &BTreeSet<String>) {
        self.personal.extend(personal.iter().cloned());
    }

    /// An error whose line holds this text may be logged.
    pub fn announce(&mut self, error: &str) {
        self.announced.push(error.to_owned());
    }

    /// What doesn't pass, if anything. Names no personal value.
    pub fn complaint(&self, logs: &Path) -> Option<String> {
        let found: Vec<String> = read(logs)
            .iter()
            .flat_map(|(name, text)| self.findings(name, text))
            .collect();
        let more = found.len().saturating_sub(MOST);
        let named = found.iter().take(MOST).cloned().collect::<Vec<_>>().join("\n");
        (!found.is_empty()).then(|| format!("the logs don't pass ({more} more):\n{named}"))
    }

    fn findings(&self, name: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        if self.personal.iter().any(|value| text.contains(value)) {
            let numbered = text.lines().enumerate();
            let bad = numbered.filter(|(_, line)| self.personal.iter().any(|value| line.contains(value)));
            found.extend(bad.map(|(at, _)| format!("{name}, line {}: a person's value", at + 1)));
        }
        let bad = text.lines().filter(|line| is_error(line));
        let unannounced = bad.filter(|line| !self.announced.iter().any(|text| line.contains(text)));
        found.extend(unannounced.map(|line| format!("{name}: {line}")));
        found
    }

    /// Prints of each log its last warnings and errors, and its last lines whatever they are; none that
    /// holds a personal value.
    pub fn print_ends(&self, logs: &Path) {
        for (name, text) in read(logs) {
            let clean = |line: &&str| !self.personal.iter().any(|value| line.contains(value));
            let lines: Vec<&str> = text.lines().filter(clean).collect();
            let (rest, end) = lines.split_at(lines.len().saturating_sub(END));
            let loud: Vec<&&str> = rest
                .iter()
                .filter(|line| !line.contains(r#""level":"INFO""#))
                .collect();
            eprintln!("--- {name}, {} lines, of them:", lines.len());
            for line in loud[loud.len().saturating_sub(LOUD)..].iter().copied().chain(end) {
                eprintln!("{}", line.chars().take(WIDTH).collect::<String>());
            }
        }
    }
}

/// An error that was logged, or a panic's own text.
fn is_error(line: &str) -> bool {
    line.contains(r#""level":"ERROR""#) || line.contains("panicked at")
}

fn read(logs: &Path) -> Vec<(String, String)> {
    let mut read: Vec<(String, String)> = fs::read_dir(logs)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let text = fs::read(entry.path()).unwrap_or_default();
            (
                entry.file_name().to_string_lossy().into_owned(),
                String::from_utf8_lossy(&text).into_owned(),
            )
        })
        .collect();
    read.sort();
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_values_and_unannounced_errors_are_found() {
        let mut gate = LogGate::default();
        gate.forbid(&["Lò Văn Pâng".to_owned()].into());
        gate.announce("as announced");
        let log = "{\"level\":\"INFO\",\"message\":\"Lò Văn Pâng\"}\n\
                   {\"level\":\"ERROR\",\"message\":\"as announced\"}\n\
                   {\"level\":\"ERROR\",\"message\":\"a surprise\"}\n\
                   thread 'main' panicked at src/main.rs:1:1:";
        let found = gate.findings("node", log);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(!found.concat().contains("Pâng"), "{found:?}");
    }
}
